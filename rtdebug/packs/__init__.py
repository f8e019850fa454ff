"""What a protocol is: data made typed, validators compiled once and found by (sender, type)."""
