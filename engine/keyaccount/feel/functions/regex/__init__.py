"""Regular expressions as XPath has them, on top of Python's `re`."""
