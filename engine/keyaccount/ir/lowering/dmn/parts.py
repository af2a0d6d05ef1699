"""Lower the elements of models: inputs, decisions, knowledge models, decision services."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from keyaccount.feel.types import ANY, NULL, ContextType, FunctionType, Type
from keyaccount.ir import core
from keyaccount.ir.lowering.checks import let_all
from keyaccount.ir.lowering.dmn.boxes import Boxes, Steps, fresh_parameters, function_type
from keyaccount.ir.lowering.dmn.graph import Models, Node
from keyaccount.ir.lowering.dmn.item_types import Item, ItemTypes, conformed
from keyaccount.ir.lowering.dmn.words import Words, members_of
from keyaccount.ir.lowering.names import Bindings, Unit
from keyaccount.limits import Limits
from keyaccount.model import definitions as model
from keyaccount.source import Span

Stand = Callable[[Node], core.Expression]
"""What stands for a required element."""


class Parts:
    """Lowers the elements of some models."""

    def __init__(self, graph: Models, unit: Unit, limits: Limits) -> None:
        self._graph = graph
        self._unit = unit
        members = list(members_of(graph.models))
        self._boxes: dict[str, Boxes] = {}
        for each in graph.models:
            words = Words(members, _type_names(each, graph), limits)
            types = ItemTypes(each, self._types_of, words, Bindings(unit))
            self._boxes[each.namespace] = Boxes(words, types)

    def _types_of(self, namespace: str) -> ItemTypes | None:
        found = self._boxes.get(namespace)
        return None if found is None else found.types

    def fact(self, node: Node) -> core.Fact:
        """An input: null where it is not given, or not what it declares."""
        item = self._item(node)
        span = node.element.name.span()
        allowed = None if item.test is None else item.test(core.Local(item.type, span, "?"))
        name = self._graph.fact_name(node)
        return core.Fact(name, item.type, True, None, allowed, {}, None, {}, (), span)  # noqa: FBT003 -- as declared

    def decision(self, node: Node, types: Mapping[str, Type]) -> core.Decision:
        """A decision, those that it needs being done."""
        key = self._graph.keys[node.model.namespace]
        logic = self._logic(node, lambda needed: self._global(needed, types))
        span = node.element.name.span()
        return core.Decision(f"{key}.{node.name}", key, logic.type, logic, {}, {}, {}, span)

    def _logic(self, node: Node, stand: Stand) -> core.Expression:
        """A decision's logic, of the type of its variable."""
        element = node.element
        if not isinstance(element, model.Decision):
            return core.Literal(NULL, element.span, None)
        bindings = self._bindings(node, stand)
        value = self._boxes_of(node).lower(element.logic, element.span, bindings)
        return conformed(value, self._item(node), bindings)

    def knowledge_model(self, node: Node) -> core.Lambda:
        """A knowledge model or a decision service, as a function."""
        element = node.element
        if isinstance(element, model.DecisionService):
            return self._service(node, element)
        logic = element.logic if isinstance(element, model.BusinessKnowledgeModel) else None
        bindings = self._bindings(node, lambda needed: self._global(needed, {}))
        if logic is not None:
            found = self._boxes_of(node).function(logic, bindings, self._result(node))
            if isinstance(found, core.Lambda):
                return found
        parameters = () if logic is None else logic.parameters
        items = [(each.name.text, self._types(node).of(each.type)) for each in parameters]
        null = core.Literal(NULL, element.span, None)
        return fresh_parameters(items, bindings).lambda_of(null)

    def _service(self, node: Node, service: model.DecisionService) -> core.Lambda:
        given = self._given(node, service)
        bindings = Bindings(self._unit)
        named = fresh_parameters(
            [(self._visible(each, node), self._item(each)) for each in given], bindings
        )
        places = named.locals(service.span)
        stands: dict[int, core.Expression] = {
            id(each): places[self._visible(each, node)] for each in given
        }
        steps: Steps = []
        outputs = self._graph.found(service.outputs, node)
        for each in self._in_order(outputs, stands):
            value = self._logic(each, lambda needed: self._inside(needed, stands))
            fresh = self._unit.fresh_name(each.name)
            steps.append((fresh, value))
            stands[id(each)] = core.Local(value.type, service.span, fresh)
        results = [(each.name, stands[id(each)]) for each in outputs]
        body = let_all(steps, _one_or_all(results, service.span))
        return named.lambda_of(conformed(body, self._result(node), bindings))

    def _given(self, node: Node, service: model.DecisionService) -> list[Node]:
        """A service's parameters in their order: input data, then decisions."""
        return self._graph.found((*service.input_data, *service.input_decisions), node)

    def _in_order(self, outputs: Sequence[Node], given: Mapping[int, object]) -> list[Node]:
        """The decisions that a service makes, each after those that it needs."""
        order: list[Node] = []
        seen: set[int] = set()

        def visit(node: Node) -> None:
            if id(node) in given or id(node) in seen:
                return
            seen.add(id(node))
            for each in self._graph.required(node):
                if isinstance(each.element, model.Decision):
                    visit(each)
            order.append(node)

        for each in outputs:
            visit(each)
        return order

    def _inside(self, needed: Node, stands: Mapping[int, core.Expression]) -> core.Expression:
        """What stands for an element inside of a service: nothing global but functions."""
        if id(needed) in stands:
            return stands[id(needed)]
        if isinstance(needed.element, model.InputData | model.Decision):
            return core.Literal(ANY, needed.element.span, None)
        return self._global(needed, {})

    def _global(self, needed: Node, types: Mapping[str, Type]) -> core.Expression:
        span = needed.element.name.span()
        full = self._graph.full_name(needed)
        match needed.element:
            case model.InputData():
                return core.Input(self._item(needed).type, span, self._graph.fact_name(needed))
            case model.Decision():
                return core.DecisionValue(types.get(full, ANY), span, full)
            case _:
                return core.NamedFunction(self._function_type(needed), span, full)

    def _function_type(self, node: Node) -> FunctionType:
        match node.element:
            case model.DecisionService() as service:
                items = [self._item(each) for each in self._given(node, service)]
            case model.BusinessKnowledgeModel(logic=logic) if logic is not None:
                items = [self._types(node).of(each.type) for each in logic.parameters]
            case _:
                items = []
        return function_type(items, self._result(node).type)

    def _result(self, node: Node) -> Item:
        """What a function gives: its variable's type is the function's, or in older models this."""
        item = self._item(node)
        return Item(item.type.result) if isinstance(item.type, FunctionType) else item

    def _item(self, node: Node) -> Item:
        return self._types(node).of(node.element.type)

    def _types(self, node: Node) -> ItemTypes:
        return self._boxes_of(node).types

    def _boxes_of(self, node: Node) -> Boxes:
        return self._boxes[node.model.namespace]

    def _visible(self, needed: Node, within: Node) -> str:
        prefix = self._graph.prefix(needed, within.model)
        return f"{prefix}.{needed.name}" if prefix else needed.name

    def _bindings(self, node: Node, stand: Stand) -> Bindings:
        """The names that an element's logic may use."""
        locals_: dict[str, core.Expression] = {}
        qualified: dict[str, core.Expression] = {}
        needed = self._graph.required(node)
        if isinstance(node.element, model.BusinessKnowledgeModel):
            needed = [node, *needed]  # it may call itself
        for each in needed:
            prefix = self._graph.prefix(each, node.model)
            if prefix:
                qualified[f"{prefix}.{each.name}"] = stand(each)
            else:
                locals_[each.name] = stand(each)
        return Bindings(
            self._unit,
            locals=locals_,
            qualified=qualified,
            prefixes=tuple(each.name for each in node.model.imports if each.name),
            item_type=self._types(node).type_named,
        )


def _one_or_all(results: Sequence[tuple[str, core.Expression]], span: Span) -> core.Expression:
    """The one output's value, or the context of all."""
    if len(results) == 1:
        return results[0][1]
    kind = ContextType(tuple((name, each.type) for name, each in results))
    return core.MakeContext(kind, span, tuple(results))


def _type_names(definitions: model.Definitions, graph: Models) -> Iterator[str]:
    """The names of types that the FEEL of a model may use."""
    yield from definitions.item_definitions
    for each in definitions.imports:
        imported = graph.by_namespace.get(each.namespace)
        for name in () if imported is None else imported.item_definitions:
            yield f"{each.name}.{name}" if each.name else name
