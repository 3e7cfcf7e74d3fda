"""What each file of a region's folder holds: its columns, and what may stand in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from mappings.region.direct_case import CareStaff, DirectContact

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


# DIREKT 4.3 (DK-1): the part that a contact type plays in 1177 direkt
DIRECT_CONTACTS = frozenset({"", *DirectContact})

# DIREKT 3.1 (DK-6): a physician is one already by the column of that name
CARE_STAFF = frozenset({"", *CareStaff}) - {CareStaff.PHYSICIAN}


@dataclass(frozen=True, slots=True)
class Columns:
    """What a table's file holds beside `code` and `display`."""

    names: tuple[str, ...] = ()
    refers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Columns whose values are codes of another table; empty is allowed."""
    allows: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))
    """What may stand in a column; one that is not among `names` may be left out of the file."""
    once: frozenset[str] = frozenset()
    """Columns in which no value stands twice."""


OF_SOURCE: Mapping[str, Columns] = MappingProxyType(
    {
        "contact-types": Columns(
            ("kva",),
            allows={"kva": CONTACT_KVA, "direct": DIRECT_CONTACTS},
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
            allows={"adjustable": YES_OR_NO, "team": frozenset({"", "owner", "participation"})},
        ),
        "cancel-reasons": Columns(
            ("hl7", "by"), allows={"hl7": CANCELLATION_REASONS, "by": frozenset({"", "care", "patient"})}
        ),
        "customers": Columns(("region",), refers={"region": "regions"}),
        "agreements": Columns(("administration",)),
        "category1": Columns(),
        "contact-roles": Columns(),
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
