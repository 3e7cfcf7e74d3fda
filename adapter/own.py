"""What the gateway itself makes of what it holds, at the version that its source last sent (Decided 6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from adapter.beside import content_hash, dues_of, listing_of, settles_of, steps_of, ties_of
from adapter.delivery.values import Accepted, Aggregate, Claim, Columns, Entry, Packed, Priority, Seen
from adapter.server.ids import Ids
from mappings.region.catalogue import Catalogue
from mappings.region.reading import KINDS, Message
from mappings.resources.keys import patient_key
from mappings.resources.outline import GRAPHS, Outline, outline
from mappings.resources.patient import OF_PATIENT
from mappings.rules.patients import dumped
from mappings.shape.filled import Filled


@dataclass(frozen=True, slots=True)
class Change:
    """A booking, event or contact that is held, and what becomes of it."""

    held: Aggregate
    message: Message
    patient_hash: str
    """Whose it is from now on."""
    before: Message | None = None
    """What is held, where it has been read already."""


def accepted(change: Change, catalogue: Catalogue, ids: Ids, audit: Entry) -> Accepted:
    """Whoever says what is new of the patient goes before it in the same commit."""
    held, message = change.held, change.message
    at, source = outline(message), catalogue.sources[message.source]
    return Accepted(
        kind=held.kind,
        source=held.source,
        number=held.number,
        version=held.version,
        content_hash=content_hash(message),
        state=dumped(message),
        parcels=tuple(behind_patient(message, at, GRAPHS[at.kind].fill(message, source, catalogue.units), ids)),
        audit=audit,
        seen=Seen(held.revision),
        patient_hash=change.patient_hash,
        columns=columns_of(at),
        claims=claims_of(at, change.patient_hash),
        ties=ties_of(at, change.patient_hash),
        listing=listing_of(message),
        steps=tuple(steps_of(message, change.before or KINDS[held.kind].model_validate(held.state))),
        settles=settles_of(message),
        dues=dues_of(message),
        catalogue_version=catalogue.version,
        trace_id=audit.trace_id,
        own=True,
    )


def behind_patient(message: Message, at: Outline, filled: Iterable[Filled], ids: Ids) -> Iterator[Packed]:
    """What a message is beside its patient, who travels by herself (Decided 22)."""
    rest = tuple(one for one in filled if one.key.kind not in OF_PATIENT)
    if rest:
        needs = (patient_key(message.patient.identity), *at.refers)
        yield Packed(at.lanes, rest, tuple(map(ids.of, needs)), Priority.LIVE)


def columns_of(at: Outline) -> Columns:
    return Columns(at.status, at.unit, at.service, at.starts, at.ends)


def claims_of(at: Outline, patient_hash: str) -> tuple[Claim, ...]:
    """What a message's patient can have only one of at a time."""
    return (Claim(f"{at.alone[0]}:{patient_hash}", at.alone[1], at.alone[2]),) if at.alone else ()


def each_once(every: Iterable[Sequence[Accepted]]) -> list[Accepted]:
    """Of messages with what follows from each: the messages, then what follows, no aggregate twice."""
    groups = list(every)
    found: dict[tuple[str, str, str], Accepted] = {}
    for one in (*(one for group in groups for one in group[:1]), *(one for group in groups for one in group[1:])):
        found.setdefault((one.kind, one.source, one.number), one)
    return list(found.values())
