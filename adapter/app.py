"""The gateway put together: settings in, an application out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from types import MappingProxyType
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.telemetry import TelemetryConfig
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as StarletteMessage

from adapter import keys as region_keys
from adapter.beside import listing_of_state
from adapter.clockwork import Clockwork
from adapter.delivery.attempt import Content, Parcel
from adapter.delivery.courier import Courier, CourierSettings
from adapter.delivery.ledger import Ledger
from adapter.doors import (
    chains,
    direct,
    fhir,
    groups,
    merges,
    operations,
    regional,
    requests,
    searches,
    stepping,
    waiting_list,
)
from adapter.doors.answers import TOO_LARGE, refusal
from adapter.doors.asking import Asking
from adapter.doors.counting import Counting
from adapter.doors.gateway import Forbidden, Gateway, NotAcceptable, NotInScope, NotJson, TooLarge, TooSlow
from adapter.doors.openapi import published
from adapter.intake import Intake
from adapter.keys import Keys, KeysMissing
from adapter.listening import origin
from adapter.region import catalogue
from adapter.security.caller import NotProven, Unprovable, Unrecognised
from adapter.security.recognition import Recognition
from adapter.security.token_file import tokens
from adapter.server.client import FhirClient
from adapter.server.ids import Ids
from adapter.server.passthrough import Door
from adapter.server.settings import ServerSettings
from adapter.settings import Settings
from adapter.validation import validate, warm_up
from mappings.problem import Json
from mappings.region.catalogue import Catalogue
from mappings.region.people import Identity, Patient
from mappings.resources import SHAPES
from mappings.resources.keys import patient_of
from mappings.rules.patients import bare_resources, together
from mappings.shape.filled import Filled

MAPPING_VERSION = "1"
"""Of the shapes: ledger rows keep it (Decided 6)."""

UNTOLD: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}
"""FastAPI's own would tell whoever instruments the process of queries and texts of errors, which may hold a number."""

log = structlog.get_logger("vardbro")


def now() -> datetime:
    return datetime.now(UTC)


def keys_of(settings: Settings) -> Keys:
    """Given, or made once where database and server are the embedded ones (Decided 23). Raises `KeysMissing`."""
    if settings.keys:
        return region_keys.read(settings.keys)
    if settings.database or settings.fhir_server:
        raise KeysMissing(
            "with another database or FHIR server the region's keys must be given: --keys FILE, "
            "made once by `python3 -c 'import secrets; print(secrets.token_hex(32))' > FILE`"
        )
    return region_keys.made_once(settings.folder() / "keys")


def database_of(settings: Settings) -> str:
    if settings.database:
        return settings.database
    return f"sqlite:///{settings.folder() / 'ledger.db'}"


def base_of(settings: Settings) -> str:
    """The gateway's own URL, as its callers see it."""
    return settings.public_base or origin(settings.host, settings.port, "https" if settings.tls_cert else "http")


def create_app(settings: Settings, fhir_base: str, keys: Keys, clock: Callable[[], datetime] = now) -> FastAPI:
    """The gateway's application in front of a FHIR server.

    What is wrong with the region's folder, the tokens or the database is told here, before anything is served:
    raises `CatalogueHasHoles`, `TokensUnreadable`, `DatabaseError`.
    """
    region = catalogue(settings.region)
    known = tokens(settings.tokens)
    authorization = settings.fhir_token_file.read_text().strip() if settings.fhir_token_file else None
    ids = Ids(region.region, keys.of("ids"))
    ledger = Ledger.open(database_of(settings), region.region, mapping_version=MAPPING_VERSION, clock=clock)
    ledger.list_from_the_start(listing_of_state)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(ledger.close)
            client = await stack.enter_async_context(
                FhirClient(ServerSettings(base=fhir_base, authorization=authorization))
            )
            courier = Courier(
                ledger, client, ids, _content(region, ledger), CourierSettings(parallel=settings.parallel)
            )
            intake, counting = Intake(region, ledger, ids, keys, clock), Counting()
            clockwork = Clockwork(intake, counting)
            app.state.gateway = Gateway(
                settings=settings,
                catalogue=region,
                ledger=ledger,
                client=client,
                courier=courier,
                clockwork=clockwork,
                intake=intake,
                recognition=await stack.enter_async_context(Recognition(known, _whose(ledger), clock)),
                fhir=Door(client, f"{base_of(settings)}/fhir"),
                clock=clock,
                counting=counting,
            )
            warm_up()
            await stack.enter_async_context(clockwork.running())
            if settings.deliver:
                await stack.enter_async_context(courier.running())
            yield

    app = FastAPI(
        title="Vårdbro",
        version=version("vardbro"),
        description="FHIR R4 integration adapter: bookings, care events and named contacts, both ways.",
        lifespan=lifespan,
        docs_url="/docs",
        redoc_url=None,
        telemetry=UNTOLD,
    )
    app.include_router(fhir.router)
    app.router.add_route("/fhir/{path:path}", fhir.passed_on, fhir.METHODS)
    for door in (searches, waiting_list, merges, regional, stepping, requests, chains, groups, direct, operations):
        app.include_router(door.router)
    app.openapi = lambda: published(app)  # type: ignore[method-assign]  # FastAPI's documented way
    _tell_errors(app)
    return app


def _whose(ledger: Ledger) -> Callable[[str], Identity | None]:
    """Whom a Patient's id is of, for tokens that name a patient by it."""

    def patient(resource_id: str) -> Identity | None:
        key = ledger.keys([resource_id]).get(("Patient", resource_id))
        return None if key is None else patient_of(key)

    return patient


def _content(region: Catalogue, ledger: Ledger) -> Content:
    """What delivery asks about content (Decided 2, 22)."""

    def before_send(parcel: Parcel) -> tuple[Filled, ...]:
        if parcel.patient_hash is None or not ledger.marked(parcel.patient_hash):
            return parcel.resources
        said = [Patient.model_validate(word.body) for word in ledger.words(parcel.patient_hash)]
        vocabulary = next(iter(region.sources.values()))
        return bare_resources(parcel.resources, together(said[0], said[1:]), vocabulary) if said else parcel.resources

    def ours_of(filled: Filled, there: Json) -> Json:
        source = filled.key.system.rpartition("/")[2]
        return SHAPES[filled.node].spoken(there, region.sources.get(source) or next(iter(region.sources.values())))

    kinds = tuple(sorted({shape.kind for shape in SHAPES.values()}))
    return Content(lambda node: SHAPES[node].identity, validate, kinds, before_send, ours_of)


REFUSED: Mapping[type[Exception], int] = MappingProxyType(
    {
        Unrecognised: 401,
        NotProven: 401,
        Forbidden: 403,
        NotInScope: 403,
        NotAcceptable: 406,
        TooSlow: 408,
        TooLarge: 413,
        NotJson: 415,
        ClientDisconnect: 400,
        Unprovable: 503,
    }
)
"""What a door raises, and the status that it becomes; whoever is gone is not told any more."""
_HEADERS = {
    Unrecognised: {"WWW_Authenticate": "Bearer"},
    NotProven: {"WWW_Authenticate": 'Bearer error="invalid_token"'},
    TooSlow: {"Connection": "close"},
    Unprovable: {"Retry_After": "5"},
}
"""RFC 6750, 3: that a token is not good, never why."""


def _told(request: Request, error: Exception) -> Response:
    problems = (TOO_LARGE,) if isinstance(error, TooLarge) else ()
    headers = dict(_HEADERS.get(type(error), {}))
    if isinstance(error, NotInScope):
        headers["WWW_Authenticate"] = f'Bearer error="insufficient_scope", scope="{error.wanted}"'
    return refusal(request, REFUSED[type(error)], problems, **headers)


def _tell_errors(app: FastAPI) -> None:
    async def known(request: Request, error: Exception) -> Response:
        return _told(request, error)

    async def http(request: Request, error: Exception) -> Response:
        if not isinstance(error, HTTPException):
            return refusal(request, 500)
        told = {name.replace("-", "_"): value for name, value in (error.headers or {}).items()}
        return refusal(request, error.status_code, (), **told)

    for kind in REFUSED:
        app.add_exception_handler(kind, known)
    app.add_exception_handler(HTTPException, http)
    app.add_middleware(Asking, told=_told)
    app.add_middleware(Unforeseen)


class Unforeseen:
    """An error of ours is answered 500 and told by its kind and place: its text may hold a value, and goes nowhere."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def sending(message: StarletteMessage) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception as error:
            log.error("gateway.failed", error=type(error).__name__, at=_where(error))
            if scope["type"] == "http" and not begun:
                await refusal(Request(scope), 500)(scope, receive, send)


def _where(error: Exception) -> str:
    """File and line of our code; never the error's own text, which may hold a value."""
    trace, where = error.__traceback__, ""
    while trace:
        code: Any = trace.tb_frame.f_code
        if "adapter" in code.co_filename or "mappings" in code.co_filename:
            where = f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"
        trace = trace.tb_next
    return where
