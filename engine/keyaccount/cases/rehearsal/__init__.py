"""A plan in virtual time: many cases, over a log or generated, and what would become of them."""
