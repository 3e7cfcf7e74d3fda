"""One request to a space, and its answer: the table of what there is. https://hl7.org/fhir/R4/http.html"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from adapter.sandbox.answer import Answer, answer_with
from adapter.sandbox.capability import capability_statement
from adapter.sandbox.changes import Change, Done, Method, asked
from adapter.sandbox.json_text import read_json
from adapter.sandbox.negotiation import Wishes, check_content_type
from adapter.sandbox.outcome import Issue, Refusal, outcome, refusal
from adapter.sandbox.reading import Fetch, get
from adapter.sandbox.resource_types import SEARCH_PARAMS
from adapter.sandbox.search import Pairs, pairs
from adapter.sandbox.space import Space
from adapter.sandbox.transaction import process
from adapter.sandbox.writes import make
from mappings.problem import Json


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, once its body is here."""

    method: str
    path: tuple[str, ...]
    """Below the base; `("",)` is the base itself."""
    query: Pairs
    """Of a search that is posted, its form too. Without `_format` and `_pretty`, which every request takes."""
    headers: Mapping[str, str]
    body: bytes
    base: str
    wishes: Wishes

    def header(self, name: str) -> str:
        return self.headers.get(name, "")


def answer(space: Space, asked: Asked) -> Answer:
    """Refuses, with the status that R4 gives it, what cannot be done."""
    match asked.method, asked.path:
        case "GET" | "HEAD", ("metadata",):
            return _metadata(space, asked)
        case "GET" | "HEAD", path:
            return _get(space, asked, path)
        case "POST", ("",):
            return _transaction(space, asked)
        case "POST", (type_, "_search"):
            return _get(space, asked, (type_,))
        case "POST" | "PUT" | "DELETE" as method, (type_, *rest) if type_ in SEARCH_PARAMS and len(rest) < 2:
            return _write(space, asked, _change(asked, method, type_, "".join(rest)))
        case "POST" | "PUT" | "DELETE", (type_, *_) if type_ and type_ not in SEARCH_PARAMS:
            raise refusal(404, "not-supported", "There is nothing here: the type is not hosted")
    raise _no_method()


def _no_method() -> Refusal:
    return refusal(405, "not-supported", "The method is not supported here")


def _metadata(space: Space, asked: Asked) -> Answer:
    if asked.query not in ([], [("mode", "full")]):
        raise refusal(400, "not-supported", "metadata takes mode=full only")
    return Answer(content=capability_statement(space, asked.base))


def _get(space: Space, asked: Asked, path: tuple[str, ...]) -> Answer:
    fetch = Fetch(
        path=path,
        query=asked.query,
        if_none_match=asked.header("if-none-match"),
        if_modified_since=asked.header("if-modified-since"),
        lenient=asked.wishes.lenient and space.dialect.heeds_lenient,
    )
    with space.reading(asked.base) as session:
        return get(session, fetch)


def _transaction(space: Space, asked: Asked) -> Answer:
    if asked.query:
        raise refusal(400, "not-supported", "A transaction takes no parameters")
    bundle = _json(asked)
    with space.writing(asked.base) as session:
        return Answer(content=process(session, bundle, shows=asked.wishes.returns == "representation"))


def _json(asked: Asked) -> Json:
    check_content_type(asked.header("content-type"))
    return read_json(asked.body)


def _change(request: Asked, method: Method, type_: str, id_: str) -> Change:
    criteria = request.query or None
    if method == "POST":
        if request.query:
            raise refusal(400, "not-supported", "A create takes no parameters: its condition is in If-None-Exist")
        exists = request.headers.get("if-none-exist")
        criteria = None if exists is None else pairs(exists.rpartition("?")[2])
    return asked(
        Change(
            method=method,
            type=type_,
            id=id_,
            content={} if method == "DELETE" else _json(request),
            criteria=criteria,
            if_match=request.header("if-match"),
            if_none_match=request.header("if-none-match"),
        )
    )


def _write(space: Space, asked: Asked, change: Change) -> Answer:
    with space.writing(asked.base) as session:
        (done,) = make(session, [change])
    return _written(done, asked)


def _written(done: Done, asked: Asked) -> Answer:
    if done.stored is None or done.stored.deleted:
        told = Issue("informational", "Deleted", severity="information")
        headers = {"ETag": done.stored.etag} if done.stored else {}
        return Answer(status=done.status, content=outcome(told) if done.status == 200 else b"", headers=headers)
    location = f"{asked.base}/{done.stored.type}/{done.stored.id}/_history/{done.stored.number}"
    whole = answer_with(
        done.stored, done.status, **{"Location" if done.status == 201 else "Content-Location": location}
    )
    match asked.wishes.returns:
        case "minimal":
            content = b""
        case "OperationOutcome":
            content = outcome(Issue("informational", "Written", severity="information"))
        case _:
            content = whole.content
    return Answer(status=whole.status, content=content, headers=whole.headers, stored=whole.stored)
