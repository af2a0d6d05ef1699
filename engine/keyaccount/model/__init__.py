"""What an author writes, in the nouns of DMN."""
