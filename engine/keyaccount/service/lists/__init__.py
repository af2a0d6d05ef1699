"""Whole lists, uploaded and decided as jobs."""
