"""Visitors of the core, independent of each other."""
