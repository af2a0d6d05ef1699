"""Elements of a DMN model as a policy's, one by one.

Texts keep their places in the DMN file. What cannot be said is an error with
its reason; what is said less strictly is noted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from keyaccount.diagnostics import interchange_messages as messages
from keyaccount.diagnostics.diagnostic import Diagnostic, PolicyError, Text
from keyaccount.feel import syntax
from keyaccount.feel.names import Scope
from keyaccount.feel.parser import parse_expression, parse_unary_tests
from keyaccount.feel.types import ANY, Enumeration, ListType, SimpleType, Type
from keyaccount.formats.dmn_xml.document import Document, Remark
from keyaccount.formats.stand_in import text_at
from keyaccount.interchange.bare_values import BareValues
from keyaccount.interchange.boxed_text import (
    EXTERNAL,
    NoTextError,
    feel_of,
    needs_booleans,
    types_inside,
)
from keyaccount.interchange.people import for_all
from keyaccount.interchange.tables_from_dmn import table_from_dmn
from keyaccount.interchange.types_from_dmn import DeclaredTypes
from keyaccount.ir.lowering.dmn.words import children
from keyaccount.ir.lowering.texts import free_names
from keyaccount.ir.lowering.unary_tests import syntax_children
from keyaccount.model import boxed
from keyaccount.model import definitions as model
from keyaccount.model.policy import (
    BoxedContext,
    BusinessKnowledgeModel,
    ContextStep,
    Decision,
    FormalParameter,
    InputData,
    LiteralExpression,
    Logic,
    Titles,
)
from keyaccount.source import Fragment, Span

NAME = re.compile(
    r"[^\s0-9.,:;\"'`()\[\]{}<>=!@#|&*?%^~$\\/+-][^.,:;\"`()\[\]{}<>=!@#|\\\t\r\n]*\Z"
)
_RESULT = "result"
BAD_NAME = Text("a policy has no such names", "策略中不能使用这样的名称")
NO_LOGIC = Text("it has no logic", "它没有决策逻辑")
WIDER = Text("its type is wider in the policy", "策略中的类型更宽")
UNTYPED_PARTS = Text(
    "the types of its parts are not checked in the policy", "策略中不检查其各部分的类型"
)

CONDITIONS = Text(
    "a condition that is no boolean is not null in the policy", "策略中非布尔的条件不为 null"
)


class Conversion:
    """Converts the elements of one model."""

    def __init__(self, document: Document) -> None:
        self.problems: list[Diagnostic] = []
        self._document = document
        definitions = document.definitions
        typed: dict[str, model.InputData | model.Decision] = {
            **definitions.input_data,
            **definitions.decisions,
        }
        groups = (typed, definitions.knowledge_models, definitions.services)
        self._names = frozenset(name for group in groups for name in group)
        self._by_id = {each.id: name for group in groups for name, each in group.items()}
        self._types = DeclaredTypes(definitions, self._names)
        self._kinds = {name: self._types.of(each.type).type for name, each in typed.items()}
        self._bare = BareValues(self._kinds, self._names)

    def fact(self, data: model.InputData) -> InputData:
        """An input. Raises NoTextError."""
        self._named(data.name)
        declared = self._types.of(data.type)
        self._note_wider(data.name, declared.is_exact)
        title, description = self._words(data.id)
        return InputData(
            data.name,
            declared.type,
            title,
            None,
            declared.allowed,
            {},
            (),
            False,  # noqa: FBT003 -- not nullable: a policy tells unknown from null
            None,
            data.span,
            description,
        )

    def function(self, knowledge: model.BusinessKnowledgeModel) -> BusinessKnowledgeModel:
        """A function. Raises NoTextError."""
        self._named(knowledge.name)
        logic = knowledge.logic
        if logic is None:
            raise NoTextError(NO_LOGIC)
        if logic.kind != "FEEL":
            raise NoTextError(EXTERNAL)
        own = [each.name.text for each in logic.parameters]
        self._only_required(logic.body, knowledge, own)
        parameters = tuple(self._parameter(each) for each in logic.parameters)
        body = self._text(logic.body, logic.span)
        results = (knowledge.type, logic.type, None if logic.body is None else logic.body.type)
        result = next((each for each in results if each is not None), None)
        title, description = self._words(knowledge.id)
        kind = self._of_function(self._types.of(result).of_decision())
        return BusinessKnowledgeModel(
            knowledge.name, parameters, kind, body, knowledge.span, title, description
        )

    def _parameter(self, parameter: boxed.FormalParameter) -> FormalParameter:
        self._named(parameter.name)
        declared = self._types.of(parameter.type)
        kind = self._of_function(declared.type) or ANY
        exact = declared.is_exact and declared.allowed is None
        self._note_wider(parameter.name, exact)
        return FormalParameter(parameter.name, kind)

    def _of_function(self, kind: Type | None) -> Type | None:
        """The type of a parameter or result, which has no declared values."""
        match kind:
            case Enumeration():
                return SimpleType("string")
            case ListType(Enumeration()):
                return ListType(SimpleType("string"))
            case _:
                return kind

    def decision(self, decision: model.Decision) -> Decision:
        """A decision. Raises NoTextError."""
        self._named(decision.name)
        if decision.logic is None:
            raise NoTextError(NO_LOGIC)
        self._only_required(decision.logic, decision, ())
        declared = self._types.of(decision.type or decision.logic.type)
        self._note_wider(decision.name, declared.is_exact)
        self._note_parts(decision, decision.logic)
        logic: Logic
        kind: Type | None = declared.of_decision()
        if isinstance(decision.logic, boxed.DecisionTable):
            logic = self._bare.table(table_from_dmn(decision.logic, declared, self._types))
        elif isinstance(decision.logic, boxed.Context) and _has_steps(decision.logic):
            logic = BoxedContext(tuple(self._steps(decision.logic)))
        else:
            logic = LiteralExpression(self._text(decision.logic, decision.span))
        title, description = self._words(decision.id)
        return Decision(decision.name, title, kind, {}, logic, {}, decision.span, description)

    def _note_parts(self, decision: model.Decision, logic: boxed.Expression) -> None:
        """Tell of types and conditions that are not checked any more."""
        span, name = decision.name.span(), decision.name.text
        types = {each.text for each in (decision.type, logic.type) if each is not None}
        if len(types) > 1 or types_inside(logic) or self._has_unsure_inputs(logic):
            self.problems.append(messages.loosened(span, name, UNTYPED_PARTS))
        if needs_booleans(logic):
            self.problems.append(messages.loosened(span, name, CONDITIONS))

    def _has_unsure_inputs(self, logic: boxed.Expression) -> bool:
        """Whether a table's column declares a type that what it looks at may not have."""
        clauses = logic.inputs if isinstance(logic, boxed.DecisionTable) else ()
        typed = (each.expression for each in clauses if each.expression.type is not None)
        return not all(map(self._has_declared_type, typed))

    def _has_declared_type(self, input_: boxed.LiteralExpression) -> bool:
        declared = self._types.of(input_.type).type
        tree = None if input_.text is None else _tree(input_.text, self._names)
        if isinstance(tree, syntax.Name):
            return self._kinds.get(tree.name) == declared
        # a calculation over known types gives its own type, or null as in DMN
        used = set() if tree is None else {name for name, _ in free_names(tree)}
        known = all(self._kinds.get(name, ANY) != ANY for name in used)
        return known and isinstance(declared, SimpleType)

    def _steps(self, context: boxed.Context) -> Iterator[ContextStep]:
        for entry in context.entries:
            name = entry.name or text_at(_RESULT, context.span)
            self._named(name)
            yield ContextStep(name, self._text(entry.value, context.span))

    def _text(self, node: boxed.Expression | None, span: Span) -> Fragment:
        """The FEEL of a boxed expression, with its place where it stands as it is."""
        if isinstance(node, boxed.LiteralExpression) and node.text is not None:
            return node.text
        return text_at(feel_of(node), span if node is None else node.span)

    def _named(self, name: Fragment) -> None:
        if not NAME.match(name.text):
            raise NoTextError(BAD_NAME)

    def _note_wider(self, name: Fragment, is_exact: bool) -> None:
        if not is_exact:
            self.problems.append(messages.loosened(name.span(), name.text, WIDER))

    def _words(self, id_: str | None) -> tuple[Titles, Titles]:
        remark = self._document.remarks.get(id_ or "", Remark())
        return for_all(remark.label), for_all(remark.description)

    def _only_required(
        self,
        logic: boxed.Expression | None,
        element: model.Decision | model.BusinessKnowledgeModel,
        own: tuple[str, ...] | list[str],
    ) -> None:
        """Refuse texts that name what is not required: null in DMN, a value in a policy."""
        required = {self._by_id.get(each.id) for each in element.requires}
        foreign = self._names - required - {element.name.text, *own, *introduced(logic)}
        for fragment, is_tests in texts_of(logic):
            tree = _tree(fragment, self._names, is_tests=is_tests)
            if tree is not None and _has_external(tree):
                raise NoTextError(EXTERNAL)
            for name, _ in () if tree is None else free_names(tree):
                if name in foreign:
                    reason = Text(
                        f"it names `{name}` without requiring it", f"它用到 `{name}` 却未声明依赖"
                    )
                    raise NoTextError(reason)


def _has_steps(context: boxed.Context) -> bool:
    """Whether the entries can be the steps of a policy's context."""
    names = [each.name.text if each.name is not None else _RESULT for each in context.entries]
    last_alone = all(each.name is not None for each in context.entries[:-1])
    proper = all(NAME.match(each) for each in names)
    return (
        bool(names)
        and proper
        and last_alone
        and len(set(names)) == len(names)
        and (
            _RESULT not in names[:-1] and (context.entries[-1].name is None or names[-1] != _RESULT)
        )
    )


def texts_of(root: boxed.Expression | None) -> Iterator[tuple[Fragment, bool]]:
    """The FEEL texts of a boxed expression, and whether they are unary tests."""
    pending: list[boxed.Expression | None] = [root]
    while pending:
        node = pending.pop()
        if isinstance(node, boxed.LiteralExpression) and node.text is not None:
            yield node.text, False
        if isinstance(node, boxed.DecisionTable):
            literals = [each.expression for each in node.inputs]
            literals += [each.default for each in node.outputs if each.default is not None]
            literals += [each for rule in node.rules for each in rule.results]
            yield from ((each.text, False) for each in literals if each.text is not None)
            yield from ((e, True) for rule in node.rules for e in rule.tests if e is not None)
        pending.extend(children(node))


def introduced(root: boxed.Expression | None) -> Iterator[str]:
    """The names that a boxed expression itself gives: of entries, parameters, iterators."""
    pending: list[boxed.Expression | None] = [root]
    while pending:
        node = pending.pop()
        match node:
            case boxed.Context():
                yield from (each.name.text for each in node.entries if each.name is not None)
            case boxed.FunctionDefinition():
                yield from (each.name.text for each in node.parameters)
            case boxed.For() | boxed.Quantified():
                yield node.variable.text
            case _:
                pass
        pending.extend(children(node))


def _tree(
    fragment: Fragment, names: frozenset[str], *, is_tests: bool = False
) -> syntax.Expression | None:
    """The tree of a text; None for a text that is no FEEL, which is told of later."""
    scope = Scope(names)
    try:
        return parse_unary_tests(fragment, scope) if is_tests else parse_expression(fragment, scope)
    except PolicyError:
        return None


def _has_external(tree: syntax.Expression) -> bool:
    """Whether a function of another language stands in the text."""
    pending = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, syntax.FunctionDefinition) and node.external:
            return True
        pending.extend(syntax_children(node))
    return False
