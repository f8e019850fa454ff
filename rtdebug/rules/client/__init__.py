"""The client and the log: what a program does with a stream that is right."""
