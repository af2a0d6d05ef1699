"""Versions of the policies: stored for ever, switched without a dropped request."""
