"""A message's way in: read, derive, judge, map, validate, one commit. It comes back as one of a few answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any
from weakref import WeakValueDictionary

import orjson

from adapter import death, own
from adapter.beside import content_hash, joined, marking_of, own_word, steps_of, ties_of
from adapter.delivery.ledger import Ledger
from adapter.delivery.values import (
    Accepted,
    Aggregate,
    Entry,
    Outcome,
    Overlap,
    Own,
    Packed,
    Previous,
    Receipt,
    Stale,
    Strip,
    Taken,
    VersionOld,
    VersionReused,
    Word,
)
from adapter.keys import Keys
from adapter.outcomes import (
    SECOND_PHYSICIAN,
    Answer,
    Busy,
    Checked,
    Conflict,
    Kept,
    NotKept,
    NotTheirs,
    Refused,
    Whole,
    problem_json,
)
from adapter.security.caller import Caller
from adapter.server.ids import Ids
from adapter.server.references import literal, rendered
from adapter.validation import validate
from mappings.problem import Json, Problem
from mappings.region.booking import Booking
from mappings.region.catalogue import Catalogue, Source
from mappings.region.named_contact import NamedContact
from mappings.region.patient_card import PatientCard
from mappings.region.people import Identity, Patient, Protection
from mappings.region.reading import KINDS, Message, read, told
from mappings.resources.outline import GRAPHS, Outline, outline
from mappings.rules.patients import (
    bare,
    bare_resources,
    bare_state,
    bare_word,
    dumped,
    of_patient,
    own_resources,
    together,
    under,
    with_card,
    word_of,
)
from mappings.rules.rulebook import Facts, derive, judge, updated
from mappings.rules.who import normal_identity
from mappings.shape.filled import Filled
from mappings.shape.graph import Unmappable, pointer_of

PASSED = 10_000
"""How many shared resources are remembered as valid."""

TRIES = 5
"""How often a message is judged again because something it was judged on has moved."""


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
            outcome = await self.keep(self._accepted(message, checked, previous, caller, trace_id))
            if not isinstance(outcome, Stale):
                return self.answered(outcome)
        return Busy()

    async def keep(self, every: Sequence[Accepted]) -> Outcome:
        """A message with what follows from it, in one commit; the message's outcome, or why none was taken."""
        if len(every) == 1:
            return await self.ledger.accept(every[0])
        outcomes = await self.ledger.accept_all(every)
        return outcomes[0] if isinstance(outcomes[-1], Taken) else outcomes[-1]

    async def take_all(
        self, messages: Sequence[Message], caller: Caller, whole: Whole, trace_id: str = ""
    ) -> tuple[Kept, ...] | NotKept:
        """Several bookings of one patient that go together: all are kept in one commit, or none is.

        Each is judged with the others beside it; `whole` says what is wrong with them together. A problem's path begins
        with the place of its message.
        """
        if not all(caller.may_write(message.source) for message in messages):
            return NotTheirs(told("IN-14", "/source"))
        async with self.turn(self.patient_hash(messages[0].patient)):
            for _ in range(TRIES):
                new = [message for message in messages if not isinstance(self._earlier(message), Kept)]
                if conflict := next((one for one in map(self._earlier, new) if one), None):
                    return conflict if not isinstance(conflict, Kept) else Busy()
                judged = self._check_all(messages, whole)
                if isinstance(judged, Refused):
                    return judged
                accepted = own.each_once(
                    self._accepted(message, *judged[index], caller, trace_id)
                    for index, message in enumerate(messages)
                    if message in new
                )
                outcomes = await self.ledger.accept_all(accepted)
                if not outcomes or isinstance(outcomes[-1], Taken):
                    return tuple(Kept(self._receipt_of(message), message not in new) for message in messages)
                if not isinstance(outcomes[-1], Stale):
                    return self._not_taken(outcomes[-1])
        return Busy()

    def _check_all(self, messages: Sequence[Message], whole: Whole) -> list[tuple[Checked, Previous]] | Refused:
        """Each is judged beside the others, with what is derived of them."""
        beside = [self._derived(message) for message in messages]
        checked = [self._check(message, beside) for message in messages]
        problems = [
            replace(problem, path=f"/bookings/{index}{problem.path}")
            for index, (one, _) in enumerate(checked)
            if isinstance(one, Refused)
            for problem in one.problems
        ]
        if not problems:
            problems = list(whole(beside))
        return Refused(tuple(problems)) if problems else [(one, at) for one, at in checked if isinstance(one, Checked)]

    def _derived(self, message: Message) -> Message:
        at, patient_hash = outline(message), self.patient_hash(message.patient)
        previous = self.ledger.previous(at.kind, message.source, at.number, patient_hash)
        facts = self._facts(message, at, self.catalogue.sources[message.source], previous, patient_hash)
        derived: Message = derive(facts)[0].message
        return derived

    def _receipt_of(self, message: Message) -> Receipt:
        at = outline(message)
        found = self.ledger.sent_as(at.kind, message.source, at.number, message.version)
        if found is None:
            raise LookupError("a message that was kept has no receipt")
        return found[0]

    def _not_taken(self, outcome: Outcome) -> NotKept:
        answer = self.answered(outcome)
        return answer if not isinstance(answer, Kept) else Busy()

    def check(self, kind: str, body: bytes, caller: Caller) -> Checked | Refused | NotTheirs:
        """Judges and maps, keeps nothing."""
        got = read(kind, body, self.catalogue)
        if got.message is None:
            return Refused(got.problems)
        if not caller.may_write(got.message.source):
            return NotTheirs(told("IN-14", "/source"))
        return self._check(got.message)[0]

    # -- judging ------------------------------------------------------------------------------------------------------

    def _check(self, message: Message, beside: Sequence[Message] = ()) -> tuple[Checked | Refused, Previous]:
        at = outline(message)
        patient_hash = self.patient_hash(message.patient)
        previous = self.ledger.previous(at.kind, message.source, at.number, patient_hash)
        source = self.catalogue.sources[message.source]
        graph = GRAPHS[at.kind]
        facts = self._facts(message, at, source, previous, patient_hash)
        if beside:
            facts = replace(facts, others=joined(facts.others, beside))
        judged = judge(facts, graph.fhirpath)
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
        carried_out = Booking.model_validate(visit.state) if visit else None
        replaces = getattr(message, "replaces", None)
        replaced = self.ledger.aggregate("booking", message.source, replaces) if replaces else None
        return Facts(
            message=self._filled_in(message, patient_hash),
            sent=message,
            catalogue=self.catalogue,
            source=source,
            now=self.clock(),
            previous=before,
            known=own_word(previous.words, message.source),
            deceased=any(word.body.get("deceased") is not None for word in others),
            contacts=tuple(NamedContact.model_validate(one.state) for one in contacts),
            protection=marking_of(others),
            booking_known=booking is None or visit is not None,
            booking_status=carried_out.status if carried_out else None,
            booking=carried_out,
            others=self._tied(message, at, patient_hash),
            replaced=Booking.model_validate(replaced.state) if replaced else None,
        )

    def _tied(self, message: Message, at: Outline, patient_hash: str) -> tuple[Booking, ...]:
        """The bookings that share a series, a group, a chain, a basis or the patient's day."""
        if not at.ties:
            return ()
        found = self.ledger.tied(at.kind, message.source, at.number, ties_of(at, patient_hash), at.starts)
        return tuple(Booking.model_validate(one.state) for one in found)

    def _filled_in(self, message: Message, patient_hash: str) -> Message:
        """As judged: filed under the identity that its patient's has been merged into, and as her card has her."""
        sent, now = message.patient.identity, self.current(message.patient.identity)
        if now != sent:
            linked = (*(one for one in message.patient.identities if one != now), sent)
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
        return marking_of(self.ledger.words(patient_hash))

    def held(self, aggregate: Aggregate) -> Message:
        """A last accepted state, under what protects its patient now."""
        message = KINDS[aggregate.kind].model_validate(aggregate.state)
        shown: Message = under(message, self.marking(aggregate.patient_hash))
        return shown

    # -- keeping ------------------------------------------------------------------------------------------------------

    def _accepted(
        self, sent: Message, checked: Checked, previous: Previous, caller: Caller, trace_id: str
    ) -> list[Accepted]:
        """The message, and the bookings that it cancels since the patient is dead (DE-1)."""
        judged, at = checked.judged, outline(checked.judged.message)
        patient: Patient = judged.message.patient
        patient_hash = self.patient_hash(patient)
        said = word_of(patient, sent.patient, self._card(sent, patient_hash))
        if said.protection:
            said = bare(said)
        word = Word(sent.source, dumped(said), said.protection is not None)
        died, told_of = self._died(previous, word, patient_hash, judged.message)
        audit = Entry(caller.name, f"{at.kind}.write", "accepted", patient_hash, trace_id)
        message = Accepted(
            kind=at.kind,
            source=sent.source,
            number=at.number,
            version=sent.version,
            content_hash=content_hash(sent),
            state=dumped(judged.message),
            parcels=tuple(self._parcels(checked, at, previous, word, patient_hash)),
            audit=audit,
            seen=previous.seen,
            patient_hash=patient_hash,
            word=word,
            strip=self.strip_of(patient, sent.source) if word.marked and not previous.marked else None,
            columns=own.columns_of(at),
            claims=own.claims_of(at, patient_hash),
            ties=ties_of(at, patient_hash),
            steps=tuple(steps_of(judged.message, previous.aggregate)),
            warnings=tuple(problem_json(problem) for problem in judged.warnings),
            derived=(*(asdict(derived) for derived in judged.derived), *told_of),
            catalogue_version=self.catalogue.version,
            trace_id=trace_id,
        )
        along = replace(audit, action="booking.cancel")
        changes = [own.Change(one, booking, patient_hash) for one, booking in died]
        return [message, *(own.accepted(one, self.catalogue, self.ids, along) for one in changes)]

    def _died(
        self, previous: Previous, word: Word, patient_hash: str, message: Message
    ) -> tuple[list[tuple[Aggregate, Booking]], tuple[Json, ...]]:
        """The bookings that a new word cancels since the patient is dead, and what the receipt tells of; where it says
        that she is not dead after all, what that had cancelled (DE-1)."""
        before, now = death.moves(previous, word)
        if before == now:
            return [], ()
        held = [one for one in self.ledger.of_patient(patient_hash, "booking") if not _is(one, message)]
        if not now:
            return [], death.told(death.undone(held))
        died = list(death.cancelled(held, self.clock(), message.patient.protection))
        return died, death.told(one for one, _ in died)

    def _parcels(
        self, checked: Checked, at: Outline, previous: Previous, word: Word, patient_hash: str
    ) -> Iterable[Packed]:
        """The patient goes in a parcel of her own, when this source says something new of her (Decided 22)."""
        before = next((one for one in previous.words if one.source == word.source), None)
        if before is None or (before.body, before.marked) != (word.body, word.marked):
            message, source = checked.judged.message, self.catalogue.sources[word.source]
            said = {one.source: Patient.model_validate(one.body) for one in previous.words}
            others = [one for name, one in said.items() if name != word.source]
            whole = together(Patient.model_validate(word.body), others)
            yield Packed(
                (f"patient:{patient_hash}",), of_patient(GRAPHS[at.kind], message, said.values(), whole, source)
            )
        yield from own.behind_patient(checked.judged.message, at, checked.filled, self.ids)

    def strip_of(self, patient: Patient, source: str) -> Strip:
        marking = patient.protection
        if marking is None:
            raise ValueError("nothing marks the patient")
        vocabulary = self.catalogue.sources[source]
        return Strip(
            state=lambda _, state: bare_state(state, marking),
            word=bare_word,
            resources=lambda resources: bare_resources(resources, patient, vocabulary),
            own=self._own,
        )

    def _own(self, kind: str, state: Json) -> Own:
        if kind not in KINDS:
            return Own((), ())
        message = KINDS[kind].model_validate(state)
        return Own(outline(message).lanes, tuple(self.ids.of(key) for key in own_resources(message)))

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

    def answered(self, outcome: Outcome) -> Answer:
        match outcome:
            case Stale():
                return Busy()
            case Taken(receipt=receipt, repeated=repeated):
                return Kept(receipt, repeated)
            case VersionReused():
                return Conflict(told("IN-10", "/version"))
            case VersionOld(known=known):
                return Conflict(told("IN-11", "/version"), known)
            case Overlap():
                return Refused((SECOND_PHYSICIAN,))


def _is(held: Aggregate, message: Message) -> bool:
    at = outline(message)
    return (held.kind, held.source, held.number) == (at.kind, message.source, at.number)
