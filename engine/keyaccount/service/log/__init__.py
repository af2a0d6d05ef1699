"""The decision log: every answer given, chained, so that a change of what was logged is found."""
