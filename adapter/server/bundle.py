"""Bundles that hold all they refer to: how a mapping travels without a server (Decided 25)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from typing import Any

from adapter.server.ids import Ids
from adapter.server.records import identifier_keys
from adapter.server.references import rendered
from mappings.problem import Json
from mappings.shape.filled import Filled
from mappings.shape.key import Key

URN = "urn:uuid:"


def collection(filled: Iterable[Filled], ids: Ids) -> Json:
    """The resources in their order, each under the URN of its derived id, by which the others refer to it.

    What is referred to and is not among them (a care event's booking) is named by its identifier.
    """
    return {"resourceType": "Bundle", "type": "collection", "entry": list(_entries(filled, ids).values())}


def searchset(filled: Iterable[Filled], found: Set[Key], ids: Ids) -> Json:
    """Likewise, as the answer to a search: what was found, and what goes along with it."""
    entries = [
        entry | {"search": {"mode": "match" if key in found else "include"}}
        for key, entry in _entries(filled, ids).items()
    ]
    bundle: Json = {"resourceType": "Bundle", "type": "searchset", "total": len(found)}
    return bundle | ({"entry": entries} if entries else {})


def _entries(filled: Iterable[Filled], ids: Ids) -> dict[Key, Json]:
    resources = {one.key: one.resource for one in filled}

    def to(key: Key) -> Json:
        if key in resources:
            return {"reference": URN + ids.of(key)}
        return {"type": key.kind, "identifier": {"system": key.system, "value": key.value}}

    return {
        key: {
            "fullUrl": URN + ids.of(key),
            "resource": {"resourceType": key.kind, "id": ids.of(key), **rendered(resource, to)},
        }
        for key, resource in resources.items()
    }


def opened(bundle: Json) -> dict[Key, Json]:
    """The resources of such a Bundle, or of a searchset, in their order, with references as keys again.

    Each stands under what it is known by; one without a business identifier is left out, since no key can name it.
    Raises KeyError or TypeError on what is no Bundle.
    """
    entries = [(entry.get("fullUrl", ""), entry["resource"]) for entry in bundle["entry"]]
    known = [(url, resource, keys[0]) for url, resource in entries if (keys := identifier_keys(resource))]
    names = {url: key for url, _, key in known}
    names |= {f"{resource['resourceType']}/{resource['id']}": key for _, resource, key in known if "id" in resource}
    return {key: _keyed(resource, names) for _, resource, key in known}


def _keyed(node: Any, names: Mapping[str, Key]) -> Any:
    match node:
        case list():
            return [_keyed(item, names) for item in node]
        case {"reference": str(text)} if text in names:
            return {**node, "reference": names[text].text}
        case {"type": str(kind), "identifier": {"system": str(system), "value": str(value)}} if "reference" not in node:
            return {"reference": Key(kind, system, value).text}
        case dict():
            return {name: _keyed(value, names) for name, value in node.items()}
        case _:
            return node
