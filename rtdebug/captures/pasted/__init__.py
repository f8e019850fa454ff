"""Logs and reports as people paste them: prose, console output, reprs, cut and elided."""
