"""A case plan at work: compiled from a policy, then a pure function from command to command."""
