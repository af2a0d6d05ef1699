"""Files to model and back, one package a format."""
