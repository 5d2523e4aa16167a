"""The cases. Transcripts are `.txt`, the rest Python; the id is the place in this folder."""
