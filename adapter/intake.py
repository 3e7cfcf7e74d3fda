"""A message's way in: read, derive, judge, map, validate, one commit. It comes back as one of a few answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar
from weakref import WeakValueDictionary

import orjson

from adapter import following, own
from adapter.beside import (
    among,
    beside,
    content_hash,
    filed,
    marking_of,
    ties_of,
    word_of,
)
from adapter.delivery.ledger import Ledger
from adapter.delivery.values import (
    Accepted,
    Aggregate,
    Outcome,
    Previous,
    Stale,
    Taken,
)
from adapter.keeping import Keeping
from adapter.keys import Keys
from adapter.outcomes import (
    Answer,
    Busy,
    Checked,
    Conflict,
    Kept,
    Looked,
    NotKept,
    NotTheirs,
    Refused,
    Whole,
    answered,
    why_not,
)
from adapter.security.caller import Caller
from adapter.server.ids import Ids
from adapter.server.references import literal, rendered
from adapter.validation import validate
from mappings.problem import Problem, below
from mappings.region.booking import Booking
from mappings.region.care_event import CareEvent
from mappings.region.catalogue import Catalogue
from mappings.region.named_contact import NamedContact
from mappings.region.patient_card import PatientCard
from mappings.region.people import Identity, Patient, Protection
from mappings.region.reading import KINDS, Message, read, told
from mappings.resources.outline import GRAPHS, Outline, outline
from mappings.rules.patients import (
    under,
    with_card,
)
from mappings.rules.rulebook import Facts, derive, judge
from mappings.rules.who import normal_identity
from mappings.shape.filled import Filled
from mappings.shape.graph import Unmappable, pointer_of

T = TypeVar("T")
R = TypeVar("R")

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
    keeping: Keeping = field(init=False, repr=False)
    _passed: set[bytes] = field(default_factory=set, repr=False)
    _turns: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "keeping", Keeping(self.catalogue, self.ledger, self.ids))

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

    @asynccontextmanager
    async def turns(self, patient_hashes: Iterable[str]) -> AsyncIterator[None]:
        """The turns of several patients, always in the same order."""
        async with AsyncExitStack() as turns:
            for one in sorted(set(patient_hashes)):
                await turns.enter_async_context(self.turn(one))
            yield

    async def _in_turn(self, message: Message, caller: Caller, trace_id: str) -> Answer:
        if earlier := self._earlier(message):
            return earlier
        for _ in range(TRIES):
            looked = self._looked(message)
            checked = self._check(looked)
            if isinstance(checked, Refused):
                return checked
            outcome = await self.keep(self._accepted(looked, checked, caller, trace_id))
            if not isinstance(outcome, Stale):
                return answered(outcome)
        return Busy()

    async def keep(self, every: Sequence[Accepted]) -> Outcome:
        """A message with what follows from it, in one commit; the message's outcome, or why none was taken."""
        if len(every) == 1:
            return await self.ledger.accept(every[0])
        outcomes = await self.ledger.accept_all(every)
        message = next((at for at, one in enumerate(every) if not one.own), 0)
        return outcomes[message] if isinstance(outcomes[-1], Taken) else outcomes[-1]

    async def take_all(
        self, messages: Sequence[Message], caller: Caller, whole: Whole, trace_id: str = ""
    ) -> tuple[Kept, ...] | NotKept:
        """Several bookings that go together: all are kept in one commit, or none is.

        Each is judged with the others beside it; `whole` says what is wrong with them together. A problem's path begins
        with the place of its message.
        """
        if not all(caller.may_write(message.source) for message in messages):
            return NotTheirs(told("IN-14", "/source"))
        async with self.turns(self.patient_hash(message.patient) for message in messages):
            for _ in range(TRIES):
                earlier = [self._earlier(message) for message in messages]
                if conflict := next((one for one in earlier if isinstance(one, Conflict)), None):
                    return conflict
                judged = await self._check_all(messages, whole)
                if isinstance(judged, Refused):
                    return judged
                new = (one for one, before in zip(judged, earlier, strict=True) if before is None)
                accepted = own.each_once(self._accepted(*one, caller, trace_id) for one in new)
                outcomes = await self.ledger.accept_all(accepted)
                if outcomes and not isinstance(last := outcomes[-1], Taken):
                    if isinstance(last, Stale):
                        continue
                    return why_not(last)
                taken = (one.receipt for one in outcomes if isinstance(one, Taken))
                return tuple(one if isinstance(one, Kept) else Kept(next(taken)) for one in earlier)
        return Busy()

    def own_step(self, message: Message, caller: Caller, trace_id: str = "") -> list[Accepted] | Refused:
        """A step that the gateway takes itself, judged like any message, with what follows from it; it keeps its
        source's version (Decided 6)."""
        looked = self._looked(message)
        checked = self._check(looked)
        if isinstance(checked, Refused):
            return checked
        taken, *rest = self._accepted(looked, checked, caller, trace_id)
        return [replace(taken, own=True), *rest]

    async def _check_all(self, messages: Sequence[Message], whole: Whole) -> list[tuple[Looked, Checked]] | Refused:
        """Each is judged beside the others, with what is derived of them; who sends else is let in between."""
        looked = [await _aside(self._looked, message) for message in messages]
        derived = [derive(one.facts)[0].message for one in looked]
        together = beside((one.patient_hash, message) for one, message in zip(looked, derived, strict=True))
        looked = [replace(one, facts=among(one.facts, together, one.patient_hash)) for one in looked]
        checked = [await _aside(self._check, one) for one in looked]
        problems = [
            below(problem, f"/bookings/{index}")
            for index, one in enumerate(checked)
            if isinstance(one, Refused)
            for problem in one.problems
        ]
        if not problems:
            problems = list(whole(derived))
        if problems:
            return Refused(tuple(problems))
        return [(at, one) for at, one in zip(looked, checked, strict=True) if isinstance(one, Checked)]

    def check(self, kind: str, body: bytes, caller: Caller) -> Checked | Refused | NotTheirs:
        """Judges and maps, keeps nothing."""
        got = read(kind, body, self.catalogue)
        if got.message is None:
            return Refused(got.problems)
        if not caller.may_write(got.message.source):
            return NotTheirs(told("IN-14", "/source"))
        return self._check(self._looked(got.message))

    # -- judging ------------------------------------------------------------------------------------------------------

    def _looked(self, message: Message) -> Looked:
        at, identity = outline(message), self.current(message.patient.identity)
        patient_hash = self.keys.patient(normal_identity(identity, self.clock()))
        previous = self.ledger.previous(at.kind, message.source, at.number, patient_hash)
        card = self._card(message, patient_hash)
        filled_in = with_card(filed(message, identity), card)
        return Looked(patient_hash, card, previous, self._facts(message, filled_in, previous, patient_hash))

    def lawful_today(self, held: Aggregate) -> Sequence[Problem]:
        """What today's catalogue and rules would refuse of what is held, were it sent once more as it stands."""
        message = KINDS[held.kind].model_validate(held.state)
        if message.source not in self.catalogue.sources:
            return (told("IN-14", "/source"),)
        found = self._check(self._looked(message))
        return [one for one in found.problems if one.refuses] if isinstance(found, Refused) else ()

    def _check(self, looked: Looked) -> Checked | Refused:
        facts = looked.facts
        graph = GRAPHS[outline(facts.sent).kind]
        judged = judge(facts, graph.fhirpath)
        if judged.refused:
            return Refused(judged.problems)
        try:
            filled = graph.fill(judged.message, facts.source, self.catalogue.units)
        except Unmappable as lost:
            return Refused(tuple(told("IN-16", pointer_of(field)) for field in lost.fields))
        invalid = tuple(self._invalid(filled))
        return Refused(invalid) if invalid else Checked(judged, filled)

    def _facts(self, message: Message, filled_in: Message, previous: Previous, patient_hash: str) -> Facts[Any]:
        at = outline(message)
        model = KINDS[at.kind]
        before = model.model_validate(previous.aggregate.state) if previous.aggregate else None
        word = word_of(previous.words, message.source)
        others = [one for one in previous.words if one.source != message.source]
        contacts = self.ledger.of_patient(patient_hash, "named-contact") if at.kind == "named-contact" else ()
        booking = getattr(message, "booking", None)
        visit = self.ledger.aggregate("booking", message.source, booking) if booking else None
        carried_out = Booking.model_validate(visit.state) if visit else None
        replaces = message.replaces if isinstance(message, Booking) else None
        replaced = self.ledger.aggregate("booking", message.source, replaces) if replaces else None
        return Facts(
            message=filled_in,
            sent=message,
            catalogue=self.catalogue,
            source=self.catalogue.sources[message.source],
            now=self.clock(),
            previous=before,
            known=Patient.model_validate(word.body) if word else None,
            deceased=any(one.body.get("deceased") is not None for one in others),
            contacts=tuple(NamedContact.model_validate(one.state) for one in contacts),
            protection=marking_of(others),
            booking_known=booking is None or visit is not None,
            booking=carried_out,
            others=self._tied(message, at, patient_hash),
            replaced=Booking.model_validate(replaced.state) if replaced else None,
        )

    def _tied(self, message: Message, at: Outline, patient_hash: str) -> tuple[Booking, ...]:
        """The bookings that share a series, a group, a chain, a basis or the patient's day."""
        if not at.ties or not isinstance(message, Booking):
            return ()
        found = self.ledger.tied(at.kind, message.source, at.number, ties_of(at, patient_hash), at.starts)
        return tuple(Booking.model_validate(one.state) for one in found)

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

    def _accepted(self, looked: Looked, checked: Checked, caller: Caller, trace_id: str) -> list[Accepted]:
        followed = list(self._followers(looked, checked.judged.message))
        return self.keeping.accepted(looked, checked, followed, caller.name, trace_id)

    def _followers(self, looked: Looked, booking: Message) -> Iterable[own.Change]:
        """The care events that move with their booking (EV-2, EV-3)."""
        if not isinstance(booking, Booking) or looked.facts.previous is None:
            return ()

        def judged(held: Aggregate, event: CareEvent) -> Message | None:
            previous = replace(looked.previous, aggregate=held)
            facts = self._facts(event, event, previous, looked.patient_hash)
            facts = replace(facts, booking=booking)
            checked = self._check(Looked(looked.patient_hash, None, previous, facts))
            return checked.judged.message if isinstance(checked, Checked) else None

        return following.followers(self.ledger, looked.facts.previous, booking, looked.patient_hash, judged)

    def _earlier(self, message: Message) -> Kept | Conflict | None:
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


async def _aside(job: Callable[[T], R], given: T) -> R:
    await asyncio.sleep(0)
    return job(given)
