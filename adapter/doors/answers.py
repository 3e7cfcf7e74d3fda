"""What the doors answer, in one place: from what happened to status, headers and body."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from adapter.delivery.values import MessageState, Receipt
from adapter.intake import Busy, Checked, Conflict, Kept, NotKept, NotTheirs, Refused, problem_json
from mappings.problem import Json, Problem
from mappings.region.reading import told

PROBLEM = "application/problem+json"
FHIR = "application/fhir+json"

FORM_FAULTS = frozenset({"IN-1", "IN-7"})
"""What cannot be read at all is a bad request; what can be read and is wrong is unprocessable."""

_ISSUE = {
    "IN-1": "structure",
    "IN-2": "structure",
    "IN-3": "structure",
    "IN-4": "structure",
    "IN-7": "too-costly",
    "IN-8": "required",
    "IN-14": "forbidden",
    "IN-10": "conflict",
    "IN-11": "conflict",
}
"""HL7's code for an error of form (http://hl7.org/fhir/issue-type); a rule is a business rule."""

WORDS = {
    400: ("Innehållet kan inte läsas.", "The content cannot be read."),
    401: ("Okänd avsändare: sänd en giltig nyckel.", "Unknown caller: send a valid token."),
    403: ("Det här får avsändaren inte göra.", "The caller may not do this."),
    404: ("Det finns inte här.", "There is no such thing here."),
    405: ("Metoden finns inte här.", "There is no such method here."),
    406: ("Svaret finns inte i det formatet.", "There is no answer in that format."),
    408: ("Innehållet kom för långsamt.", "The content came too slowly."),
    409: ("Versionen stämmer inte med vad som är mottaget.", "The version does not agree with what has been taken in."),
    412: ("Det har ändrats sedan det lästes.", "It has changed since it was read."),
    413: ("Innehållet är för stort.", "The content is too large."),
    415: ("Innehållet ska vara JSON.", "The content is to be JSON."),
    422: ("Meddelandet togs inte emot.", "The message was not taken in."),
    500: ("Fel i adaptern; ingenting behölls.", "An error in the adapter; nothing was kept."),
    503: ("Det går inte just nu: försök igen om en stund.", "Not just now: try again in a while."),
}


def answer(body: Any, status: int = 200, media: str = "application/json", **headers: str) -> Response:
    """A JSON answer. Header names are given with underscores."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(orjson.dumps(body), status, headers={"Cache-Control": "no-store", **named}, media_type=media)


def refusal(request: Request, status: int, problems: Iterable[Problem] = (), **headers: str) -> Response:
    """Why not: problem details (RFC 9457), or an OperationOutcome for whoever accepts FHIR."""
    problems = tuple(problems)
    if FHIR in request.headers.get("accept", "") or request.url.path.startswith("/fhir"):
        return answer(outcome(status, problems), status, FHIR, **headers)
    sv, en = WORDS.get(status, WORDS[400])
    body = {"type": "about:blank", "status": status, "title": en, "detail": sv}
    return answer(body | {"problems": [problem_json(problem) for problem in problems]}, status, PROBLEM, **headers)


def outcome(status: int, problems: tuple[Problem, ...]) -> Json:
    """An OperationOutcome with an issue a problem (https://hl7.org/fhir/R4/operationoutcome.html)."""
    if not problems:
        sv, en = WORDS.get(status, WORDS[400])
        return {
            "resourceType": "OperationOutcome",
            "issue": [{"severity": "error", "code": _CODES.get(status, "processing"), "diagnostics": f"{en} / {sv}"}],
        }
    return {"resourceType": "OperationOutcome", "issue": [_issue(problem) for problem in problems]}


_CODES = {
    401: "login",
    403: "forbidden",
    404: "not-found",
    405: "not-supported",
    406: "not-supported",
    408: "timeout",
    412: "conflict",
    413: "too-long",
    415: "not-supported",
    503: "transient",
}


def _issue(problem: Problem) -> Json:
    issue: Json = {
        "severity": problem.severity.value,
        "code": _ISSUE.get(problem.rule, "business-rule"),
        "details": {
            "coding": [{"system": "https://vardbro.example/fhir/CodeSystem/rule", "code": problem.rule}],
            "text": problem.sv,
        },
        "diagnostics": f"{problem.path or '/'}: {problem.en}",
    }
    if problem.fhirpath:
        issue["expression"] = [problem.fhirpath]
    return issue


def receipt_json(receipt: Receipt) -> Json:
    """What became of a message, as its sender reads it."""
    return {
        "id": receipt.id,
        "state": receipt.state.value,
        "kind": receipt.kind,
        "source": receipt.source,
        "number": receipt.number,
        "version": receipt.version if receipt.version >= 0 else None,
        "revision": receipt.revision,
        "attempts": receipt.attempts,
        "warnings": list(receipt.warnings),
        "derived": list(receipt.derived),
        "conflicts": list(receipt.conflicts),
        "reason": receipt.reason,
        "serverSaid": receipt.server_said,
        "catalogueVersion": receipt.catalogue_version,
        "acceptedAt": receipt.accepted_at.isoformat(),
        "changedAt": receipt.changed_at.isoformat(),
    }


def kept(receipt: Receipt, *, waited: bool) -> Response:
    """202 with the receipt; 201 or 200 when it was delivered while the sender waited."""
    status = 202
    if waited and receipt.state is MessageState.DELIVERED:
        status = 201 if receipt.revision == 1 else 200
    return answer(receipt_json(receipt), status, Location=f"/v1/messages/{receipt.id}", ETag=f'W/"{receipt.revision}"')


def not_kept(request: Request, result: NotKept) -> Response:
    """Why a message was not kept."""
    match result:
        case Busy():
            return refusal(request, 503, Retry_After="1")
        case NotTheirs(problem=problem):
            return refusal(request, 403, (problem,))
        case Conflict(problem=problem, known=known):
            headers = {} if known is None else {"Vardbro_Known_Version": str(known)}
            return refusal(request, 409, (problem,), **headers)
        case Refused(problems=problems):
            unread = any(problem.rule in FORM_FAULTS for problem in problems)
            return refusal(request, 400 if unread else 422, problems)


def checked(result: Checked) -> Response:
    """What would be accepted: warnings, what is derived, and the resources it becomes."""
    return answer(
        {
            "accepted": True,
            "warnings": [problem_json(problem) for problem in result.judged.warnings],
            "derived": [{"rule": one.rule, "path": one.path} for one in result.judged.derived],
            "resources": [one.resource for one in result.filled],
        }
    )


TOO_LARGE = told("IN-6", "")
__all__ = [
    "FHIR",
    "PROBLEM",
    "TOO_LARGE",
    "Kept",
    "answer",
    "checked",
    "kept",
    "not_kept",
    "outcome",
    "receipt_json",
    "refusal",
]
