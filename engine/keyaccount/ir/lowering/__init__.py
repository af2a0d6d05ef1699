"""From the model to the core: `lower` is the way in."""

from keyaccount.ir.lowering.program import lower, lower_as_far

__all__ = ["lower", "lower_as_far"]
