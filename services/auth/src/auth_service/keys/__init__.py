"""The keys that sign access tokens: made, kept sealed, published."""
