"""A case of 1177 direkt (*ärende*): who handled it, and the registrations in the journal that arise from that.

A case says nothing of the patient: what arises does not depend on who she is, so she is not asked for (docs/direct.md).
"""

from __future__ import annotations

from enum import StrEnum

from mappings.region.booking import Form
from mappings.region.care_event import EventLine
from mappings.region.field import CARE, Regional, shown
from mappings.region.values import Code, HsaId, Instant, SourceKey


class CareStaff(StrEnum):
    """Staff as the instruction tells them apart (DIREKT 3.1); `professions.csv` says which a profession is."""

    PHYSICIAN = "physician"
    """*Läkare*."""
    NURSE = "nurse"
    """*Sjuksköterska*."""
    LICENSED = "licensed"
    """*Annan legitimerad hälso- och sjukvårdspersonal*."""
    UNLICENSED = "unlicensed"
    """*Annan hälso- och sjukvårdspersonal* without a licence."""


class DirectContact(StrEnum):
    """The part that a contact type plays in 1177 direkt (DK-1); `contact-types.csv` says which type plays it."""

    TEXT = "text"
    """*Text som inte ersätter besök*."""
    DISTANCE = "distance"
    """*Distanskontakt realtid bild/ljud/chatt*."""
    TELEPHONE = "telephone"
    """*Telefonsamtal*."""
    TELEPHONE_VISIT = "telephone-visit"
    """*Telefonsamtal som ersätter besök*."""
    VISIT = "visit"
    """*Mottagningsbesök*."""


class DirectAction(StrEnum):
    """What was done in the case, as the headings of the instruction name it (DIREKT 3.1)."""

    SELF_CARE_ADVICE = "selfCareAdvice"
    """*Egenvårdsråd*."""
    TREATMENT = "treatment"
    """*Åtgärd/behandling*."""
    PRESCRIPTION_RENEWAL = "prescriptionRenewal"
    """*Receptförnyelse*."""
    REFERRAL = "referral"
    """*Remiss, efter bedömning, till annan enhet*."""


class DirectDemand(StrEnum):
    """Whether a registration is to hold a code."""

    REQUIRED = "required"
    WHEN_RELEVANT = "whenRelevant"
    """*Eventuellt*."""
    NOT_ASKED = "notAsked"


class DirectHandler(Regional):
    """One who handled the case digitally, in 1177 direkt."""

    profession: Code = shown(CARE)
    staff: HsaId | None = shown(CARE, personal=True, default=None)
    unit: HsaId = shown(CARE)
    start: Instant = shown(CARE)
    """When she took it; its day in Stockholm is the day of the instruction."""
    same_complaint: bool | None = shown(CARE, default=None)
    """The sender's word that it was for the same complaint (*besvär*); of those to whom the case was handed over."""
    action: DirectAction | None = shown(CARE, default=None)
    replaces_visit: bool | None = shown(CARE, default=None)
    """Whether the contact replaced a visit (DK-2); derived where the action decides it (DK-6, DK-9)."""
    by_telephone: bool | None = shown(CARE, default=None)
    """The service was in trouble and the telephone stood in (DK-7)."""


class DirectVisit(Regional):
    """The physical visit that followed."""

    profession: Code = shown(CARE)
    staff: HsaId | None = shown(CARE, personal=True, default=None)
    unit: HsaId = shown(CARE)
    start: Instant = shown(CARE)
    same_complaint: bool | None = shown(CARE, default=None)
    """The sender's word that it was for the same complaint."""


class ReferredTo(Regional):
    """Another unit that the patient was directed to (*hänvisad*)."""

    unit: HsaId | None = shown(CARE, default=None)
    has_direct: bool = shown(CARE)
    """Whether that unit has 1177 direkt."""


class DirectScenario(Regional):
    """The scenario of the instruction that the case is."""

    section: SourceKey = shown(CARE)
    """Of DIREKT: `3.1.2`."""
    sv: str = shown(CARE)
    en: str = shown(CARE)
    follows: tuple[SourceKey, ...] = shown(CARE, default=())
    """Rules that decide a case that no heading describes; empty where one does."""


class EventDraft(Regional):
    """What the case knows of the care event that a registration becomes."""

    source: SourceKey = shown(CARE)
    form: Form = shown(CARE)
    contact_type: Code = shown(CARE)
    direct: bool | None = shown(CARE, default=None)
    performing_unit: HsaId = shown(CARE)
    start: Instant = shown(CARE)
    lines: tuple[EventLine, ...] = shown(CARE)


class DirectRegistration(Regional):
    """One registration that arises, and what it is to hold."""

    by: str = shown(CARE)
    """JSON Pointer to who registers: `/handlers/1`, `/physicalVisit`."""
    contact_type: Code = shown(CARE)
    """*Vårdkontakt*, in the source's own codes."""
    direct: bool = shown(CARE)
    """Carries the attribute *1177 direkt*."""
    diagnosis: DirectDemand = shown(CARE)
    kva: DirectDemand = shown(CARE)
    note: bool = shown(CARE)
    """*Dokumentera i journalen*."""
    care_event: EventDraft = shown(CARE)
    to_add: tuple[str, ...] = shown(CARE)
    """Members of the care event that the case does not know."""


class DirectCase(Regional):
    """A case of 1177 direkt: those who handled it, in their order, and what followed."""

    source: SourceKey = shown(CARE)
    number: SourceKey | None = shown(CARE, default=None)
    """The case's own number, for whoever asks; it decides nothing."""
    handlers: tuple[DirectHandler, ...] = shown(CARE, min_length=1, max_length=100)
    physical_visit: DirectVisit | None = shown(CARE, default=None)
    referred_to: ReferredTo | None = shown(CARE, default=None)
    scenario: DirectScenario | None = shown(CARE, default=None)
    """Derived, never sent."""
    registrations: tuple[DirectRegistration, ...] = shown(CARE, default=())
    """Derived, never sent."""
    closed_by: str | None = shown(CARE, default=None)
    """JSON Pointer to who closes the case in 1177 direkt (DK-10); derived, never sent."""


def took_part(case: DirectCase) -> list[tuple[str, DirectHandler | DirectVisit]]:
    """(pointer, who) of everybody who met the patient, digitally or physically, in their order."""
    digital = [(f"/handlers/{at}", one) for at, one in enumerate(case.handlers)]
    return [*digital, ("/physicalVisit", case.physical_visit)] if case.physical_visit else [*digital]
