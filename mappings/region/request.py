"""What a patient asks for over an e-service, and what became of it (Decided 14)."""

from __future__ import annotations

from enum import StrEnum

from mappings.region.field import CARE, EVERYONE, Regional, shown
from mappings.region.values import Code, Instant, SourceKey, Text


class Wish(StrEnum):
    """What may be asked for: steps of the table that a patient may take (PO-1)."""

    CANCEL = "cancel"
    REBOOK = "rebook"
    BOOK = "book"
    """A time for an open summons (OC-1)."""


class RequestState(StrEnum):
    """How a request stands."""

    REQUESTED = "requested"
    """The source has not answered."""
    GRANTED = "granted"
    """The booking has become what was asked for."""
    DECLINED = "declined"
    """The source has said no; the booking is as it was."""
    OVERTAKEN = "overtaken"
    """The booking has become something else, so that nothing is asked for any more."""


class Request(Regional):
    """A step that a patient asks her booking's source to take."""

    id: SourceKey = shown(EVERYONE)
    """The gateway's own."""
    step: Wish = shown(EVERYONE)
    state: RequestState = shown(EVERYONE)
    at: Instant = shown(EVERYONE)
    """When she asked, by the e-service's clock: it stands for when she cancelled or rebooked (RB-3)."""
    start: Instant | None = shown(EVERYONE, default=None)
    """The time that she wishes."""
    was: Instant | None = shown(EVERYONE, default=None)
    """The time that the booking had when she asked."""
    reason: Code | None = shown(CARE, default=None)
    """The e-service's own in the source's table, which nobody changes (CA-1, RB-1)."""
    back_to_waiting_list: bool | None = shown(CARE, default=None)
    """Of a cancelling: what the care service says of it (CA-1)."""
    answered_at: Instant | None = shown(EVERYONE, default=None)
    text: Text | None = shown(EVERYONE, personal=True, default=None)
    """What the source tells the patient when it declines."""
