"""What names stand for while an expression is lowered."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field, replace

from keyaccount.diagnostics.diagnostic import Diagnostic, Severity, Text
from keyaccount.diagnostics.suggest import nearest
from keyaccount.feel import syntax
from keyaccount.feel.types import ANY, ContextType, Enumeration, ListType, Type
from keyaccount.ir import core
from keyaccount.model.policy import BusinessKnowledgeModel
from keyaccount.source import Span

MAX_UNFOLDED = 5_000
"""How many calls of business knowledge models one policy set may unfold."""


@dataclass(slots=True)
class Unit:
    """What one lowering shares: the problems found so far, fresh names, the functions called.

    `unread` are policies that are there, but of which nothing is known. Where it is not
    `strict`, as in a model of DMN XML, what does not fit is null when it runs: of that there is
    only a warning.
    """

    unread: Container[str] = ()
    strict: bool = True
    problems: list[Diagnostic] = field(default_factory=list)
    fresh: int = 0
    unfolded: int = 0
    called: set[int] = field(default_factory=set)

    def fresh_name(self, name: str) -> str:
        """A name that no author can write, so that nothing is ever shadowed."""
        self.fresh += 1
        return f"{name}#{self.fresh}"


@dataclass(frozen=True, slots=True)
class Bindings:
    """The names in sight at one place.

    `locals` maps a name to the node that stands for it. `items` are the items
    of the filters around, the innermost last, each with the locals outside of
    the filter: their entries are in sight too.
    `qualified` maps a prefix and a name, `prefix.name`, to a node, `prefixes`
    being those of imported models; `item_type` finds a type by the name of its
    item definition.
    `decisions` maps what the author writes (`name`, `policy.name`) to the
    decision's full name; `types` has the types of decisions lowered so far.
    `input_value` is what `?` stands for. `unfolding` are the functions whose
    bodies this place lies in. `hidden` are names that are declared, but can't
    be used here, each with what to do instead.
    """

    unit: Unit
    facts: Mapping[str, core.Fact] = field(default_factory=dict)
    parameters: Mapping[str, core.DatedParameter] = field(default_factory=dict)
    decisions: Mapping[str, str] = field(default_factory=dict)
    types: Mapping[str, Type] = field(default_factory=dict)
    functions: Mapping[str, BusinessKnowledgeModel] = field(default_factory=dict)
    locals: Mapping[str, core.Expression] = field(default_factory=dict)
    items: tuple[tuple[core.Expression, Mapping[str, core.Expression]], ...] = ()
    qualified: Mapping[str, core.Expression] = field(default_factory=dict)
    prefixes: tuple[str, ...] = ()
    item_type: Callable[[str], Type | None] = lambda _: None
    input_value: core.Expression | None = None
    unfolding: tuple[str, ...] = ()
    hidden: Mapping[str, Text] = field(default_factory=dict)

    def report(self, problem: Diagnostic) -> None:
        if not self.unit.strict:
            problem = replace(problem, severity=Severity.WARNING)
        self.unit.problems.append(problem)

    def bound(self, names: Mapping[str, core.Expression]) -> Bindings:
        """With these local names on top."""
        return replace(self, locals={**self.locals, **names})

    def inside_filter(self, item: core.Expression) -> Bindings:
        return replace(self, items=(*self.items, (item, self.locals)))

    def testing(self, value: core.Expression) -> Bindings:
        """With `?` standing for a value."""
        return replace(self, input_value=value)

    def resolve(self, name: str, span: Span) -> core.Expression | None:
        """The node that a name surely stands for, None where nothing has that name."""
        locals_ = self.locals
        for item, outside in reversed(self.items):
            if name in locals_ and locals_[name] is not outside.get(name):
                break
            found = _entry_of(item, name, span)
            if found is not None:
                return found
            locals_ = outside
        local = locals_.get(name)
        return self._declared(name, span) if local is None else replace(local, span=span)

    def resolve_dynamic(self, name: str, span: Span) -> core.Expression | None:
        """As `resolve`; but an item of which the type doesn't tell may have such an entry."""
        if self.unit.strict or not self.items:
            return self.resolve(name, span)
        item, outside = self.items[-1]
        bound = self.locals.get(name)
        if bound is not None and bound is not outside.get(name):
            return replace(bound, span=span)
        found = _entry_of(item, name, span)
        if found is not None and not (name == "item" and _may_have(item.type)):
            return found
        outer = replace(self, locals=outside, items=self.items[:-1])
        otherwise = found or outer.resolve_dynamic(name, span)
        if not _may_have(item.type):
            return otherwise
        rest = core.Literal(ANY, span, None) if otherwise is None else otherwise
        return core.ScopedEntry(ANY, span, replace(item, span=span), name, rest)

    def _declared(self, name: str, span: Span) -> core.Expression | None:
        if name in self.facts:
            return core.Input(self.facts[name].type, span, name)
        if name in self.parameters:
            parameter = self.parameters[name]
            return core.ParameterValue(parameter.type, span, parameter.name)
        if name in self.decisions:
            full = self.decisions[name]
            return core.DecisionValue(self.types[full], span, full)
        return None

    def policies(self) -> set[str]:
        """The policies whose decisions can be named as `policy.decision`."""
        return {name.partition(".")[0] for name in self.decisions if "." in name}

    def owner_of_value(self, value: str) -> str | None:
        """A fact or decision in sight that has this among its declared values."""
        kinds = {name: each.type for name, each in self.facts.items()} | {
            name: self.types[full] for name, full in self.decisions.items()
        }
        for name, kind in kinds.items():
            inner = kind.item if isinstance(kind, ListType) else kind
            if isinstance(inner, Enumeration) and value in inner.values:
                return name
        return None

    def may_be_value(self, node: syntax.Expression) -> bool:
        """Whether a name is like nothing in sight, so that only a declared value can be meant."""
        return (
            isinstance(node, syntax.Name)
            and self.resolve(node.name, node.span) is None
            and nearest(node.name, self.known_names()) is None
        )

    def known_names(self) -> list[str]:
        """All names in sight, to find the one that was meant."""
        entries = [
            name
            for item, _ in self.items
            if isinstance(item.type, ContextType)
            for name, _ in item.type.entries
        ]
        return [*self.locals, *entries, *self.facts, *self.parameters, *self.decisions]


def _entry_of(item: core.Expression, name: str, span: Span) -> core.Expression | None:
    if name == "item":
        return replace(item, span=span)
    if isinstance(item.type, ContextType):
        entry = item.type.entry(name)
        if entry is not None:
            return core.Path(entry, span, item, name)
    return None


def _may_have(kind: Type) -> bool:
    """Whether a value of the type may have entries that the type doesn't tell of."""
    return kind == ANY or isinstance(kind, ContextType)


def declared_literal(name: str, kind: Type | None, span: Span) -> core.Literal | None:
    """A declared value written bare, where an enumeration is expected."""
    if isinstance(kind, Enumeration) and name in kind.values:
        return core.Literal(kind, span, name)
    return None
