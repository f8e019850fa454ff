"""Responses: none, half of one, an empty one, or one that breaks its own grammar."""
