"""What became of a todo, change by change, and taking a change back."""
