"""What goes over the wire between a case and the server under test, and the record of it."""
