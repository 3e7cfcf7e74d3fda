"""What the doors answer, in one place: from what happened to status, headers and body."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from adapter.delivery.values import MessageState, Receipt, Standstill
from adapter.outcomes import Busy, Checked, Conflict, Kept, NotKept, NotTheirs, Refused, problem_json
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
    400: ("Innehållet kan inte läsas: rätta det och sänd det igen.", "The content cannot be read: mend and resend it."),
    401: (
        "Okänd avsändare: sänd en giltig nyckel i Authorization: Bearer.",
        "Unknown caller: send a valid token in Authorization: Bearer.",
    ),
    403: (
        "Det här får avsändaren inte göra: sänd en nyckel som har rätt till det.",
        "The caller may not do this: send a token that has the right to.",
    ),
    404: (
        "Det finns inte här, eller inte för den som frågar: kontrollera adressen.",
        "There is no such thing here, or not for this caller: check the address.",
    ),
    405: (
        "Metoden finns inte på den här adressen: se /openapi.json.",
        "There is no such method at this address: see /openapi.json.",
    ),
    406: (
        "Svaret finns inte i det formatet: begär JSON i Accept.",
        "There is no answer in that format: ask for JSON in Accept.",
    ),
    408: (
        "Innehållet kom för långsamt: sänd det igen, i ett svep.",
        "The content came too slowly: send it again, in one go.",
    ),
    409: (
        "Det går inte ihop med vad som är mottaget: hämta det, och rätta det som står i problems.",
        "It does not agree with what has been taken in: fetch that, and mend what stands in problems.",
    ),
    412: (
        "Det har ändrats sedan det lästes: hämta det igen, och gör om ändringen.",
        "It has changed since it was read: fetch it again, and redo the change.",
    ),
    413: (
        "Innehållet är för stort: sänd ett meddelande i taget.",
        "The content is too large: send one message at a time.",
    ),
    415: (
        "Innehållet ska vara JSON i UTF-8: sänd det med Content-Type application/json.",
        "The content is to be JSON in UTF-8: send it with Content-Type application/json.",
    ),
    422: (
        "Meddelandet togs inte emot: rätta det som står i problems, och sänd det igen.",
        "The message was not taken in: mend what stands in problems, and send it again.",
    ),
    500: (
        "Fel i adaptern; ingenting behölls: sänd det igen, och anmäl det om felet kommer tillbaka.",
        "An error in the adapter; nothing was kept: send it again, and report it if the error comes back.",
    ),
    503: ("Det går inte just nu: försök igen om en stund.", "Not just now: try again in a while."),
}
"""What a status says, in Swedish and English, where no problem of the message says more."""


def answer(body: Any, status: int = 200, media: str = "application/json", **headers: str) -> Response:
    """A JSON answer. Header names are given with underscores."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(orjson.dumps(body), status, headers={"Cache-Control": "no-store", **named}, media_type=media)


def refusal(request: Request, status: int, problems: Iterable[Problem] = (), **headers: str) -> Response:
    """Why not: problem details (RFC 9457), or an OperationOutcome for whoever accepts FHIR.

    Both languages stand in `detail`, and apart in `en` and `sv`, as in each problem; the short `title` is English.
    """
    problems = tuple(problems)
    if FHIR in request.headers.get("accept", "") or request.url.path.startswith("/fhir"):
        return answer(outcome(status, problems), status, FHIR, **headers)
    sv, en = WORDS.get(status, WORDS[400])
    title = en.partition(":")[0].removesuffix(".")
    body = {"type": "about:blank", "status": status, "title": title, "detail": f"{en} / {sv}", "sv": sv, "en": en}
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


def standstill_json(standstill: Standstill) -> Json:
    """Why nothing is delivered for now, and since when."""
    return {
        "reason": standstill.reason,
        "sv": standstill.sv,
        "en": standstill.en,
        "since": standstill.since.isoformat(),
    }


def receipt_json(receipt: Receipt, standstill: Standstill | None = None) -> Json:
    """What became of a message, as its sender reads it; why it waits, while all that is to be delivered does."""
    because = None if standstill is None or receipt.settled else standstill_json(standstill)
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
        "waitingBecause": because,
        "catalogueVersion": receipt.catalogue_version,
        "acceptedAt": receipt.accepted_at.isoformat(),
        "changedAt": receipt.changed_at.isoformat(),
    }


def kept(receipt: Receipt, standstill: Standstill | None, *, waited: bool) -> Response:
    """202 with the receipt; 201 or 200 when it was delivered while the sender waited."""
    status = 202
    if waited and receipt.state is MessageState.DELIVERED:
        status = 201 if receipt.revision == 1 else 200
    return answer(
        receipt_json(receipt, standstill),
        status,
        Location=f"/v1/messages/{receipt.id}",
        ETag=f'W/"{receipt.revision}"',
    )


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
    "standstill_json",
]
