"""Rules for packs that are data alone: what is owed and late, and what the peer calls an error."""
