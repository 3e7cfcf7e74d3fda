"""A patient's request over an e-service: what may be asked for, and when the booking's state has answered it.

The source is the master of its bookings (Decided 14): what a patient does on 1177 is asked for, and stands as asked
for until a new state of the booking grants or overtakes it, or the source declines.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from mappings.problem import Json, Problem
from mappings.region.booking import CALLED_OFF, UNTIMED, Booking, BookingStatus
from mappings.region.catalogue import Source
from mappings.region.request import Request, RequestState, Wish
from mappings.region.steps import By
from mappings.rules.cancelling import service_puts_back
from mappings.rules.portal import BARS, PERMITS
from mappings.rules.rulebook import updated
from mappings.shape.codec import in_stockholm

MEMBERS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {Wish.CANCEL: frozenset(), Wish.REBOOK: frozenset({"start"}), Wish.BOOK: frozenset({"start"})}
)
"""What each wish says beside who asks and when."""

TABLES: Final[Mapping[str, str]] = MappingProxyType({Wish.CANCEL: "cancel-reasons", Wish.REBOOK: "rebook-reasons"})
"""Where the e-service's own reason stands."""

AHEAD: Final = timedelta(minutes=5)
"""How far the clock of an e-service may be ahead of ours."""

_WORDS: Final = MappingProxyType(
    {
        "see": ("se bokningen", "see the booking"),
        "cancel": ("avboka (cancel)", "cancel"),
        "rebook": ("omboka (rebook)", "rebook"),
        "book": ("boka tid (book)", "book a time (book)"),
    }
)


@dataclass(frozen=True, slots=True)
class Wished:
    """What a patient asks for, read."""

    step: Wish
    at: datetime
    start: datetime | None = None


def asked_before(wished: Wished, asked: Iterable[Request]) -> Request | None:
    """The same, told once more: of the same moment, whatever has become of it, or still unanswered."""
    for one in asked:
        same = (one.step, one.start) == (wished.step, wished.start)
        if same and (one.at == wished.at or one.state is RequestState.REQUESTED):
            return one
    return None


def not_now(step: str, may: Iterable[str], asked: Iterable[Request]) -> Problem:
    """Why a step that the booking's `actions` do not show is not asked for, and what may be done instead (PO-1)."""
    sv, en = (", ".join(words) for words in zip(*(_WORDS[one] for one in may), strict=True))
    if any(one.state is RequestState.REQUESTED and step in BARS[one.step] for one in asked):
        return Problem(
            "PO-1",
            "",
            f"Patienten har redan bett om något med bokningen som vården inte har svarat på: vänta på svaret, eller ta "
            f"ett steg som går att ta nu ({sv}).",
            f"The patient has already asked for something with the booking that care has not answered: let care answer "
            f"first, or take a step that can be taken now ({en}).",
        )
    return Problem(
        "PO-1",
        "",
        f"Det steget kan patienten inte ta med den här bokningen i e-tjänsten: ta ett som går att ta ({sv}), eller be "
        f"mottagningen om hjälp.",
        f"That is no step that the patient can take with this booking over the e-service: take one that can be taken "
        f"({en}), or ask the unit for help.",
    )


def wrong_with(wished: Wished, booking: Booking, now: datetime) -> Problem | None:
    """What is wrong with the times of a wish; whether the time is free the source knows."""
    if wished.at > now + AHEAD:
        return Problem(
            "IN-9",
            "/at",
            "Tidpunkten har inte varit än: sänd när patienten bad om det.",
            "The moment has not been yet: send when the patient asked for it.",
        )
    if wished.start is not None and wished.start <= now:
        return Problem(
            "IN-9",
            "/start",
            "Tiden har redan varit: sänd en kommande tid i start.",
            "The time has already been: send a coming time in start.",
        )
    if wished.start is not None and wished.start == booking.owner.start:
        return Problem(
            "IN-9",
            "/start",
            "Bokningen har redan den tiden: sänd en annan tid i start.",
            "The booking already has that time: send another time in start.",
        )
    return None


def request_of(id_: str, wished: Wished, booking: Booking, source: Source) -> Request:
    """The request as the source reads it: with the e-service's own reason, and the care service's own rule for the
    waiting list (CA-1, RB-1)."""
    cancels = wished.step is Wish.CANCEL
    return Request(
        id=id_,
        step=wished.step,
        state=RequestState.REQUESTED,
        at=wished.at,
        start=wished.start,
        was=booking.owner.start,
        reason=_own_reason(wished.step, source),
        back_to_waiting_list=service_puts_back(booking, source) if cancels else None,
    )


def _own_reason(step: Wish, source: Source) -> str | None:
    rows = source.table(TABLES[step]).values() if step in TABLES else ()
    return next((row.code for row in rows if row["by"] == By.PATIENT), None)


def may_be_taken_at_once(request: Request, booking: Booking, source: Source) -> bool:
    """Whether the source lets the gateway take the step without being asked first. Not in a chain, whose other contacts
    it may break (PS-6), and not where the source has no reason of the e-service's own."""
    known = request.reason is not None or request.step not in TABLES
    return request.step in source.accepts_at_once and known and booking.chain is None


def answered(request: Request, state: RequestState, now: datetime, text: str | None = None) -> Request:
    return updated(request, state=state, answered_at=in_stockholm(now), text=text)


def step_of(request: Request) -> Json:
    """What the step's own door would be told, where it is taken at once (`rules.stepping`)."""
    said: Json = {"at": request.at.isoformat(), "by": By.PATIENT.value}
    if request.reason is not None:
        said["reason"] = request.reason
    if request.start is not None:
        said["start"] = request.start.isoformat()
    return said


# -- how a state answers ---------------------------------------------------------------------------------------------


def settled(request: Json, after: Booking) -> str | None:
    """What a request comes to by a new state of its booking; None where it still stands."""
    asked = Request.model_validate(request)
    if asked.state is not RequestState.REQUESTED:
        return None
    if _is_granted(asked, after):
        return RequestState.GRANTED
    return None if _is_open(asked, after) else RequestState.OVERTAKEN


def _is_granted(asked: Request, after: Booking) -> bool:
    if asked.step is Wish.CANCEL:
        return after.status is BookingStatus.CANCELLED
    return after.status not in CALLED_OFF | UNTIMED and after.owner.start == asked.start


def _is_open(asked: Request, after: Booking) -> bool:
    """Whether it may still be asked for; a booking that was moved has been given another time than the wished one."""
    there = any(permit.action == asked.step and after.status in permit.states for permit in PERMITS)
    return there and (asked.step is Wish.CANCEL or after.owner.start == asked.was)


def settled_by_another(request: Json, after: Booking) -> str | None:
    """What a request comes to by a booking that replaces its own: another care service at the wished time (BO-9)."""
    asked = Request.model_validate(request)
    if asked.step is Wish.CANCEL or asked.state not in (RequestState.REQUESTED, RequestState.OVERTAKEN):
        return None
    return RequestState.GRANTED if _is_granted(asked, after) else None


def settled_by_a_wish(request: Json, step: Wish) -> str | None:
    """What a request comes to by another of the same patient: who cancels wishes no other time."""
    open_ = Request.model_validate(request).state is RequestState.REQUESTED
    return RequestState.OVERTAKEN if open_ and step is Wish.CANCEL else None


def goes_further(last: Booking, value: Booking) -> bool:
    """Whether the last accepted state holds a step that one of the same version lacks: one that the gateway took itself
    and the FHIR server does not yet hold (Decided 10)."""
    ended = last.cancellation is not None and last.cancellation.by is not By.CARE and value.cancellation is None
    booked = value.status in UNTIMED and last.status not in UNTIMED
    return ended or booked or len(last.rebookings) > len(value.rebookings)
