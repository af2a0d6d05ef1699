"""How much work an evaluation may take: steps, counted alike on every backend and machine.

A step is about a node evaluated, four items of a list or sixteen characters
made. Loops, calls of functions and whatever makes or walks over large values
spend them, so a budget bounds time and memory both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

from keyaccount.diagnostics import feel_messages
from keyaccount.diagnostics.diagnostic import PolicyError
from keyaccount.limits import DEFAULT_LIMITS, Limits

P = ParamSpec("P")
T = TypeVar("T")
_SMALL = 64


class Budget:
    """The steps that are left."""

    __slots__ = ("left", "steps")

    def __init__(self, steps: int) -> None:
        self.steps = steps
        self.left = steps

    def spend(self, steps: int) -> None:
        """Take steps off.

        Raises:
            PolicyError: there are not as many left.
        """
        self.left -= steps
        if self.left < 0:
            raise PolicyError([feel_messages.too_many_steps(self.steps)])


_current: ContextVar[Budget | None] = ContextVar("budget", default=None)
_in_force: ContextVar[Limits] = ContextVar("limits", default=DEFAULT_LIMITS)


@contextmanager
def allowing(limits: Limits) -> Iterator[None]:
    """Within it each evaluation has a budget of these limits, and what is compiled keeps them."""
    token = _in_force.set(limits)
    try:
        yield
    finally:
        _in_force.reset(token)


def limits_in_force() -> Limits:
    """Those of the innermost `allowing`, or the default."""
    return _in_force.get()


@contextmanager
def limited(limits: Limits) -> Iterator[None]:
    """Within it, all that is evaluated shares one budget."""
    token = _current.set(Budget(limits.feel_steps))
    try:
        yield
    finally:
        _current.reset(token)


def within_budget(decide: Callable[P, T], limits: Limits | None = None) -> Callable[P, T]:
    """The function, under the limits, or those in force, unless its caller has a budget already."""

    @wraps(decide)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        if _current.get() is not None:
            return decide(*args, **kwargs)
        with limited(limits or _in_force.get()):
            return decide(*args, **kwargs)

    return run


def spend(steps: int) -> None:
    """Take steps off the budget; where none was set, no single act may take more than a whole one.

    Raises:
        PolicyError: there are not as many left.
    """
    budget = _current.get()
    if budget is None:
        budget = Budget(_in_force.get().feel_steps)
    budget.spend(steps)


def spend_on_text(length: int) -> None:
    """The steps of making a text, taken off before it is made."""
    if length > _SMALL:
        spend(length >> 4)


def spend_on_list(length: int) -> None:
    """The steps of making a list, or of going over one in one go."""
    if length > _SMALL:
        spend(length >> 2)


def spend_on_reading(value: object) -> None:
    """The steps of looking at a value as it comes into a function."""
    if isinstance(value, str):
        if len(value) > _SMALL:
            spend(len(value) >> 8)
    elif isinstance(value, list):
        spend_on_list(len(value))


def spend_on_result(value: object) -> None:
    """The steps of a value that a function has made."""
    if isinstance(value, str):
        spend_on_text(len(value))
    elif isinstance(value, list):
        spend_on_list(len(value))


def spend_on_tree(value: object) -> None:
    """The steps of walking over all of a value, however deep.

    A list that stands in many places counts each time, as whoever writes the value would.
    """
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            each = list(each.values())
        if isinstance(each, list):
            spend((len(each) >> 2) + 1)
            waiting.extend(item for item in each if isinstance(item, list | dict))
