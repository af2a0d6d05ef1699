"""Checks of whole policies."""
