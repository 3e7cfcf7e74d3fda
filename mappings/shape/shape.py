"""A FHIR resource written once, for both directions."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

import orjson

from mappings.problem import Json
from mappings.shape.compiled import filler, fitting, pulled, puller, speaks
from mappings.shape.template import Coding, Context, Each, Echo, Hole, Item, Usually, When

SERVERS_OWN = frozenset({"versionId", "lastUpdated", "source"})
"""What a server writes into `meta` (https://hl7.org/fhir/R4/resource.html#Meta)."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a regional field stands in a resource."""

    field: str
    """Path of names in the scope; `lines.start` for a field of every line."""
    path: str
    """FHIRPath without indices."""
    source: Hole | Coding | Echo | Each
    states: tuple[str, ...] = ()
    """`status in (booked, arrived)` where the place exists only then."""


class Shape:
    """One resource type's literal, compiled.

    `fill` writes a resource, `pull` collects fields, `identity` tells list items apart for merging and comparing. A
    template whose list items cannot be told apart does not load: TypeError.
    """

    def __init__(self, template: Json) -> None:
        self.template = template
        self.kind = str(template["resourceType"])
        _refuse_ambiguity(template, self.kind)
        self._fill = filler(template)
        self.pull = puller(template)
        self._lists = dict(_lists(template, ""))
        self.places = tuple(_places(template, "", self.kind, ()))

    def fill(self, scope: Any, context: Context) -> Json:
        """The resource for a scope. Raises `NoPlace` for a field that has a value which no place can carry."""
        return cast(Json, self._fill(scope, context))

    def identity(self, pattern: str, item: Any) -> Hashable:
        """What an item of a list is known by: our fixed values and key, or what FHIR itself tells such items by."""
        for number, template in enumerate(self._lists.get(pattern, ())):
            if fitting(template)(item, _NO_CONTEXT):
                return ("ours", number, _key(template, item))
        return _generic(item)


class _NoVocabulary:
    """Knows no table: items that are told apart by a source's own tables fall back to what FHIR tells them by."""

    def system(self, table: str) -> str:
        return ""

    def display(self, table: str, code: str) -> None:
        return None

    def column(self, table: str, code: str, column: str) -> None:
        return None


_NO_CONTEXT = Context(None, _NoVocabulary())


def content(resource: Json) -> Json:
    """The resource without what its server wrote into it: id, version, time."""
    kept = {key: value for key, value in resource.items() if key not in ("id", "meta")}
    meta = resource.get("meta")
    if isinstance(meta, dict):
        meta = {key: value for key, value in meta.items() if key not in SERVERS_OWN}
    if meta:
        kept["meta"] = meta
    return kept


def _key(template: Any, item: Any) -> Hashable:
    match template:
        case When(part=part) | Item(part=part):
            return _key(part, item)
        case Each(part=part, key=names):
            found = pulled(puller(part), item, _NO_CONTEXT)
            return tuple(_hashable(found.get(name)) for name in names)
        case _:
            return None


def _hashable(value: Any) -> Hashable:
    return value if isinstance(value, Hashable) else repr(value)


def _generic(item: Any) -> Hashable:
    """FHIR's own ways: an extension by its url, a coding or identifier by its system; else by all it holds."""
    for member in ("url", "system"):
        if (
            isinstance(item, dict)
            and isinstance(item.get(member), str)
            and ("code" in item or "value" in item or member == "url")
        ):
            return (member, item[member], item.get("value") if member == "system" else None)
    return orjson.dumps(item, option=orjson.OPT_SORT_KEYS)


def _inner(template: Any) -> Any:
    """The literal inside conditions and repetitions."""
    while isinstance(template, When | Each | Item):
        template = template.part
    return template


def _lists(template: Any, pattern: str) -> Iterator[tuple[str, list[Any]]]:
    found: dict[str, list[Any]] = {}
    for at, child in _all_lists(template, pattern):
        found.setdefault(at, []).append(child)
    yield from found.items()


def _all_lists(template: Any, pattern: str) -> Iterator[tuple[str, Any]]:
    template = _inner(template)
    match template:
        case dict():
            for key, child in template.items():
                yield from _all_lists(child, f"{pattern}.{key}" if pattern else key)
        case list():
            for child in template:
                if not isinstance(_inner(child), Usually) and (isinstance(_inner(child), dict)):
                    yield pattern, child
                yield from _all_lists(child, pattern)


def _refuse_ambiguity(template: Any, path: str) -> None:
    template = _inner(template)
    match template:
        case dict():
            for key, child in template.items():
                _refuse_ambiguity(child, f"{path}.{key}")
        case list():
            open_ended = [child for child in template if speaks(child) and not _told(child)]
            if len(template) > 1 and open_ended:
                raise TypeError(f"{path}: list items cannot be told apart")
            for child in template:
                _refuse_ambiguity(child, path)


def _told(child: Any) -> bool:
    match child:
        case Item():
            return True
        case Each(by=by, part=part):
            return bool(by) or _told(part)
        case When(part=part):
            return _told(part)
        case Coding():
            return True
        case Echo(kind=kind):
            return bool(kind)
        case Hole(codec=codec):
            return codec.marks is not None
        case dict():
            return any(_told(part) for part in child.values())
        case list():
            return any(not speaks(part) for part in child)
        case Usually():
            return False
        case _:
            return True


def _places(template: Any, prefix: str, path: str, states: tuple[str, ...]) -> Iterator[Place]:
    match template:
        case Hole(field=name) | Coding(field=name):
            yield Place(_joined(prefix, name), path, template, states)
        case Echo():
            yield Place("", path, template, states)
        case Each(field=name, part=part):
            yield Place(_joined(prefix, name), path, template, states)
            yield from _places(part, _joined(prefix, name), path, states)
        case Item(part=part):
            yield from _places(part, prefix, path, states)
        case When(field=name, values=values, part=part):
            condition = f"{_joined(prefix, name)} in ({', '.join(sorted(str(v) for v in values))})"
            yield from _places(part, prefix, path, (*states, condition))
        case dict():
            at = (
                f"{path[: -len('.extension')]}.extension('{template['url']}')"
                if path.endswith(".extension") and "url" in template
                else path
            )
            for key, child in template.items():
                yield from _places(child, prefix, f"{at}.{_fhirpath_name(key)}", states)
        case list():
            for child in template:
                yield from _places(child, prefix, path, states)


def _joined(prefix: str, name: str) -> str:
    return f"{prefix}.{name}".strip(".")


def _fhirpath_name(key: str) -> str:
    return re.sub(r"^value[A-Z].*", "value", key).lstrip("_")


def fhirpaths(places: Mapping[str, str], field: str) -> str:
    """The FHIRPath of a field, or of the nearest part around it; empty where none stands in a resource."""
    while field:
        if field in places:
            return places[field]
        field = field.rpartition(".")[0]
    return ""
