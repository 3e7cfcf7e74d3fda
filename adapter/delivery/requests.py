"""What patients ask for: kept beside the aggregate that it is asked of, settled by its new states, told in the feed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from adapter.delivery import audit, life, statements
from adapter.delivery.bodies import Bodies
from adapter.delivery.claims import Holder
from adapter.delivery.session import Session
from adapter.delivery.values import Answering, Asking, Request, Settle, Stale, instant
from adapter.server.wire import written
from mappings.problem import Json
from mappings.shape.codec import in_stockholm


def of(session: Session, bodies: Bodies, holder: Holder) -> list[Request]:
    """Those of an aggregate, the oldest first."""
    return [_request(row, bodies) for row in session.rows(statements.REQUESTS, holder._asdict())]


def of_patient(session: Session, bodies: Bodies, patient_hash: str, kind: str) -> list[Request]:
    """Those of all that a patient has of a kind, the oldest of each first."""
    at = {"patient_hash": patient_hash, "kind": kind}
    return [_request(row, bodies) for row in session.rows(statements.REQUESTS_OF_PATIENT, at)]


def _request(row: Any, bodies: Bodies) -> Request:
    return Request(row.kind, row.source, row.number, bodies.opened(row.body_key, row.body_body))


def ask(session: Session, bodies: Bodies, writer: str, asking: Asking, at: int) -> Stale | None:
    """`Stale` where the aggregate has moved, or another has asked, since the caller looked."""
    holder = _holder(asking.request)
    held = session.row(statements.AGGREGATE_HELD, holder._asdict())
    if held is None or held.revision != asking.revision or moved(session, bodies, asking):
        return Stale()
    put(session, bodies, writer, asking, at)
    return None


def moved(session: Session, bodies: Bodies, asking: Asking) -> bool:
    """Whether another has asked since the caller looked."""
    return len(of(session, bodies, _holder(asking.request))) != asking.seen


def put(session: Session, bodies: Bodies, writer: str, asking: Asking, at: int) -> None:
    """The request with its lines in feed and audit, after what it makes of those before it."""
    request, holder = asking.request, _holder(asking.request)
    settle(session, bodies, holder, asking.settle, at)
    row = {
        **holder._asdict(),
        "place": asking.seen + 1,
        "id": request.body["id"],
        **bodies.columns("body", written(request.body)),
        "asked_at": at,
        "changed_at": at,
    }
    session.run(statements.INSERT_REQUEST, row)
    _tell(session, bodies, request, at)
    audit.write(session, writer, asking.audit, at)


def settle_all(session: Session, bodies: Bodies, holder: Holder, settles: Iterable[tuple[str, Settle]], at: int) -> int:
    """As an acceptance has it; how many were settled."""
    return sum(settle(session, bodies, holder._replace(number=number), one, at) for number, one in settles)


def settle(session: Session, bodies: Bodies, holder: Holder, settle: Settle, at: int) -> int:
    """Those of an aggregate that come to another state by what happens now."""
    settled = 0
    for request in of(session, bodies, holder):
        state = settle(request.body)
        if state is not None:
            body = request.body | {"state": state, "answeredAt": in_stockholm(instant(at)).isoformat()}
            _move(session, bodies, request, body, at)
            settled += 1
    return settled


def answer(session: Session, bodies: Bodies, writer: str, answering: Answering, at: int) -> Stale | None:
    """`Stale` where the request is no longer as the caller saw it."""
    request = answering.request
    if request not in of(session, bodies, _holder(request)):
        return Stale()
    _move(session, bodies, request, answering.body, at)
    audit.write(session, writer, answering.audit, at)
    return None


def _move(session: Session, bodies: Bodies, request: Request, body: Json, at: int) -> None:
    row = {"of": body["id"], **bodies.columns("body", written(body)), "now": at}
    session.run(statements.UPDATE_REQUEST, row)
    _tell(session, bodies, Request(request.kind, request.source, request.number, body), at)


def _tell(session: Session, bodies: Bodies, request: Request, at: int) -> None:
    life.tell(session, bodies, life.Line("request", _holder(request), {"request": request.body}), at)


def _holder(request: Request) -> Holder:
    return Holder(request.kind, request.source, request.number)
