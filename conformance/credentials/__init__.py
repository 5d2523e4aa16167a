"""Keys, tokens and certificates: what houses are furnished with, and how cases log in by them."""
