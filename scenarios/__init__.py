"""Scenarios as users write them: the typed schema, the loader, and the library of examples."""
