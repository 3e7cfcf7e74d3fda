"""The named contact (*fast kontakt*): one person who is there for one patient."""

from __future__ import annotations

from enum import StrEnum

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from mappings.region.field import CARE, EVERYONE, Regional, shown
from mappings.region.people import Patient, Person
from mappings.region.unit import Team, Unit
from mappings.region.values import Code, Day, SourceKey, Text


class ContactKind(StrEnum):
    """Kinds of named contact (FK-1). The first four are the national code system's."""

    PHYSICIAN = "physician"
    """*Fast läkarkontakt i primärvård* (FK-2)."""
    CARE_CONTACT = "careContact"
    """*Fast vårdkontakt* (FK-3)."""
    COORDINATING = "coordinatingCareContact"
    """*Fast vårdkontakt med övergripande samordningsansvar* (FK-3)."""
    HOME_CARE = "homeCareContact"
    """*Fast omsorgskontakt i hemtjänsten* (FK-4)."""
    OTHER = "other"
    """Contact nurse, diabetes nurse and the like, with a role of the region's own (FK-13)."""


class ContactStatus(StrEnum):
    """Where a contact stands; the states before it is appointed come with FK-9."""

    ACTIVE = "active"
    ENDED = "ended"
    ANNULLED = "annulled"


class Competence(StrEnum):
    """What makes a physician a fixed physician in primary care (FK-2)."""

    GENERAL_MEDICINE = "generalMedicine"
    IN_TRAINING = "generalMedicineInTraining"
    PAEDIATRICS = "paediatrics"
    GERIATRICS = "geriatrics"
    EQUAL = "equalCompetence"


class AssistantNurse(StrEnum):
    """What makes somebody a home-care contact (FK-4)."""

    PROTECTED_TITLE = "protectedTitle"
    EMPLOYED_2023 = "employedOn2023-07-01"
    """Permanently employed under the title on that day: until 2033-06-30."""


class Missing(StrEnum):
    """Mandatory items that a contact may lack: it is then incomplete (FK-11)."""

    PERSON_HSA_ID = "person.hsaId"
    PERSON_ID = "person.id"
    PERSON_POSITION = "person.position"
    TEAM_ID = "team.id"
    TEAM_NAME = "team.name"
    UNIT = "unit"
    UNIT_ID = "unit.id"
    UNIT_NAME = "unit.name"
    UNIT_ADDRESS = "unit.address"
    UNIT_TOWN = "unit.town"
    UNIT_E_SERVICES = "unit.eServices"
    UNIT_PUBLIC_PHONE = "unit.publicPhone"
    UNIT_CARE_TO_CARE_PHONE = "unit.careToCarePhone"


class Attestation(Regional):
    """The sender's word for what data cannot show."""

    competence: Competence | None = shown(CARE, default=None)
    """FK-2: what kind of physician."""
    listed_at_unit: bool | None = shown(CARE, default=None)
    """FK-2: the patient is listed at the unit."""
    regionally_funded: bool | None = shown(CARE, default=None)
    """FK-2: the unit is primary care that the region pays for."""
    life_threatening: bool | None = shown(CARE, personal=True, default=None)
    """FK-3: the patient's condition is life-threatening (*livshotande tillstånd*)."""
    licensed_physician: bool | None = shown(CARE, default=None)
    """FK-3: the contact is a licensed physician."""
    assistant_nurse: AssistantNurse | None = shown(CARE, default=None)
    """FK-4."""
    part_of_unit: bool | None = shown(CARE, default=None)
    """FK-4: the contact belongs to the unit that carries out the care."""

    @model_validator(mode="after")
    def _attests_something(self) -> Attestation:
        if all(value is None for _, value in self):
            raise PydanticCustomError("IN-9", "an attestation of nothing")
        return self


class NamedContact(Regional):
    """A named person who co-ordinates or answers for a patient's care."""

    source: SourceKey = shown(EVERYONE)
    id: SourceKey = shown(EVERYONE)
    """The source's own id of the contact."""
    version: int = shown(CARE, ge=0, le=2**63 - 1)
    patient: Patient = shown(EVERYONE, personal=True)
    kind: ContactKind = shown(EVERYONE)
    status: ContactStatus = shown(EVERYONE)
    role: Code | None = shown(EVERYONE, default=None)
    """What an other contact is, a code of the source's table (FK-13)."""
    about: Text | None = shown(EVERYONE, default=None)
    """What to turn to the contact about (FK-13)."""
    start: Day | None = shown(EVERYONE, default=None)
    end: Day | None = shown(EVERYONE, default=None)
    """The last day."""
    person: Person = shown(EVERYONE, personal=True)
    unit: Unit | None = shown(EVERYONE, default=None)
    """Where the contact works; what is left out is filled in from the region's catalogue."""
    team: Team | None = shown(EVERYONE, default=None)
    attested: Attestation | None = shown(CARE, default=None)
    missing: tuple[Missing, ...] = shown(CARE, default=())
    """Derived: the mandatory items that it lacks; not empty means incomplete (FK-11)."""
