"""External functions: a table of static Java methods, done in Python; no JVM is asked.

Names are `class.method(types)` without spaces. Numbers go through binary floating
point where the Java method takes `double` or `float`: that is its meaning.
Source: DMN 1.5, 10.3.2.13.3 (external functions) and table 45 (mapping to Java).
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation

from keyaccount.feel.functions.builtin import Builtin, Parameter, function
from keyaccount.feel.types import ANY, BOOLEAN, NUMBER, STRING, Type
from keyaccount.feel.values.number import number_from_text, rounded, whole
from keyaccount.feel.values.text import to_text

_Convert = Callable[[object], object]

_BITS = {"byte": 8, "short": 16, "int": 32, "long": 64}
_BOXES = {
    "java.lang.Byte": "byte",
    "java.lang.Short": "short",
    "java.lang.Integer": "int",
    "java.lang.Long": "long",
    "java.lang.Float": "float",
    "java.lang.Double": "double",
}
_PARSE = {"byte": "Byte", "short": "Short", "int": "Int", "long": "Long"}


class _UnfitError(ValueError):
    """An argument or a result that the Java type cannot hold."""


def _integer(kind: str) -> _Convert:
    bound = 1 << (_BITS[kind] - 1)

    def convert(value: object) -> int:
        number = whole(value) if isinstance(value, Decimal) else None
        if number is None or not -bound <= number < bound:
            raise _UnfitError
        return number

    return convert


def _double(value: object) -> float:
    if not isinstance(value, Decimal):
        raise _UnfitError
    return float(value)


def _single(value: object) -> float:
    try:
        return float(struct.unpack("f", struct.pack("f", _double(value)))[0])
    except OverflowError:
        raise _UnfitError from None


def _character(value: object) -> str:
    if not isinstance(value, str) or len(value) != 1:
        raise _UnfitError
    return value


def _itself(value: object) -> object:
    return value


_CONVERT: dict[str, _Convert] = {
    **{kind: _integer(kind) for kind in _BITS},
    "double": _double,
    "float": _single,
    "char": _character,
}
_TYPES: dict[str, Type] = {
    **dict.fromkeys((*_BITS, "double", "float"), NUMBER),
    "char": STRING,
    "boolean": BOOLEAN,
    "java.lang.String": STRING,
    "java.lang.Object": ANY,
}


def _result(value: object, kind: str) -> object:
    """A Python value as the FEEL value that Java's result stands for."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if kind in _BITS:
        bound = 1 << (_BITS[kind] - 1)
        return Decimal((int(value) + bound) % (2 * bound) - bound)
    if not math.isfinite(value):
        return None
    return rounded(Decimal(_shortest_single(value) if kind == "float" else repr(float(value))))


def _shortest_single(value: float) -> str:
    """The shortest decimal that is the same single-precision number, as Java prints it."""
    for digits in range(1, 10):
        text = f"{value:.{digits}g}"
        if struct.pack("f", float(text)) == struct.pack("f", value):
            return text
    return repr(value)


def _method(owner: str, name: str, kinds: str, result: str, body: Callable[..., object]) -> Builtin:
    """A static method; what Java would throw on is null."""
    parts = kinds.split(",") if kinds else []
    converts = [_CONVERT.get(each, _itself) for each in parts]

    def run(*values: object) -> object:
        try:
            found = body(*(c(each) for c, each in zip(converts, values, strict=True)))
        except (ValueError, ArithmeticError, TypeError, InvalidOperation):
            return None
        return _result(found, result)

    parameters = [
        Parameter(f"p{i}", _TYPES[each], nullable=each == "java.lang.Object")
        for i, each in enumerate(parts)
    ]
    return function(f"{owner}.{name}({kinds})", run, _TYPES[result], *parameters)


_MATH = "java.lang.Math"
_OF_DOUBLE: dict[str, Callable[[float], float]] = {
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "asin": math.asin,
    "acos": math.acos,
    "atan": math.atan,
    "sinh": math.sinh,
    "cosh": math.cosh,
    "tanh": math.tanh,
    "exp": math.exp,
    "expm1": math.expm1,
    "log": math.log,
    "log10": math.log10,
    "log1p": math.log1p,
    "sqrt": math.sqrt,
    "cbrt": lambda x: math.copysign(abs(x) ** (1 / 3), x),
    "ceil": lambda x: float(math.ceil(x)),
    "floor": lambda x: float(math.floor(x)),
    "rint": lambda x: float(round(x)),
    "toRadians": math.radians,
    "toDegrees": math.degrees,
    "signum": lambda x: math.copysign(1.0, x) if x else x,
}
_OF_DOUBLES: dict[str, Callable[[float, float], float]] = {
    "pow": math.pow,
    "atan2": math.atan2,
    "hypot": math.hypot,
    "IEEEremainder": math.remainder,
}
_EXACT: dict[str, Callable[[int, int], int]] = {
    "addExact": lambda a, b: a + b,
    "subtractExact": lambda a, b: a - b,
    "multiplyExact": lambda a, b: a * b,
    "floorDiv": lambda a, b: a // b,
    "floorMod": lambda a, b: a % b,
}


def _exactly(kind: str, operation: Callable[[int, int], int]) -> Callable[[int, int], int]:
    bound = 1 << (_BITS[kind] - 1)

    def run(left: int, right: int) -> int:
        result = operation(left, right)
        if not -bound <= result < bound:
            raise _UnfitError
        return result

    return run


def _math() -> Iterator[Builtin]:
    for name, of_one in _OF_DOUBLE.items():
        yield _method(_MATH, name, "double", "double", of_one)
    for name, of_two in _OF_DOUBLES.items():
        yield _method(_MATH, name, "double,double", "double", of_two)
    for kind in ("int", "long", "float", "double"):
        yield _method(_MATH, "abs", kind, kind, abs)
        yield _method(_MATH, "max", f"{kind},{kind}", kind, max)
        yield _method(_MATH, "min", f"{kind},{kind}", kind, min)
    for kind in ("int", "long"):
        for name, exact in _EXACT.items():
            yield _method(_MATH, name, f"{kind},{kind}", kind, _exactly(kind, exact))
        yield _method(_MATH, "negateExact", kind, kind, lambda x: -x)
    yield _method(_MATH, "round", "double", "long", lambda x: math.floor(x + 0.5))
    yield _method(_MATH, "round", "float", "int", lambda x: math.floor(x + 0.5))


def _integer_of_text(kind: str) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not re.fullmatch(r"[+-]?[0-9]+", text):
            raise _UnfitError
        return int(str(_CONVERT[kind](Decimal(text))))

    return parse


def _float_of_text(text: str) -> float:
    number = number_from_text(text.strip())
    if number is None:
        raise _UnfitError
    return float(number)


def _boxes() -> Iterator[Builtin]:
    for owner, kind in _BOXES.items():
        parse = _integer_of_text(kind) if kind in _BITS else _float_of_text
        parsing = f"parse{_PARSE.get(kind, kind.capitalize())}"
        for name in ("valueOf", parsing):
            yield _method(owner, name, "java.lang.String", kind, parse)
        yield _method(owner, "valueOf", kind, kind, lambda x: x)
        yield _method(owner, "toString", kind, "java.lang.String", _java_text)
        yield _method(owner, "compare", f"{kind},{kind}", "int", lambda a, b: (a > b) - (a < b))
        if kind in ("int", "long", "float", "double"):
            yield _method(owner, "sum", f"{kind},{kind}", kind, lambda a, b: a + b)
            yield _method(owner, "max", f"{kind},{kind}", kind, max)
            yield _method(owner, "min", f"{kind},{kind}", kind, min)
    true = "java.lang.Boolean"
    for name in ("valueOf", "parseBoolean"):
        yield _method(true, name, "java.lang.String", "boolean", lambda x: x.lower() == "true")
    yield _method(true, "valueOf", "boolean", "boolean", lambda x: x)


def _java_text(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal | str | int | float):
        return str(value)
    return to_text(value) or ""


_FORMAT = re.compile(r"%(?:n|%|([-+0, ]*)(\d+)?(?:\.(\d+))?([sdfSxX]))")
_WIDEST = 1000


def _formatted(form: str, *values: object) -> str:
    """`String.format` with the conversions `%s %d %f %x %n %%`, widths and precisions."""
    left = iter(values)

    def replaced(match: re.Match[str]) -> str:
        if match.group() in ("%n", "%%"):
            return "\n" if match.group() == "%n" else "%"
        flags, width, precision, conversion = match.groups()
        if int(width or 0) > _WIDEST or int(precision or 0) > _WIDEST:
            raise _UnfitError
        try:
            value = next(left)
        except StopIteration:
            raise _UnfitError from None
        return _piece(value, flags, width or "", precision, conversion)

    if "%" in _FORMAT.sub("", form):
        raise _UnfitError
    return _FORMAT.sub(replaced, form)


def _piece(value: object, flags: str, width: str, precision: str | None, conversion: str) -> str:
    grouping = "," if "," in flags else ""
    sign = "+" if "+" in flags else " " if " " in flags else ""
    zero = "0" if "0" in flags and "-" not in flags else ""
    if conversion in "sS":
        text = _java_text(value)
        text = text if precision is None else text[: int(precision)]
        text = text.upper() if conversion == "S" else text
        return text.ljust(int(width or 0)) if "-" in flags else text.rjust(int(width or 0))
    if not isinstance(value, Decimal):
        raise _UnfitError
    align = "<" if "-" in flags else ""
    if conversion == "f":
        return f"{value:{align}{sign}{zero}{width}{grouping}.{precision or 6}f}"
    number = whole(value)
    if number is None:
        raise _UnfitError
    return f"{number:{align}{sign}{zero}{width}{grouping}{conversion}}"


def _strings() -> Iterator[Builtin]:
    owner = "java.lang.String"
    for kind in ("char", "int", "long", "double", "float", "boolean", "java.lang.Object"):
        yield _method(owner, "valueOf", kind, "java.lang.String", _java_text)
    for form in ("[Ljava.lang.Object;", "java.lang.Object[]", "java.lang.Object..."):
        name = f"{owner}.format(java.lang.String,{form})"
        first, rest = Parameter("format", STRING), Parameter("p", ANY, nullable=True)
        yield function(name, _format, STRING, first, rest, variadic=True)


def _format(form: str, *values: object) -> str | None:
    try:
        return _formatted(form, *values)
    except ValueError:
        return None


JAVA_FUNCTIONS: dict[str, Builtin] = {
    each.name: each for table in (_math(), _boxes(), _strings()) for each in table
}


def java_function(owner: str, signature: str) -> Builtin | None:
    """The method of a class by its signature, as `max(double, double)`; None if not in the table.

    Types of `java.lang` may go without their package.
    """
    method, bracket, kinds = signature.replace(" ", "").partition("(")
    if not bracket or not kinds.endswith(")"):
        return None
    parts = [each for each in kinds[:-1].split(",") if each]
    full = [f"java.lang.{e}" if e in _SHORT else e for e in parts]
    return JAVA_FUNCTIONS.get(f"{owner}.{method}({','.join(full)})")


_SHORT = frozenset(("String", "Object", "Object[]", "Object..."))
