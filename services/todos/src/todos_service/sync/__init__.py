"""How devices keep up with each other: what changed, what was done meanwhile elsewhere, and when to ask again."""
