"""Audio in: what the client sends, what the server hears in it, and who ends the turn."""
