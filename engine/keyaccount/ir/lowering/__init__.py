"""From the model to the core: `lower` is the way in."""

from keyaccount.ir.lowering.program import lower

__all__ = ["lower"]
