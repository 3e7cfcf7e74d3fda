"""The rules of the source documents, one function each: facts in, problems out.

A message is read, derived, judged (Decided 20): what can be filled in is filled in first, then every rule is asked, and
all problems are told at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any, Generic, TypeAlias, TypeVar

from mappings.problem import Problem, Severity
from mappings.region.booking import Booking
from mappings.region.catalogue import Catalogue, Source
from mappings.region.named_contact import NamedContact
from mappings.region.people import Patient, Protection
from mappings.region.reading import Message
from mappings.shape.codec import day_of

M = TypeVar("M")
F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Facts(Generic[M]):
    """Everything that a rule may look at."""

    message: M
    """As derived; while derivations run, as far as they have come."""
    sent: M
    """As the sender wrote it."""
    catalogue: Catalogue
    source: Source
    now: datetime
    previous: M | None = None
    """The last accepted version of the same booking, event or contact."""
    contacts: tuple[NamedContact, ...] = ()
    """The patient's other named contacts, from any source."""
    known: Patient | None = None
    """What this source last said of the patient."""
    deceased: bool = False
    """Whether another source holds her to be dead (DE-1)."""
    protection: Protection | None = None
    """A marking that another source holds on the patient (Decided 22)."""
    booking_known: bool = True
    """Whether the booking that a care event carries out has been taken in; True where nobody has looked."""
    booking: Booking | None = None
    """That booking as last accepted."""
    others: tuple[Booking, ...] = ()
    """Other bookings, as last accepted, that share a tie with this one (`ties` of its outline): the same series, group,
    chain or basis, or the same patient the same day. Of a large series or group only neighbours are given: the one
    before, the one after, any one."""
    replaced: Booking | None = None
    """The booking that this one says that it replaces (CA-3); None where it has not been taken in."""

    @property
    def today(self) -> date:
        """The date in Stockholm (Decided 15)."""
        return day_of(self.now)


@dataclass(frozen=True, slots=True)
class Fault:
    """What a rule has to say: where, and in both languages. It never holds a value."""

    path: str
    sv: str
    en: str
    warns: bool = False


def named(path: str) -> str:
    """The field that a pointer ends in, as a text names it."""
    return next(step for step in reversed(path.split("/")) if not step.isdigit())


Rule: TypeAlias = Callable[[Facts[Any]], Iterator[Fault]]
Derivation: TypeAlias = Callable[[Facts[Any]], tuple[Any, Iterable[str]]]


@dataclass(frozen=True, slots=True)
class Registered:
    """A function with the rule that it keeps."""

    ids: tuple[str, ...]
    on: tuple[type, ...]
    function: Any
    attested: bool = False


@dataclass(frozen=True, slots=True)
class Derived:
    """A field that was filled in or taken away, by which rule."""

    rule: str
    path: str


@dataclass(frozen=True, slots=True)
class Judged(Generic[M]):
    """A message after derivation, what was derived, and what is wrong with it."""

    message: M
    derived: tuple[Derived, ...]
    problems: tuple[Problem, ...]

    @property
    def refused(self) -> bool:
        return any(problem.refuses for problem in self.problems)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if not problem.refuses)


ORDER = (
    *("ID-2", "ID-7", "PI-1", "OR-3", "OR-2", "BO-29", "BO-4", "ID-6", "CA-1", "RB-3", "BO-33"),
    "RE-2",
    *("OC-1", "SU-1", "SU-6", "SU-8"),
    *("EV-10", "EV-9", "EV-12", "EV-3", "EV-13", "EV-2", "EV-7", "EV-6"),
    *("CO-1", "CO-2", "FK-10", "FK-8", "FK-11", "FK-18"),
    *("DK-6", "DK-9", "DK-2", "DK-2", "DK-10"),
    "DE-1",
)
"""Derivations, by the first rule that each keeps: a later one builds on what an earlier one filled in."""

RULES: list[Registered] = []
DERIVATIONS: list[Registered] = []
VIEWS: list[Registered] = []
TIMED: list[Registered] = []
COMPUTED: list[Registered] = []


def rule(*ids: str, on: tuple[type, ...], attested: bool = False) -> Callable[[Rule], Rule]:
    """Registers a rule for messages of some types; `attested` where it checks the sender's word."""

    def register(function: Rule) -> Rule:
        RULES.append(Registered(ids, on, function, attested))
        _asked_of.cache_clear()
        return function

    return register


def derives(*ids: str, on: tuple[type, ...]) -> Callable[[Derivation], Derivation]:
    """Registers a derivation: (facts) -> the message, and the pointers of what was filled in or taken away.

    Derivations run in `ORDER`; one that is not in it does not load: ValueError.
    """

    def register(function: Derivation) -> Derivation:
        DERIVATIONS.append(Registered(ids, on, function))
        DERIVATIONS.sort(key=lambda registered: ORDER.index(registered.ids[0]))
        _derived_of.cache_clear()
        return function

    return register


def shows(*ids: str) -> Callable[[F], F]:
    """Registers what keeps a rule of visibility."""

    def register(function: F) -> F:
        VIEWS.append(Registered(ids, (), function))
        return function

    return register


def timed(*ids: str) -> Callable[[F], F]:
    """Registers what keeps a rule by the clock: a message changes by itself when an instant has come."""

    def register(function: F) -> F:
        TIMED.append(Registered(ids, (), function))
        return function

    return register


def computes(*ids: str) -> Callable[[F], F]:
    """Registers what is worked out for each reader anew and never kept: a rule of kind D that fills in no field."""

    def register(function: F) -> F:
        COMPUTED.append(Registered(ids, (), function))
        return function

    return register


@cache
def _asked_of(kind: type) -> tuple[Registered, ...]:
    return tuple(registered for registered in RULES if issubclass(kind, registered.on))


@cache
def _derived_of(kind: type) -> tuple[Registered, ...]:
    return tuple(registered for registered in DERIVATIONS if issubclass(kind, registered.on))


def derive(facts: Facts[M]) -> tuple[Facts[M], tuple[Derived, ...]]:
    """The facts with the message filled in, and what was done, by rule."""
    done: list[Derived] = []
    kind: type = type(facts.message)
    for registered in _derived_of(kind):
        message, paths = registered.function(facts)
        done += [Derived(registered.ids[0], path) for path in paths]
        if message is not facts.message:
            facts = replace(facts, message=message)
    return facts, tuple(done)


def judge(facts: Facts[M], fhirpath: Callable[[str], str]) -> Judged[M]:
    """Derives, then asks every rule. `fhirpath` says where a pointer of the message stands in FHIR."""
    kind: type = type(facts.message)
    facts, derived = derive(facts)
    problems = [
        Problem(
            registered.ids[0],
            fault.path,
            fault.sv,
            fault.en,
            Severity.WARNING if fault.warns else Severity.ERROR,
            fhirpath(fault.path),
        )
        for registered in _asked_of(kind)
        for fault in registered.function(facts)
    ]
    return Judged(facts.message, derived, tuple(problems))


def updated(message: M, **fields: Any) -> M:
    """The message with some fields changed."""
    return message.model_copy(update=fields)  # type: ignore[attr-defined, no-any-return]  # M is one of the messages


__all__ = [
    "COMPUTED",
    "DERIVATIONS",
    "RULES",
    "TIMED",
    "VIEWS",
    "Derived",
    "Facts",
    "Fault",
    "Judged",
    "Message",
    "computes",
    "derives",
    "judge",
    "named",
    "rule",
    "shows",
    "timed",
    "updated",
]
