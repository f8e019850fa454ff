"""The session itself: its beginning, its settings, and requests about it."""
