"""Whose todos these are: one stream of numbered writes and one data key per owner."""
