"""Every write there is, single or in a transaction: changes that are all made, or none of them.

The order is R4's (https://hl7.org/fhir/R4/http.html#trules): deletions, creations, updates; then references are
resolved among all of them and with what is there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from uuid import uuid4

from sqlalchemy import Connection

from adapter.sandbox.changes import Change, Done, Item
from adapter.sandbox.content import digest, with_labels_of
from adapter.sandbox.job import Job
from adapter.sandbox.linking import index_references, make_literal
from adapter.sandbox.outcome import Refusal, refusal
from adapter.sandbox.search_sql import referrers
from adapter.sandbox.space import Session, Space
from adapter.sandbox.stored import Stored, newest, with_pk
from adapter.sandbox.structure import findings
from mappings.problem import Json

_ORDER = ("DELETE", "POST", "PUT")


def make(session: Session, changes: Sequence[Change], *, transaction: bool = False) -> list[Done]:
    """Makes the changes, inside one `Space.writing()`, and says of each, in the order given, what became of it.

    Refuses the whole with the status that R4 gives to the first that cannot be made.
    """
    _check(session.space, changes)
    job = Job(session, transaction)
    done: dict[int, Done] = {}
    buried: list[Stored] = []
    for change in sorted(changes, key=lambda change: _ORDER.index(change.method)):
        if change.method == "DELETE":
            done[id(change)] = _delete(job, change, buried)
        else:
            job.items.append(_identified(job, change))
    writing = [item for item in job.items if item.writes]
    _refuse_twice(writing, {(stored.type, stored.id) for stored in buried})
    make_literal(job, writing)
    changed = [item for item in writing if item.creates or _differs(item)]
    job.index(changed)
    _refuse_unmet_conditions(job)
    index_references(job, [item for item in writing if item.indexed])
    made = {stored.pk: stored for stored in job.write(changed)}
    for item in job.items:
        stored = made.get(item.pk) or item.there or with_pk(session.connection, item.pk)
        done[id(item.change)] = Done(201 if item.writes and item.creates else 200, stored)
    _refuse_orphans(session.connection, buried)
    return [done[id(change)] for change in changes]


def _check(space: Space, changes: Sequence[Change]) -> None:
    """Refuses with 422 (or what the dialect says) resources that are not built as R4 says, naming all that is wrong."""
    names = {change.full_url: change.type for change in changes if change.full_url}
    sent = [change for change in changes if change.method != "DELETE"]
    found = [findings(_looked_at(space, change.content), change.place or change.type, names) for change in sent]
    if space.dialect.lenient_structure or space.settings.validate == "off":
        for one in found:
            one.missing.clear()
            for _, holder, name in one.unknown:
                del holder[name]
            one.unknown.clear()
    issues = [issue for one in found for issue in one.all()]
    if issues:
        misdirected = all(issue in one.misdirected for one in found for issue in one.all())
        raise Refusal(422 if misdirected else space.dialect.malformed, tuple(issues))


def _looked_at(space: Space, content: Json) -> Json:
    """Without validation, only the part that the server itself reads and writes."""
    if space.settings.validate == "structure":
        return content
    return {name: value for name, value in content.items() if name in ("resourceType", "meta")}


def _refuse_unmet_conditions(job: Job) -> None:
    for item in job.items:
        criteria = item.change.criteria
        asked_of = criteria and item.writes and item.creates and job.session.dialect.condition_must_hold
        if asked_of and item.pk not in job.matching(item.change.type, criteria or []):
            raise item.change.refused(400, "invalid", "The resource does not meet the condition that it is created on")


def _delete(job: Job, change: Change, buried: list[Stored]) -> Done:
    """204 also where there is nothing to delete: https://hl7.org/fhir/R4/http.html#delete."""
    there, status = newest(job.session.connection, change.type, change.id), job.session.dialect.delete_status
    if job.session.dialect.delete_heeds_if_match and change.if_match and not _is_current(there, change.if_match):
        raise change.refused(412, "conflict", "If-Match does not name the current version")
    if there is None or there.deleted:
        return Done(status, there)
    buried.append(there)
    return Done(status, job.bury(there))


def _identified(job: Job, change: Change) -> Item:
    if change.criteria is None:
        return _update(job, change) if change.method == "PUT" else _create(job, change, str(uuid4()))
    match job.matching(change.type, change.criteria):
        case []:
            if change.method == "PUT" and (id_ := change.content.get("id")):
                return _conditional_on(job, change, str(id_))
            _heed_if_match(job, change, None)
            return _create(job, change, str(uuid4()))
        case [pk]:
            return _matched(job, change, pk)
        case _:
            raise change.refused(412, "multiple-matches", "The condition finds more than one")


def _conditional_on(job: Job, change: Change, id_: str) -> Item:
    """No match, but an id: an update of that id, unless it is another's already."""
    _check_id(job, change, id_)
    there = newest(job.session.connection, change.type, id_)
    if there and not there.deleted:
        raise change.refused(409, "conflict", "The id belongs to a resource that the condition does not find")
    _heed_if_match(job, change, there)
    return Item(change, there.pk if there else job.new_pk(), id_, there, change.content)


def _matched(job: Job, change: Change, pk: int) -> Item:
    for item in job.items:
        if item.pk == pk:  # made by an earlier entry of this transaction
            return Item(change, pk, item.id, item.there, item.content, writes=change.method == "PUT", indexed=True)
    there = with_pk(job.session.connection, pk)
    if change.method == "POST":
        return Item(change, pk, there.id, there, change.content, writes=False)
    if change.content.get("id", there.id) != there.id:
        raise change.refused(400, "value", "The resource has another id than the one that the condition finds")
    return _onto(job, change, there)


def _create(job: Job, change: Change, id_: str) -> Item:
    return Item(change, job.new_pk(), id_, None, change.content)


def _update(job: Job, change: Change) -> Item:
    _check_id(job, change, change.id)
    there = newest(job.session.connection, change.type, change.id)
    if there is None or there.deleted:
        _heed_if_match(job, change, None)
        return Item(change, there.pk if there else job.new_pk(), change.id, there, change.content)
    return _onto(job, change, there)


def _onto(job: Job, change: Change, there: Stored) -> Item:
    dialect = job.session.dialect
    _heed_if_match(job, change, there)
    if change.if_none_match and dialect.put_heeds_if_none_match and _is_current(there, change.if_none_match):
        raise change.refused(412, "conflict", "If-None-Match names the version that is here")
    content = with_labels_of(there.content, change.content) if dialect.labels_stay else change.content
    return Item(change, there.pk, there.id, there, content)


def _heed_if_match(job: Job, change: Change, there: Stored | None) -> None:
    dialect = job.session.dialect
    if not change.if_match or _is_current(there, change.if_match) or (there is None and dialect.if_match_may_create):
        return
    status = dialect.stale_version if there else 412
    raise change.refused(status, "conflict", "If-Match does not name the current version")


def _is_current(there: Stored | None, tags: str) -> bool:
    """Whether one of these entity tags (https://hl7.org/fhir/R4/http.html#concurrency) is that of the version there."""
    if there is None or there.deleted:
        return False
    named = re.findall(r'(?:W/)?"?([^",\s]+)"?', tags)
    return str(there.number) in named or "*" in named


def _check_id(job: Job, change: Change, id_: str) -> None:
    if id_.isdigit() and not job.session.dialect.numeric_ids:
        raise change.refused(400, "value", "A client may not choose an id of digits only")


def _differs(item: Item) -> bool:
    return item.there is None or item.there.digest != digest(item.content)


def _refuse_twice(writing: Sequence[Item], seen: set[tuple[str, str]]) -> None:
    for item in writing:
        if (item.change.type, item.id) in seen:
            raise item.change.refused(400, "invalid", "Two entries write the same resource")
        seen.add((item.change.type, item.id))


def _refuse_orphans(connection: Connection, buried: Sequence[Stored]) -> None:
    for stored in buried:
        types = set(connection.execute(referrers(stored.pk)).scalars())
        if types:
            raise refusal(409, "conflict", f"It is referred to by {', '.join(sorted(types))}", stored.type)
