"""Todos a page at a time: filtered, searched and sorted."""
