"""What a patient asks for over an e-service: kept as a request until its source answers, or taken at once where the
region's catalogue says so (Decided 14)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias
from uuid import uuid4

from adapter.beside import word_of
from adapter.delivery.values import Accepted, Aggregate, Answering, Asking, Entry, Taken
from adapter.delivery.values import Request as Kept
from adapter.intake import TRIES, Intake
from adapter.outcomes import Busy, Refused
from adapter.security.caller import Caller
from mappings.problem import Problem
from mappings.region.booking import Booking
from mappings.region.people import Identity
from mappings.region.request import Request, RequestState
from mappings.rules.patients import dumped
from mappings.rules.requests import (
    Wished,
    answered,
    asked_before,
    may_be_taken_at_once,
    not_now,
    request_of,
    settled_by_a_wish,
    step_of,
    wrong_with,
)
from mappings.rules.stepping import DOORS
from mappings.rules.visibility import seen
from mappings.rules.who import normal_identity

KIND = "booking"


@dataclass(frozen=True, slots=True)
class NotThere:
    """There is no such booking, or the patient may not know of it."""


@dataclass(frozen=True, slots=True)
class NotNow:
    """The step is not one that the booking allows."""

    problem: Problem


Asked: TypeAlias = Request | NotThere | NotNow | Refused | Busy


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, for whom, with which booking."""

    caller: Caller
    patient: Identity
    source: str
    number: str
    trace_id: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A booking of the patient's own that she may see, and what was asked with it before."""

    held: Aggregate
    booking: Booking
    asked: tuple[Request, ...]
    may: tuple[str, ...]
    """Its `actions`."""


@dataclass(frozen=True, slots=True)
class Requesting:
    """Takes in what patients ask for, and what sources answer, in the patient's turn at the intake."""

    intake: Intake

    def find(self, asker: Asker) -> Found | None:
        """None where there is no such booking, it is another's, or the patient is not shown it."""
        intake, held = self.intake, self.intake.ledger.aggregate(KIND, asker.source, asker.number)
        if held is None or held.patient_hash != self.hash_of(asker):
            return None
        booking, asked = intake.held(held), self.of(KIND, held.source, held.number)
        shown = seen(booking, asker.caller.audience, intake.clock(), intake.catalogue, asked)
        if shown is None or not isinstance(booking, Booking):
            return None
        return Found(held, booking, asked, tuple(shown["actions"]))

    def of(self, kind: str, source: str, number: str) -> tuple[Request, ...]:
        """Those made with a booking, the oldest first; with nothing else."""
        return tuple(Request.model_validate(one.body) for one in self.intake.ledger.requests(kind, source, number))

    async def ask(self, wished: Wished, asker: Asker) -> Asked:
        """The request, new or as it stands since it was made. What comes back is on the disk."""
        async with self.intake.turn(self.hash_of(asker)):
            for _ in range(TRIES):
                found = self.find(asker)
                if found is None:
                    return NotThere()
                if before := asked_before(wished, found.asked):
                    return before
                if wished.step not in found.may:
                    return NotNow(not_now(wished.step, found.may, found.asked))
                if problem := wrong_with(wished, found.booking, self.intake.clock()):
                    return Refused((problem,))
                request = await self._kept(wished, asker, found)
                if request is not None:
                    return request
        return Busy()

    async def _kept(self, wished: Wished, asker: Asker, found: Found) -> Request | None:
        """None where something has moved meanwhile."""
        source = self.intake.catalogue.sources[asker.source]
        request = request_of(str(uuid4()), wished, found.booking, source)
        if may_be_taken_at_once(request, found.booking, source):
            granted = answered(request, RequestState.GRANTED, self.intake.clock())
            if every := self._at_once(granted, asker, found):
                return granted if isinstance(await self.intake.keep(every), Taken) else None
        asking = self._asking(request, asker, found)
        return None if await self.intake.ledger.ask(asking) else request

    def _asking(self, request: Request, asker: Asker, found: Found) -> Asking:
        held = found.held
        return Asking(
            Kept(KIND, held.source, held.number, dumped(request)),
            partial(settled_by_a_wish, step=request.step),
            Entry(
                asker.caller.name, f"booking.request.{request.step}", request.state, self.hash_of(asker), asker.trace_id
            ),
            held.revision,
            len(found.asked),
        )

    def _at_once(self, request: Request, asker: Asker, found: Found) -> list[Accepted] | None:
        """The step as an acceptance of the gateway's own; None where a rule does not allow it, which is for the source
        to judge."""
        held, ledger = found.held, self.intake.ledger
        word = word_of(ledger.words(held.patient_hash), held.source) if held.patient_hash else None
        state = held.state | ({"patient": word.body} if word else {})
        message = Booking.model_validate(DOORS[request.step].make(state, step_of(request)))
        every = self.intake.own_step(message, asker.caller, asker.trace_id)
        if isinstance(every, Refused):
            return None
        return [replace(every[0], asked=self._asking(request, asker, found)), *every[1:]]

    def hash_of(self, asker: Asker) -> str:
        """What the ledger knows the patient by."""
        now = self.intake.clock()
        return self.intake.keys.patient(normal_identity(self.intake.current(normal_identity(asker.patient, now)), now))

    # -- the source's no ------------------------------------------------------------------------------------------

    async def decline(self, kept: Kept, text: str | None, audit: Entry) -> Request | None:
        """The request, declined; None where it has been answered otherwise."""
        request = Request.model_validate(kept.body)
        declined = answered(request, RequestState.DECLINED, self.intake.clock(), text)
        if request.state is RequestState.DECLINED and request.text == text:
            return request
        if request.state is not RequestState.REQUESTED:
            return None
        return None if await self.intake.ledger.answer(Answering(kept, dumped(declined), audit)) else declined
