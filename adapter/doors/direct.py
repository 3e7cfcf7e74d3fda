"""Cases of 1177 direkt: which registrations arise. The answer is computed and nothing is kept."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from adapter.doors.answers import answer, not_kept
from adapter.doors.gateway import Gateway, caller_of, gateway, json_of
from adapter.doors.openapi import DIRECT_CASE, REGISTERED
from adapter.outcomes import NotTheirs, Refused, problem_json
from mappings.problem import Json
from mappings.region.direct_case import DirectCase
from mappings.region.reading import read, told
from mappings.rules.rulebook import Facts, Judged, judge

router = APIRouter(default_response_class=Response)

KIND = "direct-case"
TOLD = ("scenario", "registrations", "closedBy")


@router.post(
    "/v1/direct-cases",
    summary="Which registrations a case of 1177 direkt gives",
    openapi_extra=DIRECT_CASE,
    responses=REGISTERED,
)
async def direct_case(request: Request) -> Response:
    """As the instruction has it: who registers what, and who closes the case; or every problem, by rule."""
    at, caller = gateway(request), caller_of(request)
    got = read(KIND, await json_of(request), at.catalogue)
    if got.message is None:
        return _refused(request, at, Refused(got.problems))
    if not caller.may_write(got.message.source):
        return not_kept(request, NotTheirs(told("IN-14", "/source")))
    judged = _judged(got.message, at)
    if judged.refused:
        return _refused(request, at, Refused(judged.problems))
    at.counting.messages.labels(KIND, "answered").inc()
    return answer(_told(judged))


def _judged(case: DirectCase, at: Gateway) -> Judged[Any]:
    """A case becomes no resource: no problem of it has a place in FHIR."""
    facts = Facts(case, case, at.catalogue, at.catalogue.sources[case.source], at.clock())
    return judge(facts, lambda _: "")


def _told(judged: Judged[Any]) -> Json:
    case: Json = judged.message.model_dump(mode="json", by_alias=True, exclude_none=True)
    return {name: case[name] for name in TOLD} | {
        "derived": [{"rule": one.rule, "path": one.path} for one in judged.derived],
        "warnings": [problem_json(problem) for problem in judged.warnings],
    }


def _refused(request: Request, at: Gateway, refused: Refused) -> Response:
    at.counting.messages.labels(KIND, "refused").inc()
    for problem in refused.problems:
        if problem.refuses:
            at.counting.refusals.labels(KIND, problem.rule).inc()
    return not_kept(request, refused)
