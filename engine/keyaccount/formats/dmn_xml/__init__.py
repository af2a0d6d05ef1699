"""DMN XML, versions 1.1 to 1.5, to the model: `read_definitions` is the way in."""

from keyaccount.formats.dmn_xml.reader import read_definitions

__all__ = ["read_definitions"]
