"""The grammar of a session: what comes once, in which order, and adds up to what."""
