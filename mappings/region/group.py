"""The group (*grupp*) that a patient meets staff in."""

from __future__ import annotations

from mappings.region.field import CARE, Regional, shown
from mappings.region.values import SourceKey


class Group(Regional):
    """A group that was there before its visits (GR-1); each patient has a booking and an event of her own."""

    id: SourceKey = shown(CARE)
    """The source's own id of the group: the same on all that its members have."""
