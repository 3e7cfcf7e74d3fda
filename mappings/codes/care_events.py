"""What follows from the type of a care event (SDV 3.1.1, 3.1.3): its class, check-out and discharge."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from mappings.region.care_event import EventType as T


class EventClass(StrEnum):
    """*Vårdhändelseklass* (EV-1)."""

    ACUTE = "acute"
    PRE_REGISTRATION = "preRegistration"
    OBSERVATION = "observation"
    INPATIENT = "inpatient"
    OUTPATIENT = "outpatient"
    OTHER = "other"


class Ending(StrEnum):
    """How an event is checked out, or discharged (EV-7)."""

    MANUAL = "manual"
    AUTOMATIC = "automatic"
    """Discharge then at 23:59."""
    CONVERTED = "converted"
    """It becomes another type, or is ended by hand (EV-17)."""
    NONE = "none"
    """*Inte tillämpbar*."""


class Kind(NamedTuple):
    """One row of the source's tables."""

    of: EventClass
    check_out: Ending
    discharge: Ending


KIND: Final = MappingProxyType(
    {
        T.SPECIALISED: Kind(EventClass.OUTPATIENT, Ending.MANUAL, Ending.AUTOMATIC),
        T.PRIMARY_CARE: Kind(EventClass.OUTPATIENT, Ending.AUTOMATIC, Ending.AUTOMATIC),
        T.SPECIALISED_PLACE: Kind(EventClass.OUTPATIENT, Ending.MANUAL, Ending.MANUAL),
        T.DIAGNOSTICS: Kind(EventClass.OUTPATIENT, Ending.AUTOMATIC, Ending.AUTOMATIC),
        T.OUTPATIENT_CONSULT: Kind(EventClass.OUTPATIENT, Ending.AUTOMATIC, Ending.AUTOMATIC),
        T.CLINICAL_ONGOING: Kind(EventClass.OUTPATIENT, Ending.NONE, Ending.MANUAL),
        T.WITHOUT_VISIT: Kind(EventClass.OUTPATIENT, Ending.NONE, Ending.AUTOMATIC),
        T.INPATIENT: Kind(EventClass.INPATIENT, Ending.NONE, Ending.MANUAL),
        T.NEWBORN: Kind(EventClass.INPATIENT, Ending.NONE, Ending.MANUAL),
        T.ACUTE: Kind(EventClass.ACUTE, Ending.NONE, Ending.MANUAL),
        T.OBSERVATION: Kind(EventClass.OBSERVATION, Ending.NONE, Ending.MANUAL),
        T.PRE_REGISTERED_ADMISSION: Kind(EventClass.PRE_REGISTRATION, Ending.NONE, Ending.CONVERTED),
        T.PRE_REGISTERED_OUTPATIENT: Kind(EventClass.PRE_REGISTRATION, Ending.NONE, Ending.CONVERTED),
        T.HIDDEN_OUTPATIENT: Kind(EventClass.PRE_REGISTRATION, Ending.NONE, Ending.CONVERTED),
        T.PRE_REGISTERED_DIAGNOSTICS: Kind(EventClass.PRE_REGISTRATION, Ending.NONE, Ending.CONVERTED),
        T.MISSED: Kind(EventClass.OTHER, Ending.NONE, Ending.AUTOMATIC),
        T.ADMIN: Kind(EventClass.OTHER, Ending.NONE, Ending.NONE),
        T.FOETUS: Kind(EventClass.OTHER, Ending.NONE, Ending.NONE),
        T.ANNULLED: Kind(EventClass.OTHER, Ending.NONE, Ending.MANUAL),
        T.HISTORICAL: Kind(EventClass.OTHER, Ending.NONE, Ending.NONE),
    }
)
"""SDV 3.1.3, row by row, with the class of 3.1.1."""

NEED_COMMITMENT: Final = frozenset({T.SPECIALISED, T.SPECIALISED_PLACE})
"""*Krav på vårdåtagande* (SDV 3.1.1.5, EV-5)."""

CODED: Final = frozenset(
    {T.ACUTE, T.OBSERVATION, T.INPATIENT, T.PRIMARY_CARE, T.SPECIALISED, T.SPECIALISED_PLACE, T.CLINICAL_ONGOING}
    | {T.OUTPATIENT_CONSULT}
)
"""Types in which the patient is met, so that they are coded (SDV 7.4, CO-3); a contact without visit is coded where it
replaces one."""


def class_of(event_type: T | None) -> EventClass | None:
    """The class that a type is of; None where the type is not known."""
    return KIND[event_type].of if event_type else None
