"""What operators look at: health and numbers."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from adapter.doors.answers import answer, standstill_json
from adapter.doors.counting import MEDIA
from adapter.doors.gateway import gateway
from adapter.doors.openapi import LIVE, READY

router = APIRouter(default_response_class=Response)


@router.get("/health/live", summary="The process answers", responses=LIVE)
async def live() -> Response:
    return answer({"status": "live"})


@router.get("/health/ready", summary="Messages are taken in", responses=READY)
async def ready(request: Request) -> Response:
    """Ready as soon as messages can be kept; degraded while the FHIR server is down, since then they only wait."""
    at = gateway(request)
    waiting = {state.value: number for state, number in at.ledger.counts().messages.items()}
    if (standstill := at.courier.standstill) is None:
        return answer({"status": "ready", "waiting": waiting})
    return answer({"status": "degraded", "because": standstill_json(standstill), "waiting": waiting})


@router.get("/metrics", summary="Numbers for Prometheus", include_in_schema=False)
async def metrics(request: Request) -> Response:
    at = gateway(request)
    return Response(at.counting.page(at.ledger, at.courier.standstill), media_type=MEDIA)
