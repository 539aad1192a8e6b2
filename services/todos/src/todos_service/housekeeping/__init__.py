"""Removes what has become old, and what must be gone. Runs in the worker; no request waits for it."""
