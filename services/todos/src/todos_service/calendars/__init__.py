"""Todos with a due date, as a calendar that other programs may subscribe to."""
