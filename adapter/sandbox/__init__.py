"""The embedded FHIR R4 server: a default that runs anywhere, and never lies about what it can do."""

from adapter.sandbox.running import create_app, running_sandbox, serve
from adapter.sandbox.settings import SandboxSettings

__all__ = ["SandboxSettings", "create_app", "running_sandbox", "serve"]
