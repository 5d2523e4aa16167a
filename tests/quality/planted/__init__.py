"""A proxy before a healthy nats-server that breaks one rule at a time: can the suite tell?

Laws of the folder: a mode breaks its rule and nothing else, the same way every time; what it makes
the server say in its place comes in turn with all else the server says; the control mode passes
every byte unchanged. Nothing here shares code with the cases that have to find it out.
"""
