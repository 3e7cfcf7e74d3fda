"""The summons (*kallelse*): what calls the patient, and how far it has come."""

from __future__ import annotations

from enum import StrEnum

from pydantic import model_validator

from mappings.region.field import CARE, EVERYONE, Regional, says_something, shown
from mappings.region.values import Instant, Text


class SummonsWay(StrEnum):
    """*Kallelsesätt* (SU-1)."""

    DIGITAL = "digital"
    LETTER = "letter"


class SummonsTemplate(StrEnum):
    """*Kallelsebrev*: the letter's template (SU-2)."""

    STANDARD = "standard"
    GUARDIAN = "guardian"
    """*Till vårdnadshavare för*."""
    REBOOKING = "rebooking"
    WITHOUT_ADDRESS = "withoutAddress"
    """*Utan besöksadress*, for distance visits."""


class SummonsStatus(StrEnum):
    """*Kallelsestatus* (SU-4)."""

    DIGITAL_CHOSEN = "digitalChosen"
    DIGITAL_SCHEDULED = "digitalScheduled"
    DIGITAL_SENT = "digitalSent"
    DIGITAL_RETRYING = "digitalRetrying"
    """It failed, for what an administrator can mend: it will be sent again."""
    DIGITAL_FAILED = "digitalFailed"
    """It failed for good, as for a local number (*reservnummer*)."""
    DIGITAL_TOO_LATE = "digitalTooLate"
    """It failed: the date has passed."""
    LETTER_CHOSEN = "letterChosen"
    LETTER_PRINTED = "letterPrinted"


SENT = frozenset({SummonsStatus.DIGITAL_SENT, SummonsStatus.LETTER_PRINTED})
"""States in which the patient has been told."""


class Summons(Regional):
    """What calls the patient (*kallelse*)."""

    way: SummonsWay | None = shown(EVERYONE, default=None)
    """Where it is not sent: digital if that can be chosen, else a letter (SU-1)."""
    letter_too: bool | None = shown(CARE, default=None)
    """*Lokalt utskriven brevkallelse*, chosen by hand beside the digital one (SU-1)."""
    template: SummonsTemplate | None = shown(CARE, default=None)
    without_logotype: bool | None = shown(CARE, default=None)
    """The letter for a private provider's own paper (SU-7)."""
    free_text: Text | None = shown(EVERYONE, personal=True, default=None)
    """*Fritext till vald kallelse*; the patient reads it on 1177, line breaks and all (SU-3)."""
    text: Text | None = shown(EVERYONE, personal=True, default=None)
    """What the contact reason and the add-ons say of preparation (SU-8)."""
    attachment: Text | None = shown(CARE, default=None)
    """*Bilaga*; a region may have switched it off (BO-12)."""
    has_account: bool | None = shown(CARE, default=None)
    """Whether the patient has an account on 1177 (SU-1)."""
    wants_no_letters: bool | None = shown(CARE, default=None)
    """The patient's own choice on 1177 to have no letters (SU-1)."""
    status: SummonsStatus | None = shown(CARE, default=None)
    status_at: Instant | None = shown(CARE, default=None)
    """When it is to be sent, was sent or printed (SU-4)."""

    _says_something = model_validator(mode="after")(says_something)
