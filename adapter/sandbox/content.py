"""What the server itself puts into a resource, and how two contents are compared."""

from __future__ import annotations

import hashlib
from typing import Any

from adapter.sandbox.json_text import read_json, write_json
from mappings.problem import Json

_BY_SERVER = ("versionId", "lastUpdated")


def filled(content: Json, type_: str, id_: str, number: int, updated: str) -> bytes:
    """The bytes that are stored and answered: as sent, under this id and version."""
    own = {name: value for name, value in content.get("meta", {}).items() if name not in _BY_SERVER}
    head = {"resourceType": type_, "id": id_, "meta": {"versionId": str(number), "lastUpdated": updated, **own}}
    return write_json(head | {name: value for name, value in content.items() if name not in head})


def stamped(content: Json, updated: str) -> Json:
    """With the `meta.lastUpdated` that it will have."""
    return content | {"meta": content.get("meta", {}) | {"lastUpdated": updated}}


def digest(content: Json) -> bytes:
    """Equal for contents that differ in nothing but the order of keys, the id and what the server sets."""
    own = {name: value for name, value in content.get("meta", {}).items() if name not in _BY_SERVER}
    bare = {name: value for name, value in content.items() if name not in ("id", "meta")}
    return hashlib.blake2b(write_json(bare | ({"meta": own} if own else {}), sort=True), digest_size=16).digest()


def with_labels_of(earlier: bytes, content: Json) -> Json:
    """`content` with the tags and security labels that the `earlier` version had as well."""
    meta = dict(content.get("meta", {}))
    for name in ("tag", "security"):
        labels = meta.get(name, [])
        kept = [label for label in read_json(earlier)["meta"].get(name, []) if _code(label) not in map(_code, labels)]
        if kept:
            meta[name] = labels + kept
    return content | ({"meta": meta} if meta else {})


def _code(label: Any) -> tuple[Any, Any]:
    return label.get("system"), label.get("code")


def pretty(content: bytes) -> bytes:
    return write_json(read_json(content), pretty=True)
