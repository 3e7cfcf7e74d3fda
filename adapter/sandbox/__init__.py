"""The embedded FHIR R4 server: a default that runs anywhere, and never lies about what it can do.

Three ways to it: `running_sandbox()` in a thread of this process, `serve()` (`vardbro sandbox`) as a process of its
own, `create_app()` for any ASGI server. `[base]` is `/fhir`, or `/spaces/{name}/fhir` for a space that nothing else
sees.

What it does stands in `GET [base]/metadata`, made from the tables that it works by (`resource_types.py`). Where servers
differ it does what R4 says; `like="hapi"` has the differences of `dialect.py`. What test suites steer it by is in
`controls.py`, how they have it fail in `trigger.py`, what is checked of a resource in `structure.py`.

A request's way: `door` (HTTP) → `interactions` → `reading` and `search`, or `writes` (one path for every write, single
or in a transaction: `changes` → `job` → `linking`) → `space`, which owns the one connection to SQLite.
"""

from adapter.sandbox.running import create_app, running_sandbox, serve
from adapter.sandbox.settings import SandboxSettings
from adapter.sandbox.trigger import TRIGGER

__all__ = ["TRIGGER", "SandboxSettings", "create_app", "running_sandbox", "serve"]
