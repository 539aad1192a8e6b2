"""Tokens for scripts: named, limited, expiring, and exchanged for short access tokens."""
