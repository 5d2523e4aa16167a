"""Planted bugs: the tester is tested by what it finds of them.

A mutant is a named replacement of one function. Laws of the folder: a mutant whose target is gone
fails the bank; each says which checkers must catch it; nothing here runs unless asked for.
"""
