"""A request that was sent and is not yet answered: the order of what happens meanwhile needs no clock."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from select import select
from urllib.parse import urlsplit

from tests.sandbox.resources import Json


@contextmanager
def sent(base: str, method: str, path: str, resource: Json | None = None) -> Iterator[HTTPConnection]:
    """The connection on which it was sent, whole; `getresponse` waits for the answer."""
    url = urlsplit(base)
    with closing(HTTPConnection(str(url.hostname), url.port, timeout=60)) as connection:
        body = None if resource is None else json.dumps(resource)
        connection.request(method, url.path + path, body, {"Content-Type": "application/fhir+json"})
        yield connection


def answered(connection: HTTPConnection) -> bool:
    """Whether anything of the answer is here already."""
    return bool(select([connection.sock], [], [], 0)[0])
