"""Stored bodies: JSON with every digit of a decimal, closed by the seal."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import orjson

from adapter.delivery.sealed import Seal, Sealed
from adapter.server.wire import parsed, written
from mappings.problem import Json
from mappings.shape.filled import Filled
from mappings.shape.key import Key


@dataclass(frozen=True, slots=True)
class Bodies:
    """Writes and reads what is stored. Columns come in pairs, `NAME_key` and `NAME_body`."""

    seal: Seal

    def columns(self, name: str, body: bytes) -> dict[str, Any]:
        key_id, closed = self.seal.close(body)
        return {f"{name}_key": key_id, f"{name}_body": closed}

    def opened(self, key_id: str, body: bytes) -> Json:
        return parsed(self.seal.open(Sealed(key_id, body)))

    def text(self, key_id: str, body: bytes) -> str:
        return self.seal.open(Sealed(key_id, body)).decode()

    def resources(self, key_id: str, body: bytes) -> tuple[Filled, ...]:
        return unpacked(self.opened(key_id, body))


def packed(resources: tuple[Filled, ...]) -> bytes:
    return written({"resources": [[one.node, list(one.key), one.owned, one.resource] for one in resources]})


def unpacked(body: Json) -> tuple[Filled, ...]:
    return tuple(Filled(node, Key(*key), resource, owned) for node, key, owned, resource in body["resources"])


def content_hash(content: Json) -> str:
    """Equal for equal JSON, whatever the order of its members."""
    return hashlib.sha256(orjson.dumps(content, default=str, option=orjson.OPT_SORT_KEYS)).hexdigest()
