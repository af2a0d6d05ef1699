"""The decision service: the policies behind HTTP, every answer in a log that can be audited."""
