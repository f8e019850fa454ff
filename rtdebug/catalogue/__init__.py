"""The catalogue: what each finding means and what it follows from, as docs/findings/ has it."""
