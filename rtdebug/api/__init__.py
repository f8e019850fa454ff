"""The composition root: where rooms that must not know each other are put together."""
