"""The meaning: a plain interpreter of the core."""
