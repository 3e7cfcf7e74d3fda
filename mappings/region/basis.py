"""The booking basis (*bokningsunderlag*): what a booking rests on (BO-1)."""

from __future__ import annotations

from enum import StrEnum

from pydantic import model_validator

from mappings.region.field import CARE, Regional, says_something, shown
from mappings.region.values import Code, Day, HsaId, Instant, Interval, SourceKey, Text


class BasisKind(StrEnum):
    """Every booking rests on one of these (BO-1)."""

    FULL = "full"
    """*Bokningsunderlag*."""
    QUICK = "quick"
    """*Snabbokningsunderlag* (BO-2)."""


class MedicalPriority(StrEnum):
    """*Medicinsk prioritet* (BO-5)."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class FollowUp(Regional):
    """The follow-up of waiting time (*uppföljning av väntetid*), as the waiting list shows it (BO-31)."""

    first_contact: Day | None = shown(CARE, default=None)
    """*Första kontakten i väntetidsuppföljningen*."""
    treatment_decision: Text | None = shown(CARE, personal=True, default=None)
    """*Behandlingsbeslut*."""
    decided: Day | None = shown(CARE, default=None)
    """*Beslutsdatum*."""
    diagnosis: Text | None = shown(CARE, personal=True, default=None)
    planned_action: Text | None = shown(CARE, personal=True, default=None)
    """*Planerad åtgärd*."""

    _says_something = model_validator(mode="after")(says_something)


class Basis(Regional):
    """What a booking rests on (*bokningsunderlag*)."""

    kind: BasisKind = shown(CARE)
    number: SourceKey | None = shown(CARE, default=None)
    """The source's own number of a full basis."""
    registered: Day | None = shown(CARE, default=None)
    """*Registreringsdatum*: when it was decided to plan (BO-24)."""
    created: Instant | None = shown(CARE, default=None)
    """When the basis was made; waiting time runs from here (BO-20, BO-24)."""
    watch_interval: Interval | None = shown(CARE, default=None)
    """*Bevakningsintervall*."""
    target_date: Day | None = shown(CARE, default=None)
    """*Bev/bok datum* (BO-4)."""
    medical_priority: MedicalPriority | None = shown(CARE, default=None)
    category1: Code | None = shown(CARE, default=None)
    """*Kategori 1*: diagnosis (BO-11)."""
    category2: Code | None = shown(CARE, default=None)
    """*Kategori 2*: action, with the codes of the care guarantee (BO-11)."""
    team: Text | None = shown(CARE, default=None)
    """A working team that HSA does not know (BO-11)."""
    short_notice: bool | None = shown(CARE, default=None)
    """*Kort varsel*: the patient can come at short notice."""
    customer: Code | None = shown(CARE, default=None)
    """*Kund* (ID-6)."""
    agreement: Code | None = shown(CARE, default=None)
    """*Avtal*, holding the fees (ID-6)."""
    deviation_reason: Code | None = shown(CARE, default=None)
    """*Avvikelseorsak*: why the time is later than the watch interval allows (BO-6)."""
    offered: Day | None = shown(CARE, default=None)
    """The day that was offered within the guarantee, and that the patient chose to wait beyond (BO-34)."""
    decided_by: HsaId | None = shown(CARE, personal=True, default=None)
    """Who decided that the patient's state does not allow an earlier time (BO-34)."""
    referral: SourceKey | None = shown(CARE, default=None)
    """The number of the referral (*remiss*) that it rests on (BO-23)."""
    private_request: SourceKey | None = shown(CARE, default=None)
    """*Privat vårdbegäran*, where there is no referral (BO-23)."""
    search_reason: Text | None = shown(CARE, personal=True, default=None)
    """*Sökorsak*, for a temporary contact (BO-23)."""
    follow_up: FollowUp | None = shown(CARE, default=None)
    order: bool | None = shown(CARE, default=None)
    """*Ordningsföljd*; a region may have switched it off (BO-12)."""
    media_examination: bool | None = shown(CARE, default=None)
    """*Mediaundersökning*; a region may have switched it off (BO-12)."""
    special_information: Text | None = shown(CARE, personal=True, default=None)
    """*Särskild information*; a region may have switched it off (BO-12)."""
    information: Text | None = shown(CARE, personal=True, default=None)
    """*Bokningsinformation*: never on 1177, nothing sensitive (BO-13)."""
    desk_information: Text | None = shown(CARE, personal=True, default=None)
    """*Information till kassa och inskrivning* (BO-28)."""
