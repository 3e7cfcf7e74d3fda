"""One attempt at one parcel: what is there is looked up, merged with what is wanted, and sent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, replace
from typing import Final, TypeAlias

from adapter.delivery import plan as plans
from adapter.delivery.alone import Alone
from adapter.delivery.ledger import Known, Ledger
from adapter.delivery.plan import Base, IdentityOf, Keep, Plan, There, Wanted, Write
from adapter.delivery.retry import Chance, Decision, Done, Park, Reread, Tried, Waits, decide, may_be_kept
from adapter.delivery.turns import Again, Delivered, Leased, Result, Sent, Stopped
from adapter.server.answer import Answer, Trouble
from adapter.server.client import FhirClient
from adapter.server.outcome import NOT_UNDERSTOOD, Verdict, verdict
from adapter.server.references import rendered, with_keys
from adapter.server.wire import written
from mappings.problem import Json, Problem
from mappings.shape.filled import Filled
from mappings.shape.key import Key
from mappings.shape.merge import overlay

INVALID_MERGE: Final = "invalid-after-merge"
"""Why a parcel is parked whose resources others had changed so that, merged, they are no longer valid."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What `before_send` is asked about."""

    message_id: str
    patient_hash: str | None
    resources: tuple[Filled, ...] = field(repr=False)


BeforeSend: TypeAlias = Callable[[Parcel], tuple[Filled, ...]]


def as_it_is(parcel: Parcel) -> tuple[Filled, ...]:
    return parcel.resources


OursOf: TypeAlias = Callable[[Filled, Json], Json | None]
"""(what is wanted, what is there) -> what of it our shapes speak of."""


@dataclass(frozen=True, slots=True)
class Content:
    """What delivery asks about content that it does not understand itself."""

    identity_of: IdentityOf
    validate: Callable[[Json], list[Problem]]
    """Asked about resources with references rendered, and only where others' content went in."""
    kinds: tuple[str, ...] = ()
    """The resource types that are delivered: which of them the server holds none of is asked once, when a ledger is
    begun."""
    before_send: BeforeSend = as_it_is
    """Asked right before an attempt. It reads the patient's marking again (Decided 22) and answers with what may
    still be said."""
    ours_of: OursOf = lambda filled, there: None
    """Asked of what is ours alone, stands on the server and is not known to the ledger."""


@dataclass(frozen=True, slots=True)
class Way:
    """From which ledger to which server."""

    ledger: Ledger
    client: FhirClient
    id_of: Callable[[Key], str]
    to: Callable[[Key], Json]
    """What a reference becomes on this server."""
    content: Content
    waits: Waits
    chance: Chance
    alone: Alone
    empty: frozenset[str] = frozenset()
    """Types that the server held none of when the ledger was begun."""

    def render(self, resource: Json) -> Json:
        return rendered(resource, self.to)


@dataclass(frozen=True, slots=True)
class Ended:
    """How an attempt ended, with the answer that decided it, if it got that far."""

    result: Result
    answer: Answer | None = None
    verdict: Verdict | None = None
    writes: int = 0


def wanted_of(way: Way, resources: Iterable[Filled]) -> dict[str, Wanted]:
    """By id. What is said twice of one resource is said once: the second put over the first."""
    found: dict[str, Wanted] = {}
    for filled in resources:
        one = plans.wanted_of(filled, way.id_of(filled.key))
        before = found.get(one.id)
        if before is not None and before.said_hash != one.said_hash:
            both = overlay(before.filled.resource, filled.resource, way.content.identity_of(filled.node))
            one = plans.wanted_of(replace(filled, resource=both), one.id)
        found[one.id] = one
    return found


async def attempt(way: Way, leased: Leased) -> Ended:
    """Never raises for what a server does. What the ledger knows as delivered in exactly these words is not sent again;
    what other parcels say too (a unit, a person) is sent by one at a time, and the next finds it delivered."""
    while True:
        try_ = _looked_up(way, leased)
        if way.alone.take(leased.parcel, {one.id for one in try_.rest if not one.filled.owned}):
            return await _tried(try_)
        await way.alone.freed()


def _looked_up(way: Way, leased: Leased) -> _Try:
    parcel = Parcel(leased.message_id, leased.patient_hash, way.ledger.bodies.resources(*leased.body))
    wanted = wanted_of(way, way.content.before_send(parcel))
    known = way.ledger.known(wanted) | way.alone.fresh(wanted)
    rest = [one for one in wanted.values() if not _held(known.get(one.id), one, leased.bare)]
    bases = {one.id: _base(way.ledger, known[one.id]) for one in rest if one.id in known}
    return _Try(way, leased, rest, bases, {(one.kind, one.id): one.filled.key for one in wanted.values()})


def _held(known: Known | None, wanted: Wanted, bare: bool) -> bool:
    """Whether the server holds it in these words; bare, in these words alone."""
    return known is not None and known.said_hash == wanted.said_hash and not (bare and known.held)


def _base(ledger: Ledger, known: Known) -> Base:
    said = ledger.bodies.opened(*known.said)
    return Base(said, ledger.bodies.opened(*known.held) if known.held else said, known.etag)


def fresh(way: Way, ended: Ended) -> dict[str, Known]:
    """What the attempt delivered, as the ledger will know it."""
    close = way.ledger.bodies.seal.close
    sent = ended.result.sent if isinstance(ended.result, Delivered) else ()
    return {
        one.id: Known(
            id=one.id,
            kind=one.kind,
            server_id=one.server_id,
            etag=one.etag,
            said_hash=one.said_hash,
            said=close(one.said),
            held=close(one.held) if one.held is not None else None,
        )
        for one in sent
        if not one.owned
    }


async def _tried(try_: _Try) -> Ended:
    way, rest = try_.way, try_.rest
    reading = plans.to_read(rest, try_.bases, way.empty, try_.leased.unsure)
    while True:
        failed = await _read(try_, reading) if reading else None
        if failed is not None:
            return _decided(try_, failed, verdict(failed))
        plan = plans.plan(rest, try_.bases, try_.there, way.content.identity_of, bare=try_.leased.bare)
        ended = await _carried_out(try_, plan)
        if ended is not None:
            return ended
        reading = rest
        try_.rereads += 1


@dataclass(slots=True)
class _Try:
    """What one attempt knows so far."""

    way: Way
    leased: Leased
    rest: list[Wanted]
    bases: dict[str, Base]
    keys: dict[tuple[str, str], Key]
    """(type, id) -> key, of all that the parcel speaks of: what another has just delivered the ledger may not know
    yet."""
    there: dict[str, There] = field(default_factory=dict)
    rereads: int = 0
    unsure: bool = False


async def _carried_out(try_: _Try, plan: Plan) -> Ended | None:
    """None where it must be read and planned again."""
    problems = [one for write in plan.writes if write.merged for one in _invalid(try_.way, write)]
    if problems:
        said: Json = {"problems": [_told(one) for one in problems]}
        return Ended(Stopped(try_.leased, INVALID_MERGE, try_.leased.unsure, said))
    if not plan.writes:
        return Ended(_delivered(try_, plan, []))
    answer, etags = await _send(try_.way, plan.writes)
    try_.unsure = try_.unsure or may_be_kept(answer)
    return await _judged(try_, plan, answer, etags)


async def _judged(try_: _Try, plan: Plan, answer: Answer, etags: list[str | None] | None) -> Ended | None:
    found = verdict(answer, guarded=any(one.if_match for one in plan.writes))
    decision = _decision(try_, found)
    if isinstance(decision, Reread):
        return None
    if isinstance(decision, Done) and etags is not None:
        kept = await _labels_kept(try_.way, plan.writes)
        return Ended(_delivered(try_, plan, etags, kept), answer, found, len(plan.writes))
    try_.unsure = try_.unsure or isinstance(decision, Done)
    return _decided(try_, answer, found)


def broken_off(way: Way, leased: Leased) -> Ended:
    """An attempt that took too long as a whole: as if no answer had come."""
    answer = Answer(trouble=Trouble.TIMED_OUT)
    return _decided(_Try(way, leased, [], {}, {}, unsure=True), answer, verdict(answer))


def _decision(try_: _Try, found: Verdict) -> Decision:
    way, leased = try_.way, try_.leased
    tried = Tried(leased.attempts, leased.failures, leased.conflicts, try_.rereads)
    return decide(found, tried, way.ledger.clock(), way.chance, way.waits)


def _decided(try_: _Try, answer: Answer, found: Verdict) -> Ended:
    """Put off or parked. An answer that says that all is well, where it cannot be, is one that is not understood."""
    decision = _decision(try_, found)
    if isinstance(decision, Done | Reread):
        row = NOT_UNDERSTOOD
        found = replace(found, outcome=row.outcome, row=row.name, sv=row.sv, en=row.en)
        return _decided(try_, answer, found)
    unsure, said = try_.leased.unsure or try_.unsure, _said(answer, found)
    if isinstance(decision, Park):
        return Ended(Stopped(try_.leased, decision.reason, unsure, said), answer, found)
    return Ended(Again(try_.leased, decision.at, found.row, unsure, said, counted=decision.counted), answer, found)


async def _send(way: Way, writes: tuple[Write, ...]) -> tuple[Answer, list[str | None] | None]:
    """The answer, and the versions that it tells; None where it tells none that can be understood."""
    if len(writes) == 1:
        (write,) = writes
        body = plans.at_id(write, way.render)
        answer = await way.client.put(write.wanted.kind, write.wanted.id, body, write.if_match, returning="minimal")
        return answer, [answer.etag]
    answer = await way.client.post_transaction(plans.bundle(writes, way.client.settings.base, way.render))
    return answer, plans.etags_of(answer.body, writes)


async def _read(try_: _Try, wanted: list[Wanted]) -> Answer | None:
    """Puts what is there into `try_.there`; hands back the first answer that says neither what is there nor that
    nothing is."""
    client = try_.way.client
    answers = await asyncio.gather(*(client.read(one.kind, one.id) for one in wanted))
    for one, answer in zip(wanted, answers, strict=True):
        if answer.trouble is None and answer.status in (404, 410):
            try_.there[one.id] = There(None)
        elif answer.ok and answer.body is not None:
            found = _with_keys(try_, plans.their_own(answer.body))
            unknown = one.filled.owned and one.id not in try_.bases
            ours = try_.way.content.ours_of(one.filled, found) if unknown else None
            try_.there[one.id] = There(found, answer.etag, ours)
        else:
            return answer
    return None


def _with_keys(try_: _Try, resource: Json) -> Json:
    """Literal references turned back into keys, where the ledger or this parcel knows the id."""
    ledger, bases = try_.way.ledger, try_.way.client.server.bases
    return with_keys(resource, lambda ids: {**try_.keys, **ledger.keys(ids)}, bases)


def _invalid(way: Way, write: Write) -> list[Problem]:
    return [one for one in way.content.validate(plans.at_id(write, way.render)) if one.refuses]


async def _labels_kept(way: Way, writes: tuple[Write, ...]) -> tuple[str, ...]:
    """Labels that the server kept though they were left out (`fhir.md` 5). Asked only where one was."""
    kept = []
    for write in writes:
        if write.dropped:
            answer = await way.client.read(write.wanted.kind, write.wanted.id)
            left = plans.labels(answer.body or {}) & set(write.dropped) if answer.ok else set()
            kept += [f"{write.wanted.kind}.{label}" for label in sorted(left)]
    return tuple(kept)


def _delivered(try_: _Try, plan: Plan, etags: list[str | None], kept: tuple[str, ...] = ()) -> Delivered:
    sent = [_sent(one, etag, try_.bases) for one, etag in zip(plan.writes, etags, strict=True)]
    sent += [_sent(one, one.etag, try_.bases) for one in plan.keeps]
    steps: list[Write | Keep] = [*plan.writes, *plan.keeps]
    conflicts = [path for one in steps for path in one.conflicts]
    return Delivered(try_.leased, tuple(sent), tuple(conflicts), kept)


def _sent(one: Write | Keep, etag: str | None, bases: dict[str, Base]) -> Sent:
    wanted = one.wanted
    return Sent(
        id=wanted.id,
        kind=wanted.kind,
        node=wanted.filled.node,
        name=wanted.filled.key.text,
        server_id=wanted.id,
        etag=etag,
        said_hash=wanted.said_hash,
        said=wanted.said,
        held=None if one.resource == wanted.filled.resource else written(one.resource),
        new=wanted.id not in bases,
        owned=wanted.filled.owned,
    )


def _said(answer: Answer, found: Verdict) -> Json:
    """What the receipt tells of an answer: status, our own words for it, and issue codes; never a text of the
    server."""
    told = [asdict(one) for one in found.issues]
    return {"status": answer.status, "row": found.row, "sv": found.sv, "en": found.en, "issues": told}


def _told(problem: Problem) -> Json:
    return {"rule": problem.rule, "fhirpath": problem.fhirpath, "sv": problem.sv, "en": problem.en}
