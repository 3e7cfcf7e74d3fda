"""What happened to a booking or a care event as the FHIR server's own history tells it."""

from __future__ import annotations

from typing import Any

from adapter.delivery.claims import Holder
from adapter.doors.gateway import Gateway
from adapter.server.references import with_keys
from mappings.problem import Json
from mappings.resources.outline import GRAPHS, root_key
from mappings.rules.lives import LIVES
from mappings.rules.steps import Taken


async def of_server(at: Gateway, holder: Holder) -> list[Json] | None:
    """The steps between one version and the next, the oldest first; None where the server does not answer."""
    versions = await _versions(at, holder)
    if versions is None:
        return None
    told: list[Json] = []
    before: Any = None
    for resource in versions:
        reading = GRAPHS[holder.kind].read(
            with_keys(resource, at.ledger.keys, at.client.server.bases), {}, at.catalogue.sources[holder.source]
        )
        if reading.value is not None:
            told += [_json(one, resource) for one in LIVES[holder.kind].taken(before, reading.value)]
            before = reading.value
    return told


async def _versions(at: Gateway, holder: Holder) -> list[Json] | None:
    """Every version of the resource that is one, the oldest first."""
    key = root_key(*holder)
    found: list[Json] = []
    async for page in at.client.history(key.kind, at.intake.ids.of(key)):
        if page.status in (404, 410):
            return []
        if not page.ok or page.body is None:
            return None
        found += [one["resource"] for one in page.body.get("entry", ()) if "resource" in one]
    return found[::-1]


def _json(one: Taken, resource: Json) -> Json:
    said: Json = {
        "step": one.step,
        "before": one.before and one.before.value,
        "after": one.after.value,
        "by": one.by and one.by.value,
        "at": one.at and one.at.isoformat(),
        "reason": one.reason,
        "version": resource.get("meta", {}).get("versionId"),
    }
    return {name: value for name, value in said.items() if value is not None}
