"""A Bundle of type transaction: https://hl7.org/fhir/R4/http.html#transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from adapter.sandbox.answer import Answer, answer_with
from adapter.sandbox.bundles import transaction_response
from adapter.sandbox.changes import Change, Done, Method, asked
from adapter.sandbox.outcome import Refusal, refusal
from adapter.sandbox.reading import get
from adapter.sandbox.resource_types import SEARCH_PARAMS
from adapter.sandbox.search import pairs
from adapter.sandbox.space import Space
from adapter.sandbox.writes import make
from mappings.problem import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """A read or search among the entries; it sees what the transaction wrote."""

    path: str
    query: str
    if_none_match: str
    if_modified_since: str
    place: str


def entries(bundle: Json, base: str) -> list[Change | Fetch]:
    """What the entries ask for, in their order.

    Refuses with 400 a Bundle of another type, and entries that are none.
    """
    if bundle.get("resourceType") != "Bundle":
        raise refusal(400, "invalid", "What is posted to the base is a Bundle")
    if bundle.get("type") != "transaction":
        raise refusal(400, "not-supported", "Only Bundles of type transaction are processed", "Bundle.type")
    listed = bundle.get("entry", [])
    if not isinstance(listed, list):
        raise refusal(400, "structure", "This is a list", "Bundle.entry")
    asked = [_entry(entry, base, f"Bundle.entry[{n}]") for n, entry in enumerate(listed)]
    urls = [one.full_url for one in asked if isinstance(one, Change) and one.full_url]
    if len(set(urls)) < len(urls):
        raise refusal(400, "invalid", "Two entries have the same fullUrl", "Bundle.entry.fullUrl")
    return asked


def _entry(entry: Any, base: str, place: str) -> Change | Fetch:
    if not isinstance(entry, dict) or not isinstance(request := entry.get("request"), dict):
        raise refusal(400, "required", "Each entry of a transaction has a request", f"{place}.request")
    wanted = {name: value for name, value in request.items() if isinstance(value, str)}
    path, _, query = wanted.get("url", "").removeprefix(base).removeprefix("/").partition("?")
    match wanted.get("method"):
        case "GET" | "HEAD":
            return Fetch(
                path=path,
                query=query,
                if_none_match=wanted.get("ifNoneMatch", ""),
                if_modified_since=wanted.get("ifModifiedSince", ""),
                place=place,
            )
        case "POST" | "PUT" | "DELETE" as method:
            return _change(method, path, query, entry, wanted, place)
        case "PATCH":
            raise refusal(400, "not-supported", "PATCH is not supported", f"{place}.request.method")
    raise refusal(400, "value", "The method is GET, HEAD, POST, PUT or DELETE", f"{place}.request.method")


def _change(method: Method, path: str, query: str, entry: Json, wanted: dict[str, str], place: str) -> Change:
    type_, _, id_ = path.partition("/")
    if type_ not in SEARCH_PARAMS:
        raise refusal(400, "not-supported", "The type is not hosted", f"{place}.request.url")
    resource = entry.get("resource")
    exists = wanted.get("ifNoneExist")
    return asked(
        Change(
            method=method,
            type=type_,
            id=id_,
            content=resource if isinstance(resource, dict) else {},
            criteria=pairs(exists) if method == "POST" and exists is not None else pairs(query) if query else None,
            if_match=wanted.get("ifMatch", ""),
            if_none_match=wanted.get("ifNoneMatch", ""),
            full_url=str(entry.get("fullUrl", "")),
            place=f"{place}.resource",
        )
    )


def process(space: Space, bundle: Json, base: str, *, shows: bool) -> bytes:
    """Does all that the Bundle asks for, or nothing, and gives the transaction-response.

    `shows` puts what was written into it, as what was read always is.
    """
    listed = entries(bundle, base)
    with space.writing() as connection:
        done = iter(make(space, connection, base, [one for one in listed if isinstance(one, Change)], transaction=True))
        answers = [
            (_fetched(space, connection, base, one), True) if isinstance(one, Fetch) else (_written(next(done)), shows)
            for one in listed
        ]
    return transaction_response(base, answers)


def _fetched(space: Space, connection: Connection, base: str, fetch: Fetch) -> Answer:
    conditions = {"if_none_match": fetch.if_none_match, "if_modified_since": fetch.if_modified_since}
    try:
        return get(space, connection, base, fetch.path.split("/"), pairs(fetch.query), **conditions)
    except Refusal as refused:
        raise refused.at(fetch.place) from None


def _written(done: Done) -> Answer:
    if done.stored is None:
        return Answer(status=done.status)
    location = f"{done.stored.type}/{done.stored.id}/_history/{done.stored.number}"
    return answer_with(done.stored, done.status, **({} if done.stored.deleted else {"Location": location}))
