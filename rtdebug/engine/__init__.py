"""Judging: records in, findings out. No socket, no clock, no await."""
