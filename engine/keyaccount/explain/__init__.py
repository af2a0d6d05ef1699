"""Why, why not, and what is missing."""
