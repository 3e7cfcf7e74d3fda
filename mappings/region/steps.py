"""What has happened to a booking since it was made: who moved, cancelled or received it, when and why."""

from __future__ import annotations

from enum import StrEnum

from mappings.region.field import CARE, EVERYONE, Regional, shown
from mappings.region.values import Code, Duration, Instant, SourceKey


class By(StrEnum):
    """Who took a step."""

    CARE = "care"
    PATIENT = "patient"
    """Over an e-service."""
    SYSTEM = "system"
    """A clock, or what follows from another step (DE-1)."""


class SystemReason(StrEnum):
    """Why the system cancels: reasons of its own, since none of a region's fits."""

    DECEASED = "deceased"
    """The patient was set to deceased (DE-1)."""


class Cancellation(Regional):
    """Why, when and by whom a booking was cancelled (CA-1)."""

    reason: Code | None = shown(EVERYONE, default=None)
    """*Avbokningsorsak*, a code of the source's table."""
    system_reason: SystemReason | None = shown(EVERYONE, default=None)
    """In its place, where the system cancelled."""
    at: Instant = shown(EVERYONE)
    by: By = shown(EVERYONE, default=By.CARE)
    back_to_waiting_list: bool = shown(CARE, default=False)
    """*Åter väntelista*."""
    whole_group: bool | None = shown(CARE, default=None)
    """The sender's word that the whole group was cancelled, as one booking (GR-3)."""
    to_be_invoiced: bool | None = shown(EVERYONE, default=None)
    """Follows from the reason: a late one is invoiced (RB-3)."""

    @property
    def why(self) -> str | None:
        """The code of the reason, whosever it is."""
        return self.system_reason.value if self.system_reason else self.reason


class Rebooking(Regional):
    """A time that the booking had before it was moved (RB-1)."""

    start: Instant = shown(EVERYONE)
    """The old time."""
    duration: Duration | None = shown(EVERYONE, default=None)
    reason: Code = shown(EVERYONE)
    """*Ombokningsorsak*, a code of the source's table."""
    at: Instant = shown(EVERYONE)
    """When it was moved."""
    by: By = shown(EVERYONE, default=By.CARE)
    line: SourceKey | None = shown(CARE, default=None)
    """The number of the action that was moved, in co-planning; the main action where it is not said (CA-2)."""
    whole_group: bool | None = shown(CARE, default=None)
    """The sender's word that the whole group was moved, as one booking (GR-3)."""
    to_be_invoiced: bool | None = shown(EVERYONE, default=None)
    """Follows from the reason: a late one is invoiced (RB-3)."""


class Arrival(Regional):
    """The patient is here (*ankomstregistrering*)."""

    at: Instant = shown(EVERYONE)
    payment: bool = shown(CARE)
    """Whether payment (*betaldel*) was registered too (BO-18, BO-33)."""
    to_be_invoiced: bool | None = shown(CARE, default=None)
    """Follows where payment was not (BO-33)."""
