"""One diagnosis a file, in families; each family lists its rules by hand."""
