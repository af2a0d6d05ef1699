"""Fragments that stand in where the author's text cannot be read.

The mistake has been told; a stand-in lets the rest of the file be looked at
without further complaints about the same place.
"""

from __future__ import annotations

from keyaccount.source import Fragment, Span


def null_at(span: Span) -> Fragment:
    """FEEL's null."""
    return text_at("null", span)


def text_at(text: str, span: Span) -> Fragment:
    """A text that the author did not write, every character at the start of a span."""
    return Fragment(text, span.source, (span.start,) * (len(text) + 1))
