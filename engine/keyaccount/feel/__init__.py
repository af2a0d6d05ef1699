"""FEEL, the expression language of DMN 1.5: text to tree, types, values, functions."""
