"""Keeps each owner's todos."""
