"""From models of DMN XML to the core, by DMN's own null rules; by `lower_definitions`."""

from keyaccount.ir.lowering.dmn.models import LoweredModels, lower_definitions

__all__ = ["LoweredModels", "lower_definitions"]
