"""One action on many todos at once."""
