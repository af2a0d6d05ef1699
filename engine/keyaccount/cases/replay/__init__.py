"""An event log against a plan: every deadline that it would have set, and what became of it."""
