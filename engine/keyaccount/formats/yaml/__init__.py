"""Policies in YAML: nodes with places, the schema, the reading into the model."""
