"""Gemini Live: what its messages show of turns that came to nothing."""
