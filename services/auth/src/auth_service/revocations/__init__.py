"""Whose access tokens are refused before they expire: a numbered list that every verifier follows without a gap."""
