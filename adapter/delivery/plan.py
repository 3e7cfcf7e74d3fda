"""What to send: of what is wanted, what was last said and what is there. Pure; the courier reads and sends."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeAlias

from adapter.server.wire import written
from mappings.problem import Json
from mappings.shape.filled import Filled
from mappings.shape.merge import Identity, merge, overlay

IdentityOf: TypeAlias = Callable[[str], Identity]
"""Node of a graph -> what its lists' items are known by."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A resource that a parcel says something of, with the id that it has on the server."""

    filled: Filled
    id: str
    said: bytes = field(repr=False)
    """As it is stored: references as keys."""
    said_hash: str

    @property
    def kind(self) -> str:
        return self.filled.key.kind


@dataclass(frozen=True, slots=True)
class Base:
    """What the ledger knows of a resource: what we last said of it, and what the server then held."""

    said: Json = field(repr=False)
    held: Json = field(repr=False)
    etag: str | None


@dataclass(frozen=True, slots=True)
class There:
    """What the server holds, references as keys; None where it holds nothing."""

    resource: Json | None = field(repr=False)
    etag: str | None = None
    ours: Json | None = field(default=None, repr=False)
    """What of it our shapes speak of, where it is ours alone and a ledger before this one wrote it."""


@dataclass(frozen=True, slots=True)
class Write:
    """One resource to send, references as keys, under the version that it was made from."""

    wanted: Wanted
    resource: Json = field(repr=False)
    if_match: str | None
    merged: bool
    """Others' content went in: it is validated again."""
    conflicts: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    """Labels that were there and no longer are: some servers keep them."""


@dataclass(frozen=True, slots=True)
class Keep:
    """One resource that the server holds already as it should be."""

    wanted: Wanted
    resource: Json = field(repr=False)
    etag: str | None
    conflicts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    writes: tuple[Write, ...]
    keeps: tuple[Keep, ...]


def wanted_of(filled: Filled, id_: str) -> Wanted:
    said = written(filled.resource)
    return Wanted(filled, id_, said, hashlib.sha256(said).hexdigest())


def to_read(wanted: Iterable[Wanted], bases: Mapping[str, Base], empty: frozenset[str], unsure: bool) -> list[Wanted]:
    """Those that may be on the server in a way that the ledger does not know: never delivered by us, and the server
    held some of the kind when the ledger was begun, or an earlier attempt may have got there; or delivered, but the
    server gave no version to guard the next write with."""
    return [one for one in wanted if _may_be_there(one, bases.get(one.id), empty, unsure)]


def _may_be_there(one: Wanted, base: Base | None, empty: frozenset[str], unsure: bool) -> bool:
    return base.etag is None if base is not None else unsure or one.kind not in empty


def plan(
    wanted: Iterable[Wanted],
    bases: Mapping[str, Base],
    there: Mapping[str, There],
    identity_of: IdentityOf,
    *,
    bare: bool = False,
) -> Plan:
    """`there` holds what was read; for the rest the server is taken to hold what the ledger says, guarded by its
    version. `bare`: what is there is not merged, it goes."""
    step = _bare if bare else partial(_step, identity_of=identity_of)
    steps = [step(one, bases.get(one.id), there.get(one.id)) for one in wanted]
    writes = tuple(one for one in steps if isinstance(one, Write))
    return Plan(writes, tuple(one for one in steps if isinstance(one, Keep)))


def _there(base: Base | None, read: There | None) -> There:
    return read if read is not None else There(base.held, base.etag) if base else There(None)


def _bare(wanted: Wanted, base: Base | None, read: There | None) -> Write | Keep:
    said, theirs = wanted.filled.resource, _there(base, read)
    if said == theirs.resource:
        return Keep(wanted, said, theirs.etag)
    dropped = labels(theirs.resource or {}) - labels(said)
    return Write(wanted, said, theirs.etag, merged=False, dropped=tuple(sorted(dropped)))


def _step(wanted: Wanted, base: Base | None, read: There | None, identity_of: IdentityOf) -> Write | Keep:
    said, owned, identity = wanted.filled.resource, wanted.filled.owned, identity_of(wanted.filled.node)
    mine = said if owned or base is None else overlay(base.held, said, identity)
    theirs = _there(base, read)
    if theirs.resource is None:
        return Write(wanted, mine, None, merged=mine is not said)
    mine_before, all_before = (theirs.ours, None) if base is None else (base.said, base.held)
    before = mine_before if owned else all_before
    merged = merge(before, mine, theirs.resource, identity)
    if merged.resource == theirs.resource:
        return Keep(wanted, theirs.resource, theirs.etag, merged.conflicts)
    changed = merged.resource != said
    dropped = labels(theirs.resource) - labels(merged.resource)
    return Write(wanted, merged.resource, theirs.etag, changed, merged.conflicts, tuple(sorted(dropped)))


def labels(resource: Json) -> set[str]:
    """`meta.security` and `meta.tag` as one text each; some servers keep what a write leaves out (`fhir.md` 5)."""
    meta: Json = resource.get("meta") or {}
    listed = [(name, one) for name in ("security", "tag") for one in meta.get(name) or [] if isinstance(one, dict)]
    return {f"meta.{name} {one.get('system', '')}#{one.get('code', '')}" for name, one in listed}


def bundle(writes: Iterable[Write], base: str, render: Callable[[Json], Json]) -> Json:
    """One transaction of updates, each at its own id and under its own version
    (https://hl7.org/fhir/R4/http.html#transaction)."""
    return {"resourceType": "Bundle", "type": "transaction", "entry": [_entry(one, base, render) for one in writes]}


def _entry(write: Write, base: str, render: Callable[[Json], Json]) -> Json:
    place = f"{write.wanted.kind}/{write.wanted.id}"
    request: Json = {"method": "PUT", "url": place}
    if write.if_match is not None:
        request["ifMatch"] = write.if_match
    return {"fullUrl": f"{base}/{place}", "resource": at_id(write, render), "request": request}


def at_id(write: Write, render: Callable[[Json], Json]) -> Json:
    rendered = render(write.resource)
    return {"resourceType": write.wanted.kind, "id": write.wanted.id, **rendered}


def etags_of(answer: Json | None, writes: tuple[Write, ...]) -> list[str | None] | None:
    """The new version of each write, in their order; None where the answer is not one for these, or says that one
    failed."""
    entries: Any = (answer or {}).get("entry")
    if not isinstance(entries, list) or len(entries) != len(writes):
        return None
    responses = [_response(entry) for entry in entries]
    if not all(str(one.get("status", "")).startswith("2") for one in responses):
        return None
    return [etag if isinstance(etag := one.get("etag"), str) else None for one in responses]


def _response(entry: Any) -> Json:
    found = entry.get("response") if isinstance(entry, dict) else None
    return found if isinstance(found, dict) else {}


def their_own(resource: Json) -> Json:
    """A resource as read, without what the server alone writes: id, version and time."""
    read: Json = resource.get("meta") or {}
    meta = {name: found for name, found in read.items() if name not in ("versionId", "lastUpdated")}
    rest = {name: value for name, value in resource.items() if name not in ("id", "meta")}
    return {**rest, "meta": meta} if meta else rest
