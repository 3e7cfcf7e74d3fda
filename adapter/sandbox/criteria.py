"""The conditions of a search, read from its query: https://hl7.org/fhir/R4/search.html#ptypes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias, cast

from adapter.sandbox.index_rows import fold
from adapter.sandbox.instants import Span, span
from adapter.sandbox.outcome import Refusal, refusal
from adapter.sandbox.references import ID, Local, pointer
from adapter.sandbox.resource_types import SEARCH_PARAMS, SearchParam
from adapter.sandbox.space import Session

Prefix = Literal["eq", "ne", "gt", "lt", "ge", "le", "sa", "eb"]
StringMode = Literal["prefix", "exact", "contains"]


MOST_VALUES = 500
"""Of one parameter. A search is one SQL statement, and SQLite bounds what that may hold."""
MOST_RANGES = 100
"""Of one parameter that is a date or a string: each value is a range of its own."""
MOST_LINKS = 4
"""Of one chain."""


@dataclass(frozen=True, slots=True)
class HasId:
    type: str
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HasToken:
    """Any of `wanted`: system and code, each `None` where any will do."""

    key: str
    wanted: tuple[tuple[str | None, str | None], ...]


@dataclass(frozen=True, slots=True)
class RefersTo:
    """Any of `wanted`: the types it may be of, and its id."""

    key: str
    wanted: tuple[tuple[tuple[str, ...], str], ...]
    urls: tuple[str, ...] = ()
    """Targets on other servers."""


@dataclass(frozen=True, slots=True)
class HasDate:
    key: str
    wanted: tuple[tuple[Prefix, Span], ...]


@dataclass(frozen=True, slots=True)
class HasString:
    key: str
    wanted: tuple[str, ...]
    mode: StringMode


@dataclass(frozen=True, slots=True)
class Chained:
    """Refers to a resource that meets any of `inner`."""

    key: str
    inner: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class HasAny:
    """Any value at all of the parameter."""

    param: SearchParam


@dataclass(frozen=True, slots=True)
class Not:
    """A resource of `type` that does not meet `inner`; one without any value is such a one."""

    type: str
    inner: Condition


Condition: TypeAlias = HasId | HasToken | RefersTo | HasDate | HasString | Chained | HasAny | Not


class UnknownParameterError(Refusal):
    """A parameter that this server does not have for the type; with `Prefer: handling=lenient` it is left out."""

    def __init__(self, name: str) -> None:
        # The name of a parameter may carry a misplaced value: it is told only as far as it looks like a name.
        shown = f" '{name}'" if re.fullmatch(r"[A-Za-z_:.\-]{1,80}", name) else ""
        super().__init__(400, refusal(400, "not-supported", f"Unknown search parameter{shown}").issues)


def condition(session: Session, type_: str, name: str, value: str) -> Condition:
    """The condition that `name=value` puts on resources of `type_`.

    Refuses with 400 an unknown parameter (`UnknownParameterError`), an unknown modifier and a value of another type.
    """
    first, dot, _ = name.partition(".")
    code, _, modifier = first.partition(":")
    if not value:
        raise refusal(400, "value", "A search parameter has no value")
    if value.count(",") >= MOST_VALUES or name.count(".") > MOST_LINKS:
        raise refusal(
            400, "too-costly", f"A parameter takes {MOST_VALUES} values and a chain {MOST_LINKS} links at most"
        )
    if code == "_id" and not modifier and not dot:
        return HasId(type_, tuple(_split(value, ",")))
    param = SEARCH_PARAMS[type_].get(code)
    if param is None:
        raise UnknownParameterError(name)
    if dot:
        return _chain(session, param, name, value)
    if modifier == "missing":
        if value not in ("true", "false"):
            raise refusal(400, "value", "The value of :missing is true or false")
        return Not(type_, HasAny(param)) if value == "true" else HasAny(param)
    return _of_kind(session, param, modifier, value)


def _of_kind(session: Session, param: SearchParam, modifier: str, value: str) -> Condition:
    match param.kind:
        case "token":
            return _token(param, modifier, value)
        case "reference":
            return _reference(session, param, modifier, value)
        case "date":
            return _date(session, param, modifier, value)
        case "string":
            return _string(param, modifier, value)
        case "uri":
            _no_modifier(modifier)
            return HasToken(param.key, tuple(("", uri) for uri in _values(value)))


def _chain(session: Session, param: SearchParam, name: str, value: str) -> Condition:
    first, _, rest = name.partition(".")
    modifier = first.partition(":")[2]
    if param.kind != "reference" or (modifier and modifier not in param.targets):
        raise UnknownParameterError(name)
    inner: list[Condition] = []
    for target in (modifier,) if modifier else param.targets:
        try:
            inner.append(condition(session, target, rest, value))
        except UnknownParameterError:
            continue  # not every type that may be referred to has the parameter; one must
    if not inner:
        raise UnknownParameterError(name)
    return Chained(param.key, tuple(inner))


def _token(param: SearchParam, modifier: str, value: str) -> Condition:
    if modifier not in ("", "not"):
        raise _unknown_modifier()
    wanted = HasToken(param.key, tuple(_coded(part) for part in _split(value, ",")))
    return Not(param.type, wanted) if modifier else wanted


def _coded(text: str) -> tuple[str | None, str | None]:
    """`code`, `system|code`, `|code` (no system) and `system|` (any code)."""
    parts = [_plain(part) for part in _split(text, "|")]
    match parts:
        case [code] if code:
            return None, code
        case [system, code] if system or code:
            return system, code or None
    raise refusal(400, "value", "A token is code, system|code, |code or system|")


def _reference(session: Session, param: SearchParam, modifier: str, value: str) -> Condition:
    if modifier == "identifier" and session.dialect.logical_search:
        return HasToken(f"{param.key}:identifier", tuple(_coded(part) for part in _split(value, ",")))
    if modifier and modifier not in param.targets:
        raise _unknown_modifier()
    types = (modifier,) if modifier else param.targets
    wanted: list[tuple[tuple[str, ...], str]] = []
    urls: list[str] = []
    for text in _values(value):
        match pointer(text, session.base):
            case Local(type=type_, id=id_):
                wanted.append((tuple({type_} & set(types)), id_))
            case _ if ID.fullmatch(text):
                wanted.append((types, text))
            case _ if "://" in text or text.startswith("urn:"):
                urls.append(text)
            case _:
                raise refusal(400, "value", "A reference is id, Type/id or a URL")
    return RefersTo(param.key, tuple(wanted), tuple(urls))


_DATE = re.compile(r"(eq|ne|gt|lt|ge|le|sa|eb)?(\d.*)")


def _date(session: Session, param: SearchParam, modifier: str, value: str) -> Condition:
    _no_modifier(modifier)
    wanted: list[tuple[Prefix, Span]] = []
    for text in _ranges(value):
        match = _DATE.fullmatch(text)
        # A + that nobody encoded has become a space: no date has one
        found = span(match[2].replace(" ", "+"), session.space.zone) if match else None
        if not match or not found:
            raise refusal(
                400,
                "value",
                "A date is a prefix (eq ne gt lt ge le sa eb) and YYYY-MM-DDThh:mm:ss+zz:zz, or its beginning",
            )
        wanted.append((cast("Prefix", match[1] or "eq"), found))
    return HasDate(param.key, tuple(wanted))


def _string(param: SearchParam, modifier: str, value: str) -> Condition:
    match modifier:
        case "exact":
            return HasString(param.key, tuple(_ranges(value)), "exact")
        case "" | "contains":
            folded = tuple(map(fold, _ranges(value)))
            return HasString(param.key, folded, "contains" if modifier else "prefix")
    raise _unknown_modifier()


def _no_modifier(modifier: str) -> None:
    if modifier:
        raise _unknown_modifier()


def _unknown_modifier() -> Refusal:
    return refusal(400, "not-supported", "The search parameter does not have this modifier")


def _ranges(value: str) -> list[str]:
    if value.count(",") >= MOST_RANGES:
        raise refusal(400, "too-costly", f"A date or string takes {MOST_RANGES} values at most")
    return _values(value)


def _values(value: str) -> list[str]:
    return [_plain(part) for part in _split(value, ",")]


def _split(value: str, separator: str) -> list[str]:
    r"""At each `separator` that is not escaped: https://hl7.org/fhir/R4/search.html#escaping. `\` stays."""
    if "\\" not in value:
        return value.split(separator)
    return re.findall(rf"(?:^|(?<=\{separator}))((?:\\.|[^\\{separator}])*)(?:\{separator}|$)", value) or [value]


def _plain(text: str) -> str:
    return re.sub(r"\\([\\,|$])", r"\1", text) if "\\" in text else text
