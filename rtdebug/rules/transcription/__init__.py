"""The text of what the user says."""
