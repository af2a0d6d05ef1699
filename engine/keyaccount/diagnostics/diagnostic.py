"""The one shape of every message: code, severity, place, words in two languages, help."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from keyaccount.source import Span


class Language(StrEnum):
    """The languages that messages and titles come in."""

    EN = "en"
    ZH = "zh"


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in English and Chinese; lower case, no full stop."""

    en: str
    zh: str

    def in_language(self, language: Language) -> str:
        return self.zh if language is Language.ZH else self.en


class Severity(StrEnum):
    """`ERROR` stops; `WARNING` is shown and lets go on."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One thing to tell the author.

    `code` is stable (`feel.unknown-name`): tests and programs go by it.
    `span` is the author's own characters; None where there is no file. `place`
    says where in the data it is, if there is no file: the fact's name, with the
    place inside it (`orders[2].tonnes`).
    """

    code: str
    message: Text
    span: Span | None
    help: Text | None = None
    severity: Severity = Severity.ERROR
    place: str | None = None


class KeyaccountError(Exception):
    """What the library raises: one or more diagnostics, in the order of their places."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics: tuple[Diagnostic, ...] = in_order(diagnostics)
        super().__init__("; ".join(_line(each) for each in self.diagnostics))


class PolicyError(KeyaccountError):
    """A policy cannot be read, checked or compiled."""


class UnknownNameError(KeyaccountError, KeyError):
    """A policy or a decision asked for is not there."""

    __str__ = Exception.__str__  # a KeyError would show its message quoted


class FactError(KeyaccountError):
    """The facts handed in do not fit what the policy declares."""


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Sorted by file and place, without repetitions."""
    return tuple(sorted(dict.fromkeys(diagnostics), key=_place))


def _place(diagnostic: Diagnostic) -> tuple[str, int, str]:
    if diagnostic.span is None:
        return ("", 0, diagnostic.code)
    return (diagnostic.span.source.name, diagnostic.span.start, diagnostic.code)


def _line(diagnostic: Diagnostic) -> str:
    place = ""
    if diagnostic.span is not None:
        line, column = diagnostic.span.position
        place = f"{diagnostic.span.source.name}:{line}:{column}: "
    help_ = "" if diagnostic.help is None else f" ({diagnostic.help.en})"
    return f"{place}{diagnostic.message.en} [{diagnostic.code}]{help_}"
