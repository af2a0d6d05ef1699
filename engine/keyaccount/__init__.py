"""Key-account policy as code: one policy, one meaning, on every backend."""
