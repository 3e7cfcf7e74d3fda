"""What each file of a region's folder holds: its columns, and what may stand in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from mappings.region.direct_case import CareStaff, DirectContact

YES_OR_NO = frozenset({"", "yes", "no"})
STEPPERS = frozenset({"", "care", "patient", "system"})
"""Who a reason is for: all whom it is not said of take those of care."""

# SDV 7.4 (CO-1): `visit` for contacts that have their form's code; empty for those that have none, never a guessed one
CONTACT_KVA = frozenset({"", "visit", "XS003", "XS012", "XS014"})

# http://terminology.hl7.org/CodeSystem/v2-0276
APPOINTMENT_REASONS = frozenset({"", "CHECKUP", "EMERGENCY", "FOLLOWUP", "ROUTINE", "WALKIN"})

# http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason
CANCELLATION_REASONS = frozenset(
    {"", "pat", "pat-cpp", "pat-crs", "pat-dec", "pat-fb", "pat-lt", "pat-mt", "pat-mv", "pat-preg", "pat-swl"}
    | {"pat-ucp", "prov", "prov-dch", "prov-edu", "prov-hosp", "prov-labs", "prov-mri", "prov-onc", "prov-pers"}
    | {"maint", "meds-inc", "other", "oth-cms", "oth-err", "oth-fin", "oth-int", "oth-iv", "oth-mu", "oth-oerr"}
    | {"oth-room", "oth-swie", "oth-weath"}
)


# DIREKT 4.3 (DK-1): the part that a contact type plays in 1177 direkt
DIRECT_CONTACTS = frozenset({"", *DirectContact})

# DIREKT 4.1 (DK-8): types of time book that the e-services know nothing of
TIME_BOOKS = frozenset({"", "direct"})

# DIREKT 3.1 (DK-6): a physician is one already by the column of that name
CARE_STAFF = frozenset({"", *CareStaff}) - {CareStaff.PHYSICIAN}
# SDV 3.2.1 (EV-8): categories of add-ons
ADD_ONS = frozenset({"", "resources", "participants", "sampling", "xray", "interpreter", "elsewhere"})

# SDV 3.1.1.5 (EV-2): what a booked visit in a care area becomes on arrival; empty where nothing says it
OUTPATIENT_TYPES = frozenset({"", "primaryCare", "specialised", "specialisedPlace", "diagnostics", "clinicalOngoing"})


@dataclass(frozen=True, slots=True)
class Columns:
    """What a table's file holds beside `code` and `display`."""

    names: tuple[str, ...] = ()
    refers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Columns whose values are codes of another table; empty is allowed."""
    allows: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))
    several: frozenset[str] = frozenset()
    """Columns that hold several codes, set apart by `|`."""
    more: tuple[str, ...] = ()
    """Further columns, which the file may leave out."""
    words: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))
    """Columns that hold any number of these words, set apart by spaces."""
    once: frozenset[str] = frozenset()
    """Columns in which no value stands twice."""
    demanded: bool = True
    """Whether every source must have the file."""


OF_SOURCE: Mapping[str, Columns] = MappingProxyType(
    {
        "contact-types": Columns(
            ("kva",),
            allows={
                "kva": CONTACT_KVA,
                "distance": YES_OR_NO,
                "letter_needs": frozenset({"", "phrase", "place"}),
                "self_check_in": YES_OR_NO,
                "direct": DIRECT_CONTACTS,
            },
            more=("distance", "letter_needs", "self_check_in", "direct"),
            once=frozenset({"direct"}),
        ),
        "visit-types": Columns(("hl7", "new"), allows={"hl7": APPOINTMENT_REASONS, "new": YES_OR_NO}),
        "professions": Columns(
            ("staff_category", "physician"),
            refers={"staff_category": "staff-categories"},
            allows={"physician": YES_OR_NO, "care_staff": CARE_STAFF},
        ),
        "staff-categories": Columns(),
        "care-services": Columns(
            ("profession", "contact_type", "visit_type", "minutes", "adjustable", "team"),
            refers={"profession": "professions", "contact_type": "contact-types", "visit_type": "visit-types"},
            allows={
                "adjustable": YES_OR_NO,
                "team": frozenset({"", "owner", "participation"}),
                "web": YES_OR_NO,
                "demands_basis": YES_OR_NO,
                "back_to_waiting_list": YES_OR_NO,
                "time_book": TIME_BOOKS,
            },
            more=("web", "patient_may", "demands_basis", "back_to_waiting_list", "web_text", "time_book"),
            words={"patient_may": frozenset({"see", "cancel", "rebook", "book"})},
        ),
        "cancel-reasons": Columns(
            ("hl7", "by"),
            allows={"hl7": CANCELLATION_REASONS, "by": STEPPERS, "invoice": YES_OR_NO},
            more=("invoice",),
        ),
        "rebook-reasons": Columns(
            ("by", "invoice", "special"),
            allows={"by": STEPPERS, "invoice": YES_OR_NO, "special": YES_OR_NO},
            demanded=False,
        ),
        "deviation-reasons": Columns(
            ("kind",), allows={"kind": frozenset({"medical", "patient", "special", "unit"})}, demanded=False
        ),
        "customers": Columns(("region",), refers={"region": "regions"}),
        "agreements": Columns(("administration",)),
        "category1": Columns(),
        "category2": Columns(demanded=False),
        "contact-reasons": Columns(
            refers={"visit_types": "visit-types"},
            several=frozenset({"visit_types"}),
            more=("visit_types", "text", "preparation", "information"),
            demanded=False,
        ),
        "add-ons": Columns(allows={"kind": ADD_ONS}, more=("text", "kind"), demanded=False),
        "fee-reductions": Columns(demanded=False),
        "fictitious-staff": Columns(demanded=False),
        "rooms": Columns(demanded=False),
        "equipment": Columns(demanded=False),
        "contact-roles": Columns(),
        "care-areas": Columns(("event_type",), allows={"event_type": OUTPATIENT_TYPES}, demanded=False),
        "visit-kinds": Columns(("new",), allows={"new": YES_OR_NO}, demanded=False),
        "outcome-reasons": Columns(
            ("outcome",), allows={"outcome": frozenset({"endCommitment", "wait"})}, demanded=False
        ),
        "admit-sources": Columns(demanded=False),
        "discharge-destinations": Columns(demanded=False),
        "principals": Columns(demanded=False),
        "problem-codes": Columns(demanded=False),
        "referral-codes": Columns(demanded=False),
        "fee-exemptions": Columns(demanded=False),
        "ways-of-payment": Columns(demanded=False),
    }
)
"""Tables that each source system has for itself."""

UNIT_COLUMNS = (
    "hsa_id",
    "name",
    "administration",
    "street",
    "postal_code",
    "town",
    "public_phone",
    "care_to_care_phone",
)
UNIT_SAYS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "care_form": frozenset({"", "outpatient", "inpatient", "homecare"}),
        "web_time_book": YES_OR_NO,
        "self_check_in": YES_OR_NO,
        "referral_demanded": YES_OR_NO,
        "special_wait": YES_OR_NO,
    }
)
"""What the file of units may say besides, for the rules: form of care, web time book, mobile self check-in, whether a
referral is demanded (BO-23), and whether it is for children and young people with mental ill-health (BO-7)."""
UNIT_NAMES = ("institution", "care_provider")
"""What it may say besides that is another of its units: the producing institution, where it is not the unit itself
(OR-2), and the care provider (*vårdgivare*), who is answerable for it."""
E_SERVICE_COLUMNS = ("unit", "name", "url")
