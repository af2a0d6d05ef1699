"""The core compiled to Python code objects."""
