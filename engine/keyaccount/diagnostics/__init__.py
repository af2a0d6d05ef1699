"""Messages: their shape, their words, how they are drawn."""
