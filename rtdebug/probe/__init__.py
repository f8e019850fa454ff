"""Conformance cases: read, played and judged, without a socket or a clock."""
