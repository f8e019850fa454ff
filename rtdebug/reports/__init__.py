"""Showing: one finished report in, text out; one file a format."""
