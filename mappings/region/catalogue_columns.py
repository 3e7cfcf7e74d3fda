"""What each file of a region's folder holds: its columns, and what may stand in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

YES_OR_NO = frozenset({"", "yes", "no"})

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
    optional: bool = False
    """A source that does not have the table has no file of it; then none of its codes is known."""


OF_SOURCE: Mapping[str, Columns] = MappingProxyType(
    {
        "contact-types": Columns(("kva",), allows={"kva": CONTACT_KVA}),
        "visit-types": Columns(("hl7", "new"), allows={"hl7": APPOINTMENT_REASONS, "new": YES_OR_NO}),
        "professions": Columns(
            ("staff_category", "physician"),
            refers={"staff_category": "staff-categories"},
            allows={"physician": YES_OR_NO},
        ),
        "staff-categories": Columns(),
        "care-services": Columns(
            ("profession", "contact_type", "visit_type", "minutes", "adjustable", "team"),
            refers={"profession": "professions", "contact_type": "contact-types", "visit_type": "visit-types"},
            allows={"adjustable": YES_OR_NO, "team": frozenset({"", "owner", "participation"})},
        ),
        "cancel-reasons": Columns(
            ("hl7", "by"), allows={"hl7": CANCELLATION_REASONS, "by": frozenset({"", "care", "patient"})}
        ),
        "customers": Columns(("region",), refers={"region": "regions"}),
        "agreements": Columns(("administration",)),
        "category1": Columns(),
        "contact-roles": Columns(),
        # of care events
        "contact-reasons": Columns(
            ("visit_types",),
            refers={"visit_types": "visit-types"},
            several=frozenset({"visit_types"}),
            optional=True,
        ),
        "add-ons": Columns(("kind",), allows={"kind": ADD_ONS}, optional=True),
        "care-areas": Columns(("event_type",), allows={"event_type": OUTPATIENT_TYPES}, optional=True),
        "visit-kinds": Columns(("new",), allows={"new": YES_OR_NO}, optional=True),
        "outcome-reasons": Columns(
            ("outcome",), allows={"outcome": frozenset({"endCommitment", "wait"})}, optional=True
        ),
        "admit-sources": Columns(optional=True),
        "discharge-destinations": Columns(optional=True),
        "principals": Columns(optional=True),
        "problem-codes": Columns(optional=True),
        "referral-codes": Columns(optional=True),
        "fee-exemptions": Columns(optional=True),
        "ways-of-payment": Columns(optional=True),
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
E_SERVICE_COLUMNS = ("unit", "name", "url")
