"""Tools: calls of the model, what answers them, and what has to follow."""
