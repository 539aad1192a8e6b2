"""How often somebody tried to get in, and how long the next try has to wait."""
