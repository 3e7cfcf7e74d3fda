"""Patients and staff: who is meant, and what may be said of them."""

from __future__ import annotations

from enum import StrEnum

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from mappings.region.field import CARE, EVERYONE, Regional, shown
from mappings.region.values import Clock, Code, HsaId, IdentityValue, SourceKey, Text


class IdentityKind(StrEnum):
    """Kinds of patient identity (ID-1)."""

    PERSONNUMMER = "personnummer"
    SAMORDNINGSNUMMER = "samordningsnummer"
    RESERVIDENTITET = "reservidentitet"
    """National, with letters (ID-3)."""
    RESERVNUMMER = "reservnummer"
    """Local; only ever linked to one of the others (ID-1)."""


class Identity(Regional):
    """One number that a patient is known by."""

    kind: IdentityKind = shown(EVERYONE)
    value: IdentityValue = shown(EVERYONE, personal=True)
    """Twelve characters without separator for national numbers; others are normalised to that (ID-2)."""


class PersonName(Regional):
    """A name: in its parts where they are known, else as one text."""

    given: tuple[Text, ...] = shown(EVERYONE, personal=True, default=())
    """First and middle names."""
    family: Text | None = shown(EVERYONE, personal=True, default=None)
    text: Text | None = shown(EVERYONE, personal=True, default=None)
    """The whole name, from systems that do not keep its parts (FK 7.1)."""

    @model_validator(mode="after")
    def _names_somebody(self) -> PersonName:
        if not (self.given or self.family or self.text):
            raise PydanticCustomError("IN-9", "a name that names nobody")
        return self


class ProtectionKind(StrEnum):
    """Protected identity (*skyddade personuppgifter*), as marked (PI-1)."""

    SEKRETESSMARKERING = "sekretessmarkering"
    SKYDDAD_FOLKBOKFORING = "skyddadFolkbokforing"


class SetBy(StrEnum):
    """Where a marking comes from (PI-2, PI-3)."""

    REGISTER = "register"
    HAND = "hand"


class Protection(Regional):
    """The marking of a patient whose name and whereabouts are protected."""

    kind: ProtectionKind = shown(EVERYONE)
    set_by: SetBy = shown(CARE, default=SetBy.REGISTER)


class Address(Regional):
    """A postal address in Sweden or abroad, as written on an envelope."""

    street: Text = shown(EVERYONE, personal=True)
    """Street and number, or box."""
    postal_code: Text | None = shown(EVERYONE, personal=True, default=None)
    town: Text | None = shown(EVERYONE, personal=True, default=None)


class Patient(Regional):
    """The patient of a booking, a care event or a contact, as the source knows her."""

    identity: Identity = shown(EVERYONE, personal=True)
    identities: tuple[Identity, ...] = shown(CARE, personal=True, default=())
    """Further linked identities (ID-1)."""
    name: PersonName | None = shown(EVERYONE, personal=True, default=None)
    protection: Protection | None = shown(EVERYONE, default=None)
    phone: Text | None = shown(CARE, personal=True, default=None)
    address: Address | None = shown(CARE, personal=True, default=None)
    """Home address (*folkbokföringsadress*)."""
    region_of_registration: Code | None = shown(CARE, personal=True, default=None)
    """Region where the patient is registered (*folkbokförd*); the customer follows from it (ID-6)."""


class Way(StrEnum):
    """Ways to reach somebody (*kontaktvägar*)."""

    PHONE = "phone"
    DIGITAL = "digital"
    """Chat or the like (FK 6.3)."""


class Weekday(StrEnum):
    """Days as FHIR writes them (http://hl7.org/fhir/days-of-week)."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


class Hours(Regional):
    """When somebody can be reached (*kontakttid*)."""

    days: tuple[Weekday, ...] = shown(EVERYONE, min_length=1)
    opens: Clock = shown(EVERYONE)
    closes: Clock = shown(EVERYONE)


class ContactWay(Regional):
    """One way to reach a person, a team or a unit, with its own hours."""

    way: Way = shown(EVERYONE)
    value: Text = shown(EVERYONE, personal=True)
    """A phone number, or the address of a digital service."""
    shown_to_patient: bool | None = shown(CARE, default=None)
    """Whether staff have allowed the patient to see it; what is not said follows from the kind of contact (FK-8)."""
    hours: tuple[Hours, ...] = shown(EVERYONE, default=())


class Person(Regional):
    """A member of staff who is somebody's named contact."""

    name: PersonName | None = shown(EVERYONE, personal=True, default=None)
    hsa_id: HsaId | None = shown(EVERYONE, personal=True, default=None)
    local_id: SourceKey | None = shown(CARE, personal=True, default=None)
    """Another id, where there is no HSA-id (FK-7)."""
    position: Code | None = shown(EVERYONE, default=None)
    """*Befattning*, a code of KV_befattning (FK-5)."""
    contact_ways: tuple[ContactWay, ...] = shown(EVERYONE, personal=True, default=())
    """Direct phone and digital ways, for this patient only (FK-8)."""
