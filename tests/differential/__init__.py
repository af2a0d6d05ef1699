"""All backends against each other, on random accounts and on random policies."""
