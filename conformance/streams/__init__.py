"""Generated command streams: said to two servers, what comes back is compared.

Laws of the folder: a stream is made from its seed alone; every difference that is let pass has a
name and a reason in `rules`; nothing here knows which server is right.
"""
