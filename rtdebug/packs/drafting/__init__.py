"""A first draft of a pack: from a document that describes a protocol, or from recordings."""
