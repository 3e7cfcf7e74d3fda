"""What happened to a booking as the FHIR server's own history tells it."""

from __future__ import annotations

from adapter.doors.gateway import Gateway
from adapter.server.references import with_keys
from mappings.problem import Json
from mappings.region.booking import Booking
from mappings.resources import BOOKING
from mappings.resources.keys import booking_key
from mappings.rules.life import Taken, taken


async def of_server(at: Gateway, source: str, number: str) -> list[Json] | None:
    """The steps between one version and the next, the oldest first; None where the server does not answer."""
    versions = await _versions(at, source, number)
    if versions is None:
        return None
    told: list[Json] = []
    before: Booking | None = None
    for resource in versions:
        reading = BOOKING.read(
            with_keys(resource, at.ledger.keys, at.client.server.bases), {}, at.catalogue.sources[source]
        )
        if reading.value is not None:
            told += [_json(one, resource) for one in taken(before, reading.value)]
            before = reading.value
    return told


async def _versions(at: Gateway, source: str, number: str) -> list[Json] | None:
    """Every version of the Appointment that is one, the oldest first."""
    resource_id = at.intake.ids.of(booking_key(source, number))
    found: list[Json] = []
    async for page in at.client.history("Appointment", resource_id):
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
