"""The command line: a thin face; all meaning lies in the packages below it."""
