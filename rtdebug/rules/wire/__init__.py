"""The wire below the messages, and what could not be judged of it."""
