"""Units and teams: where care is given, and how it is reached."""

from __future__ import annotations

from mappings.region.field import CARE, EVERYONE, Regional, shown
from mappings.region.people import ContactWay
from mappings.region.values import HsaId, SourceKey, Text


class EService(Regional):
    """A service of 1177 that the unit has published (*e-tjänst*)."""

    name: Text = shown(EVERYONE)
    url: Text = shown(EVERYONE)


class Unit(Regional):
    """A unit (*vårdenhet*): what HSA says of it, and what a patient needs to reach it (FK-5)."""

    hsa_id: HsaId | None = shown(EVERYONE, default=None)
    local_id: SourceKey | None = shown(CARE, default=None)
    """Another id, where there is no HSA-id (FK-7)."""
    name: Text | None = shown(EVERYONE, default=None)
    care_provider: HsaId | None = shown(EVERYONE, default=None)
    """*Vårdgivare*, who is answerable for what the unit does."""
    street: Text | None = shown(EVERYONE, default=None)
    """Visiting address (*besöksadress*): street and number."""
    postal_code: Text | None = shown(EVERYONE, default=None)
    town: Text | None = shown(EVERYONE, default=None)
    """*Ort*."""
    e_services: tuple[EService, ...] = shown(EVERYONE, default=())
    public_phone: Text | None = shown(EVERYONE, default=None)
    care_to_care_phone: Text | None = shown(CARE, default=None)
    """*Vård till vård*: for staff only (FK-8)."""
    contact_ways: tuple[ContactWay, ...] = shown(EVERYONE, default=())
    """Ways and hours of a home-care unit (FK-7)."""


class Team(Regional):
    """The team that a named contact belongs to (FK-5, FK-6, FK-7)."""

    id: SourceKey | None = shown(EVERYONE, default=None)
    name: Text | None = shown(EVERYONE, default=None)
    comment: Text | None = shown(EVERYONE, default=None)
    """What patients should know of reaching the team."""
    contact_ways: tuple[ContactWay, ...] = shown(EVERYONE, default=())
