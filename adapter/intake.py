"""A message's way in: read, derive, judge, map, validate, one commit. It comes back as one of a few answers."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, TypeAlias
from weakref import WeakValueDictionary

import orjson

from adapter import death
from adapter.delivery.ledger import Ledger
from adapter.delivery.values import (
    Accepted,
    Aggregate,
    Claim,
    Columns,
    Entry,
    Overlap,
    Packed,
    Previous,
    Priority,
    Receipt,
    Stale,
    Strip,
    Taken,
    VersionOld,
    VersionReused,
    Word,
)
from adapter.keys import Keys
from adapter.security.caller import Caller
from adapter.server.ids import Ids
from adapter.server.references import literal, rendered
from adapter.validation import validate
from mappings.problem import Json, Problem
from mappings.region.booking import Booking
from mappings.region.catalogue import Catalogue, Source
from mappings.region.field import Audience
from mappings.region.named_contact import NamedContact
from mappings.region.patient_card import PatientCard
from mappings.region.people import Identity, Patient, Protection
from mappings.region.reading import KINDS, Message, read, told
from mappings.resources.outline import GRAPHS, Outline, outline
from mappings.resources.patient import OF_PATIENT
from mappings.rules.patients import (
    bare,
    bare_resources,
    bare_state,
    bare_word,
    dumped,
    of_patient,
    together,
    under,
    with_card,
    word_of,
)
from mappings.rules.rulebook import Derived, Facts, Judged, judge, updated
from mappings.rules.who import normal_identity
from mappings.shape.filled import Filled
from mappings.shape.graph import Unmappable, pointer_of

PASSED = 10_000
"""How many shared resources are remembered as valid."""

TRIES = 5
"""How often a message is judged again because something it was judged on has moved."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing was kept; why."""

    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class NotTheirs:
    """The caller may not write for this source."""

    problem: Problem


@dataclass(frozen=True, slots=True)
class Conflict:
    """The version was used for something else, or is older than what is known."""

    problem: Problem
    known: int | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """Committed, now or before."""

    receipt: Receipt
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Checked:
    """What would be accepted, and the resources that it would become."""

    judged: Judged[Any]
    filled: tuple[Filled, ...]


@dataclass(frozen=True, slots=True)
class Busy:
    """Others kept moving what it was judged on; nothing was kept, and the same may be sent again."""


NotKept: TypeAlias = Refused | NotTheirs | Conflict | Busy
Answer: TypeAlias = Kept | NotKept


@dataclass(frozen=True, slots=True)
class Intake:
    """All that accepting a message needs."""

    catalogue: Catalogue
    ledger: Ledger
    ids: Ids
    keys: Keys
    clock: Callable[[], datetime]
    _passed: set[bytes] = field(default_factory=set, repr=False)
    _turns: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary, repr=False)

    async def take(self, kind: str, body: bytes, caller: Caller, trace_id: str = "") -> Answer:
        """Judges a message and keeps it, or says why not. What comes back as `Kept` is on the disk."""
        got = read(kind, body, self.catalogue)
        if got.message is None:
            return Refused(got.problems)
        return await self.take_message(got.message, caller, trace_id)

    async def take_message(self, message: Message, caller: Caller, trace_id: str = "") -> Answer:
        """As `take`, for a message that has been read."""
        if not caller.may_write(message.source):
            return NotTheirs(told("IN-14", "/source"))
        async with self.turn(self.patient_hash(message.patient)):
            return await self._in_turn(message, caller, trace_id)

    def current(self, identity: Identity) -> Identity:
        """What an identity has been merged into, else itself."""
        normal = normal_identity(identity, self.clock())
        for one in self.ledger.of_patient(self.keys.patient(normal), "patient-merge"):
            if one.columns.status == "merged":
                return Identity.model_validate(one.state["to"])
        return identity

    def turn(self, patient_hash: str) -> asyncio.Lock:
        """One message of a patient at a time: what one is judged on, another would move meanwhile."""
        return self._turns.setdefault(patient_hash, asyncio.Lock())

    async def _in_turn(self, message: Message, caller: Caller, trace_id: str) -> Answer:
        """One message of a patient at a time: what one is judged on, another would move meanwhile."""
        if earlier := self._earlier(message):
            return earlier
        for _ in range(TRIES):
            checked, previous = self._check(message)
            if isinstance(checked, Refused):
                return checked
            outcome = await self.ledger.accept(self._accepted(message, checked, previous, caller, trace_id))
            if not isinstance(outcome, Stale):
                return self.answered(outcome)
        return Busy()

    def check(self, kind: str, body: bytes, caller: Caller) -> Checked | Refused | NotTheirs:
        """Judges and maps, keeps nothing."""
        got = read(kind, body, self.catalogue)
        if got.message is None:
            return Refused(got.problems)
        if not caller.may_write(got.message.source):
            return NotTheirs(told("IN-14", "/source"))
        return self._check(got.message)[0]

    # -- judging ------------------------------------------------------------------------------------------------------

    def _check(self, message: Message) -> tuple[Checked | Refused, Previous]:
        at = outline(message)
        patient_hash = self.patient_hash(message.patient)
        previous = self.ledger.previous(at.kind, message.source, at.number, patient_hash)
        source = self.catalogue.sources[message.source]
        graph = GRAPHS[at.kind]
        facts = self._facts(message, at, source, previous, patient_hash)
        judged = judge(replace(facts, message=self._filled_in(message, patient_hash)), graph.fhirpath)
        if judged.refused:
            return Refused(judged.problems), previous
        try:
            filled = graph.fill(judged.message, source, self.catalogue.units)
        except Unmappable as lost:
            return Refused(tuple(told("IN-16", pointer_of(field)) for field in lost.fields)), previous
        invalid = tuple(self._invalid(filled))
        return (Refused(invalid) if invalid else Checked(judged, filled)), previous

    def _facts(
        self, message: Message, at: Outline, source: Source, previous: Previous, patient_hash: str
    ) -> Facts[Any]:
        model = KINDS[at.kind]
        before = model.model_validate(previous.aggregate.state) if previous.aggregate else None
        others = [word for word in previous.words if word.source != message.source]
        contacts = self.ledger.of_patient(patient_hash, "named-contact") if at.kind == "named-contact" else ()
        booking = getattr(message, "booking", None)
        visit = self.ledger.aggregate("booking", message.source, booking) if booking else None
        return Facts(
            message=message,
            sent=message,
            catalogue=self.catalogue,
            source=source,
            now=self.clock(),
            previous=before,
            known=_own_word(previous, message.source),
            deceased=any(word.body.get("deceased") is not None for word in others),
            contacts=tuple(NamedContact.model_validate(one.state) for one in contacts),
            protection=_marking(others),
            booking_known=booking is None or visit is not None,
            booking_status=Booking.model_validate(visit.state).status if visit else None,
        )

    def _filled_in(self, message: Message, patient_hash: str) -> Message:
        """As judged: filed under the identity that its patient's has been merged into, and as her card has her."""
        own, now = message.patient.identity, self.current(message.patient.identity)
        if now != own:
            linked = (*(one for one in message.patient.identities if one != now), own)
            message = updated(message, patient=updated(message.patient, identity=now, identities=linked))
        filled: Message = with_card(message, self._card(message, patient_hash))
        return filled

    def _card(self, message: Message, patient_hash: str) -> Patient | None:
        """The patient as this source's own card has her; what a card itself says is whole."""
        if isinstance(message, PatientCard):
            return None
        cards = [one for one in self.ledger.of_patient(patient_hash, "patient") if one.source == message.source]
        last = max(cards, key=lambda one: one.accepted_at, default=None)
        return Patient.model_validate(last.state["patient"]) if last else None

    def _invalid(self, filled: Iterable[Filled]) -> Iterable[Problem]:
        to = literal(self.ids)
        for one in filled:
            content = b"" if one.owned else orjson.dumps(one.resource)
            if content in self._passed:
                continue
            problems = [problem for problem in validate(rendered(one.resource, to)) if problem.refuses]
            yield from problems
            if content and not problems:
                self._pass(content)

    def _pass(self, content: bytes) -> None:
        """Units and staff go along with every message: what was found valid once is not asked again."""
        if len(self._passed) >= PASSED:
            self._passed.clear()
        self._passed.add(content)

    def patient_hash(self, patient: Patient) -> str:
        """What the ledger knows a patient by; one identity of two that were merged is filed under the other."""
        return self.keys.patient(normal_identity(self.current(patient.identity), self.clock()))

    def marking(self, patient_hash: str | None) -> Protection | None:
        """What protects the patient now: any source's last word (Decided 22)."""
        if patient_hash is None or not self.ledger.marked(patient_hash):
            return None
        return _marking(self.ledger.words(patient_hash))

    def held(self, aggregate: Aggregate) -> Message:
        """A last accepted state, under what protects its patient now."""
        message = KINDS[aggregate.kind].model_validate(aggregate.state)
        shown: Message = under(message, self.marking(aggregate.patient_hash))
        return shown

    # -- keeping ------------------------------------------------------------------------------------------------------

    def _accepted(self, sent: Message, checked: Checked, previous: Previous, caller: Caller, trace_id: str) -> Accepted:
        judged, at = checked.judged, outline(checked.judged.message)
        patient: Patient = judged.message.patient
        patient_hash = self.patient_hash(patient)
        said = word_of(patient, sent.patient, self._card(sent, patient_hash))
        if said.protection:
            said = bare(said)
        word = Word(sent.source, dumped(said), said.protection is not None)
        died, told_of = self._died(previous, word, patient_hash, judged.message)
        return Accepted(
            kind=at.kind,
            source=sent.source,
            number=at.number,
            version=sent.version,
            content_hash=content_hash(sent),
            state=dumped(judged.message),
            parcels=(
                *self._parcels(checked, at, previous, word, patient_hash),
                *(death.parcel(booking, self.catalogue, self.ids) for _, booking in died),
            ),
            audit=Entry(caller.name, f"{at.kind}.write", "accepted", patient_hash, trace_id),
            seen=previous.seen,
            patient_hash=patient_hash,
            word=word,
            strip=self.strip_of(patient, sent.source) if word.marked and not previous.marked else None,
            columns=Columns(at.status, at.unit, at.service, at.starts, at.ends),
            claims=claims_of(at, patient_hash),
            warnings=tuple(problem_json(problem) for problem in judged.warnings),
            derived=(*(asdict(derived) for derived in judged.derived), *told_of),
            follows=tuple(death.follow(one, booking) for one, booking in died),
            catalogue_version=self.catalogue.version,
            trace_id=trace_id,
        )

    def _died(
        self, previous: Previous, word: Word, patient_hash: str, message: Message
    ) -> tuple[list[tuple[Aggregate, Booking]], tuple[Json, ...]]:
        """The bookings that a new word cancels since the patient is dead, and what the receipt tells of; where it says
        that she is not dead after all, what that had cancelled (DE-1)."""
        before = any(one.body.get("deceased") is not None for one in previous.words)
        now = word.body.get("deceased") is not None or any(
            one.body.get("deceased") is not None for one in previous.words if one.source != word.source
        )
        if before == now:
            return [], ()
        held = [one for one in self.ledger.of_patient(patient_hash, "booking") if not _is(one, message)]
        if not now:
            return [], death.told(held)
        died = list(death.cancelled(held, self.clock(), message.patient.protection))
        return died, tuple(death.derived(one.source, one.number) for one, _ in died)

    def _parcels(
        self, checked: Checked, at: Outline, previous: Previous, word: Word, patient_hash: str
    ) -> Iterable[Packed]:
        """The patient goes in a parcel of her own, when this source says something new of her (Decided 22)."""
        patient = next(one for one in checked.filled if one.key.kind == "Patient")
        own = next((one for one in previous.words if one.source == word.source), None)
        if own is None or (own.body, own.marked) != (word.body, word.marked):
            message, source = checked.judged.message, self.catalogue.sources[word.source]
            said = {one.source: Patient.model_validate(one.body) for one in previous.words}
            others = [one for name, one in said.items() if name != word.source]
            whole = together(Patient.model_validate(word.body), others)
            yield Packed(
                (f"patient:{patient_hash}",), of_patient(GRAPHS[at.kind], message, said.values(), whole, source)
            )
        rest = tuple(one for one in checked.filled if one.key.kind not in OF_PATIENT)
        needs = (self.ids.of(patient.key), *(self.ids.of(key) for key in at.refers))
        if rest:
            yield Packed(at.lanes, rest, needs, Priority.LIVE)

    def strip_of(self, patient: Patient, source: str) -> Strip:
        marking = patient.protection
        if marking is None:
            raise ValueError("nothing marks the patient")
        vocabulary = self.catalogue.sources[source]
        return Strip(
            state=lambda _, state: bare_state(state, marking),
            word=bare_word,
            resources=lambda resources: bare_resources(resources, patient, vocabulary),
        )

    def _earlier(self, message: Message) -> Answer | None:
        """What a version that was taken in before is answered, whatever today's facts would make of it (Decided 6)."""
        at = outline(message)
        if found := self.ledger.sent_as(at.kind, message.source, at.number, message.version):
            receipt, said = found
            same = said == content_hash(message)
            return Kept(receipt, repeated=True) if same else Conflict(told("IN-10", "/version"), message.version)
        held = self.ledger.aggregate(at.kind, message.source, at.number)
        if held and held.version > message.version:
            return Conflict(told("IN-11", "/version"), held.version)
        return None

    def answered(self, outcome: Taken | VersionReused | VersionOld | Overlap) -> Answer:
        match outcome:
            case Taken(receipt=receipt, repeated=repeated):
                return Kept(receipt, repeated)
            case VersionReused():
                return Conflict(told("IN-10", "/version"))
            case VersionOld(known=known):
                return Conflict(told("IN-11", "/version"), known)
            case Overlap():
                return Refused((SECOND_PHYSICIAN,))


def claims_of(at: Outline, patient_hash: str) -> tuple[Claim, ...]:
    """What a message's patient can have only one of at a time."""
    return (Claim(f"{at.alone[0]}:{patient_hash}", at.alone[1], at.alone[2]),) if at.alone else ()


def _is(held: Aggregate, message: Message) -> bool:
    at = outline(message)
    return (held.kind, held.source, held.number) == (at.kind, message.source, at.number)


def _own_word(previous: Previous, source: str) -> Patient | None:
    return next((Patient.model_validate(one.body) for one in previous.words if one.source == source), None)


def _marking(words: Iterable[Word]) -> Protection | None:
    return next((Protection.model_validate(word.body["protection"]) for word in words if word.marked), None)


SECOND_PHYSICIAN = Problem(
    "FK-2",
    "/kind",
    "Patienten har redan en fast läkarkontakt under perioden: avsluta den först, med en ny version.",
    "The patient has a fixed physician already in the period: end that one first, by a new version.",
)


def content_hash(message: Message) -> str:
    """Equal for the same message as sent, however it was written (Decided 21)."""
    return hashlib.sha256(orjson.dumps(dumped(message), option=orjson.OPT_SORT_KEYS)).hexdigest()


def problem_json(problem: Problem) -> Json:
    """A problem as receipts and refusals tell it."""
    return {
        "rule": problem.rule,
        "severity": problem.severity.value,
        "path": problem.path,
        "fhirpath": problem.fhirpath,
        "sv": problem.sv,
        "en": problem.en,
    }


__all__ = [
    "Answer",
    "Audience",
    "Busy",
    "Checked",
    "Conflict",
    "Derived",
    "Intake",
    "Kept",
    "NotKept",
    "NotTheirs",
    "Refused",
    "content_hash",
    "problem_json",
]
