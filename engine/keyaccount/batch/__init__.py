"""Account lists: read, map, evaluate, write."""
