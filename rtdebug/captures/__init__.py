"""Records on disk: our own captures written and read, and any other log imported."""
