"""What a secret is, where it stands in a text or a message, and what stands in its place."""
