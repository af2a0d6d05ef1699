"""What cases do outside: webhooks, mail, files, the log; each at least once, with its key."""

from keyaccount.cases.effects.channels import Channels, EffectError, FutileEffectError

__all__ = ["Channels", "EffectError", "FutileEffectError"]
