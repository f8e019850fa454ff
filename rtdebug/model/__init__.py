"""Nouns: what happened, what is said about it, and what a run came to. All frozen."""
