"""Limits and cost."""
