"""Who is asking, settled before any door is opened and before anything of a body is read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from adapter.doors.gateway import ASKING, NotInScope, gateway
from adapter.listening import CERTIFICATE, is_here
from adapter.security.caller import Caller, Unprovable, Unrecognised
from adapter.security.scopes import demanded

CLOSED: Final = ("/v1", "/fhir")
"""How the paths begin behind which nobody comes unrecognised, whether there is a door or not."""


class Asking:
    """Lets in whoever is recognised and whose token allows what the request does; tells all others why not."""

    def __init__(self, app: ASGIApp, told: Callable[[Request, Exception], Response]) -> None:
        self._app, self._told = app, told

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(CLOSED):
            request = Request(scope)
            try:
                scope[ASKING] = await _let_in(request)
            except (Unrecognised, Unprovable, NotInScope) as why:
                await self._told(request, why)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _from_a_page(request: Request, public_base: str | None) -> bool:
    """A browser on this machine asks for a page of another site, or for one that goes by this machine's address.

    Where loopback is the operator, whoever has such a page shown would be too.
    """
    try:
        host = urlsplit(f"//{request.headers.get('host', 'localhost')}").hostname
    except ValueError:
        return True
    ours = is_here(host) or (public_base is not None and host == urlsplit(public_base).hostname)
    return not ours or request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin")


async def _let_in(request: Request) -> Caller:
    """Raises `Unrecognised`, `Unprovable`, `NotInScope`."""
    at = gateway(request)
    if at.recognition.open_to_loopback and _from_a_page(request, at.settings.public_base):
        raise Unrecognised
    caller = await at.recognition.caller(
        request.headers.getlist("authorization"),
        request.client.host if request.client else None,
        request.scope.get(CERTIFICATE),
    )
    if caller.scopes is not None:
        demand = demanded(request.method, request.scope["path"])
        if not demand.met(caller.scopes):
            raise NotInScope(f"{caller.level}/{demand}")
    return caller
