"""Webhooks: events sent to whoever asked for them, signed, at least once."""
