"""The core compiled to SQL."""
