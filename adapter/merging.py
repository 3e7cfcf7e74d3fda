"""Two identities of one patient: a reserve number becomes a *personnummer*, a merge and its undoing (SDV 4.6.1, PI-4).

All that one identity has moves to the other in one commit: bookings, events and contacts, what every source says of
her, and what she may have only one of. The merge is kept as an aggregate of its own under the identity that was left,
so that later messages which still use it are filed with the one that stays, and so that it can be undone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from adapter import own
from adapter.delivery.bodies import content_hash
from adapter.delivery.values import (
    Accepted,
    Aggregate,
    Columns,
    Entry,
    Overlap,
    Packed,
    Seen,
    Stale,
    Told,
    Word,
)
from adapter.intake import TRIES, Intake
from adapter.outcomes import Answer, Busy, Conflict, Kept, NotTheirs, Refused, answered
from adapter.security.caller import Caller
from mappings.problem import Json, Problem
from mappings.region.patient_card import PatientCard
from mappings.region.people import Identity, IdentityKind, Patient
from mappings.region.reading import KINDS, told
from mappings.resources.keys import patient_key
from mappings.resources.patient import PATIENT_CARD
from mappings.rules.patients import bare, dumped, of_patient, replaced, together, under
from mappings.rules.rulebook import updated
from mappings.shape.filled import Filled

KIND = "patient-merge"
MERGED, PARTED = "merged", "parted"

TWO_PHYSICIANS = Problem(
    "FK-2",
    "/from",
    "Båda identiteterna har en fast läkarkontakt under samma tid: avsluta den ena först, med en ny version, och slå "
    "sedan samman.",
    "Both identities have a fixed physician in the same period: end one of them first, by a new version, and merge "
    "then.",
)
SAME = Problem("ID-1", "/to", "Identiteterna är desamma.", "The identities are the same.")
LOCAL = Problem(
    "ID-1",
    "/from/kind",
    "Ett lokalt reservnummer har inget eget att flytta: länka det bland identities i patientens eget meddelande.",
    "A local number has nothing of its own to move: link it among identities in the patient's own message.",
)
BACKWARDS = Problem(
    "ID-8",
    "/to/kind",
    "Den som har personnummer flyttas inte till en reservidentitet: byt plats på from och to.",
    "Whoever has a personnummer is not moved to a reserve identity: change places of from and to.",
)
NOTHING = Problem(
    "IN-15", "/from", "Ingen patient är känd under identiteten.", "No patient is known under the identity."
)
NOT_MERGED = Problem("IN-15", "/id", "Det finns ingen sammanslagning att ta tillbaka.", "There is no merge to undo.")


@dataclass(frozen=True, slots=True)
class Merge:
    """That one identity of a patient is to be the other; or, undone, is not."""

    source: str
    id: str
    version: int
    left: Identity
    """`from`: the identity that nothing is filed under any more."""
    stays: Identity
    """`to`."""


@dataclass(frozen=True, slots=True)
class Side:
    """One identity, and all that it has."""

    identity: Identity
    hash: str
    revision: int
    held: tuple[Aggregate, ...]
    words: tuple[Word, ...]

    @property
    def names(self) -> frozenset[tuple[str, str, str]]:
        return frozenset((one.kind, one.source, one.number) for one in self.held)


@dataclass(frozen=True, slots=True)
class Change:
    """What is to become of both identities."""

    merge: Merge
    into: str
    left: Side
    stays: Side
    moving: tuple[Aggregate, ...]
    of_left: tuple[Word, ...]
    """What sources say of the one that was left, from now on."""
    of_stays: tuple[Word, ...]

    @property
    def to(self) -> Side:
        return self.stays if self.into is MERGED else self.left

    @property
    def away_from(self) -> Side:
        return self.left if self.into is MERGED else self.stays

    @property
    def marks_anew(self) -> bool:
        """Whether one of two that become one is protected, and the other was not."""
        marked = [any(word.marked for word in side.words) for side in (self.left, self.stays)]
        return self.into is MERGED and any(marked) and not all(marked)


@dataclass(frozen=True, slots=True)
class Merging:
    """Merges and parts identities, in the patients' turns at the intake."""

    intake: Intake

    async def merge(self, merge: Merge, caller: Caller, trace_id: str = "") -> Answer:
        if problem := _wrong(merge):
            return Refused((problem,))
        return await self._in_turns(merge, caller, trace_id, MERGED)

    async def part(self, merge: Merge, caller: Caller, trace_id: str = "") -> Answer:
        """`merge` as it was kept, with a new version."""
        return await self._in_turns(merge, caller, trace_id, PARTED)

    def kept(self, source: str, number: str, version: int) -> Merge | None:
        """A merge that was accepted; None where there is none, or another version has undone it."""
        held = self.intake.ledger.aggregate(KIND, source, number)
        if held is None or (held.columns.status != MERGED and held.version != version):
            return None
        left, stays = (Identity.model_validate(held.state[name]) for name in ("from", "to"))
        return Merge(source, number, held.version, left, stays)

    async def _in_turns(self, merge: Merge, caller: Caller, trace_id: str, into: str) -> Answer:
        if not caller.may_write(merge.source):
            return NotTheirs(told("IN-14", "/source"))
        async with self.intake.turns(map(self.intake.keys.patient, (merge.left, merge.stays))):
            return await self._in_turn(merge, caller, trace_id, into)

    async def _in_turn(self, merge: Merge, caller: Caller, trace_id: str, into: str) -> Answer:
        ledger, content = self.intake.ledger, _content(merge, into)
        if found := ledger.sent_as(KIND, merge.source, merge.id, merge.version):
            receipt, said = found
            return Kept(receipt, repeated=True) if said == content else Conflict(told("IN-10", "/version"))
        for _ in range(TRIES):
            left, stays = self._side(merge.left), self._side(merge.stays)
            if into is MERGED and not left.held and not left.words:
                return Refused((NOTHING,))
            change = self._merged(merge, left, stays) if into is MERGED else self._parted(merge, left, stays)
            audit = Entry(caller.name, f"{KIND}.{into}", "accepted", stays.hash, trace_id)
            outcome = await self.intake.keep(self._accepted(change, audit))
            if isinstance(outcome, Overlap):
                return Refused((TWO_PHYSICIANS,))
            if not isinstance(outcome, Stale):
                return answered(outcome)
        return Busy()

    # -- what each identity has -----------------------------------------------------------------------------------

    def _side(self, identity: Identity) -> Side:
        own, ledger = self.intake.keys.patient(identity), self.intake.ledger
        held = tuple(one for kind in (*KINDS, KIND) for one in ledger.of_patient(own, kind))
        return Side(identity, own, ledger.previous("", "", "", own).seen.patient, held, ledger.words(own))

    def _merged(self, merge: Merge, left: Side, stays: Side) -> Change:
        moving = tuple(one for one in left.held if one.kind in KINDS)
        words = {one.source: one for one in (*left.words, *stays.words)}
        known = {one.source: one for one in left.words}
        said = tuple(_joined(word, known.get(source), merge) for source, word in words.items())
        return Change(merge, MERGED, left, stays, moving, (), said)

    def _parted(self, merge: Merge, left: Side, stays: Side) -> Change:
        """What was moved goes back; what one source had said of both stands with the one who stays, until it says
        something new."""
        held = self.intake.ledger.aggregate(KIND, merge.source, merge.id)
        then = {tuple(name) for name in held.state["moved"]} if held else set()
        alone = set(held.state["words"]) if held else set()
        moving = tuple(one for one in stays.held if (one.kind, one.source, one.number) in then)
        back = tuple(_of(word, merge.left, merge.stays) for word in stays.words if word.source in alone)
        said = tuple(_of(word, merge.stays, merge.left) for word in stays.words if word.source not in alone)
        return Change(merge, PARTED, left, stays, moving, back, said)

    # -- what becomes of it -----------------------------------------------------------------------------------------

    def _accepted(self, change: Change, audit: Entry) -> list[Accepted]:
        """The merge, and all that it moves."""
        intake, to = self.intake, change.to.hash
        moved = [own.Change(one, _message(one, change), to) for one in change.moving]
        return [self._itself(change, audit), *(own.accepted(one, intake.catalogue, intake.ids, audit) for one in moved)]

    def _itself(self, change: Change, audit: Entry) -> Accepted:
        merge, left, stays = change.merge, change.left, change.stays
        before = self.intake.ledger.aggregate(KIND, merge.source, merge.id)
        state = {
            "patient": {"identity": dumped(merge.left)},
            "from": dumped(merge.left),
            "to": dumped(merge.stays),
            "moved": [[one.kind, one.source, one.number] for one in change.moving],
            "words": sorted({one.source for one in left.words} - {one.source for one in stays.words}),
        }
        return Accepted(
            kind=KIND,
            source=merge.source,
            number=merge.id,
            version=merge.version,
            content_hash=_content(merge, change.into),
            state=state,
            parcels=tuple(self._parcels(change)),
            audit=audit,
            seen=Seen(before.revision if before else 0, left.revision),
            patient_hash=left.hash,
            columns=Columns(change.into),
            told=(self._told(change, left, change.of_left), self._told(change, stays, change.of_stays)),
            catalogue_version=self.intake.catalogue.version,
            trace_id=audit.trace_id,
        )

    def _told(self, change: Change, side: Side, words: tuple[Word, ...]) -> Told:
        strip = None
        if change.marks_anew:
            marked = updated(_whole(change.of_stays), identity=side.identity)
            strip = self.intake.keeping.strip_of(marked, change.merge.source)
        return Told(side.hash, side.revision, side.names, words, strip)

    def _parcels(self, change: Change) -> Iterator[Packed]:
        """The one that stays first: the other refers to her."""
        left, stays = change.left, change.stays
        key = patient_key(stays.identity)
        yield Packed((f"patient:{stays.hash}",), self._patient(change, stays, change.of_stays))
        gone = self._patient(change, left, change.of_left)
        if change.into is MERGED:
            gone = tuple(replaced(one, key) if one.key.kind == "Patient" else one for one in gone)
        yield Packed((f"patient:{left.hash}",), gone, (self.intake.ids.of(key),))

    def _patient(self, change: Change, side: Side, now: tuple[Word, ...]) -> tuple[Filled, ...]:
        merge, identity = change.merge, side.identity
        card = PatientCard(source=merge.source, id=merge.id, version=merge.version, patient=Patient(identity=identity))
        said = [updated(_patient_of(word), identity=identity) for word in side.words]
        whole = updated(_whole(now), identity=identity) if now else card.patient
        return of_patient(PATIENT_CARD, card, said, whole, self.intake.catalogue.sources[merge.source])


def _message(one: Aggregate, change: Change) -> Any:
    """A booking, event or contact as the other identity's; under what protects her."""
    message = KINDS[one.kind].model_validate(one.state)
    to, other = change.to.identity, change.away_from.identity
    linked = tuple(each for each in message.patient.identities if each not in (to, other))
    identities = (*linked, other) if change.into is MERGED else linked
    moved = updated(message, patient=updated(message.patient, identity=to, identities=identities))
    words = change.of_stays if change.into is MERGED else change.of_left
    marking = _whole(words).protection if words else None
    return under(moved, marking) if marking else moved


def _wrong(merge: Merge) -> Problem | None:
    if IdentityKind.RESERVNUMMER in (merge.left.kind, merge.stays.kind):
        return LOCAL
    if merge.left == merge.stays:
        return SAME
    if merge.left.kind is IdentityKind.PERSONNUMMER and merge.stays.kind is IdentityKind.RESERVIDENTITET:
        return BACKWARDS
    return None


def _patient_of(word: Word) -> Patient:
    return Patient.model_validate(word.body)


def _whole(words: Iterable[Word]) -> Patient:
    first, *others = map(_patient_of, words)
    return together(first, others)


def _joined(word: Word, other: Word | None, merge: Merge) -> Word:
    """What a source says of the one who stays, filled in with what it said of the other, whose identity is linked."""
    patient = _patient_of(word)
    if other is not None and other is not word:
        patient = together(patient, [_patient_of(other)])
    linked = tuple(one for one in patient.identities if one not in (merge.left, merge.stays))
    return _word(word.source, updated(patient, identity=merge.stays, identities=(*linked, merge.left)))


def _of(word: Word, identity: Identity, other: Identity) -> Word:
    patient = _patient_of(word)
    linked = tuple(one for one in patient.identities if one not in (identity, other))
    return _word(word.source, updated(patient, identity=identity, identities=linked))


def _word(source: str, patient: Patient) -> Word:
    patient = bare(patient) if patient.protection else patient
    return Word(source, dumped(patient), patient.protection is not None)


def _content(merge: Merge, into: str) -> str:
    said: Json = {"from": dumped(merge.left), "to": dumped(merge.stays), "into": into}
    return content_hash(said)
