"""Facts as programs hand them in, checked against what the policies declare."""

from keyaccount.facts.check import IsAllowed, check_facts

__all__ = ["IsAllowed", "check_facts"]
