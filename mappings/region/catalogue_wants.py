"""What a complete region would have: tables, and values that some row has; and what cannot be said without each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Lost:
    """What cannot be said, and the rule by which it would be."""

    rule: str
    sv: str
    en: str


TABLES: Mapping[str, Lost] = MappingProxyType(
    {
        "contact-types": Lost("BO-3", "ingen bokning har en kontakttyp", "no booking has a contact type"),
        "visit-types": Lost("BO-10", "ingen bokning har en besökstyp", "no booking has a visit type"),
        "professions": Lost("BO-3", "ingen rad har en yrkesroll", "no line has a profession"),
        "staff-categories": Lost(
            "CO-2", "medarbetarnas KVÅ-koder (XS91x) kan inte härledas", "members' KVÅ codes (XS91x) cannot be derived"
        ),
        "care-services": Lost("BO-3", "ingenting kan bokas", "nothing can be booked"),
        "cancel-reasons": Lost("CA-1", "ingenting kan avbokas", "nothing can be cancelled"),
        "rebook-reasons": Lost("RB-1", "ingenting kan bokas om", "nothing can be rebooked"),
        "deviation-reasons": Lost(
            "BO-6",
            "ingen kan säga varför en tid ligger senare än bevakningsintervallet",
            "nobody can say why a time is later than the watch interval",
        ),
        "customers": Lost("ID-6", "ingen bokning har en kund", "no booking has a customer"),
        "agreements": Lost("ID-6", "ingen bokning har ett avtal", "no booking has an agreement"),
        "category1": Lost("BO-11", "inget underlag har en diagnoskategori", "no basis has a category of diagnosis"),
        "category2": Lost(
            "BO-11",
            "inget underlag har en åtgärdskategori eller vårdgarantins koder",
            "no basis has a category of action, or the codes of the care guarantee",
        ),
        "contact-reasons": Lost("EV-8", "ingen kontakt har en vårdkontaktsorsak", "no contact has a contact reason"),
        "add-ons": Lost("EV-8", "ingen kontakt har tillval", "no contact has add-ons"),
        "fee-reductions": Lost("BO-21", "ingen avgift kan reduceras", "no fee can be reduced"),
        "rooms": Lost("BO-18", "ingenting kan bokas på en lokal", "nothing can be booked on a room"),
        "equipment": Lost("BO-18", "ingenting kan bokas på utrustning", "nothing can be booked on equipment"),
        "contact-roles": Lost("FK-13", "ingen annan fast kontakt har en roll", "no other named contact has a role"),
        "admit-sources": Lost(
            "EV-10", "ingen kan säga varifrån en patient skrivs in", "nobody can say from where a patient is admitted"
        ),
        "discharge-destinations": Lost(
            "EV-10", "ingen kan säga vart en patient skrivs ut", "nobody can say to where a patient is discharged"
        ),
        "principals": Lost("EV-19", "ingen vårdhändelse har en huvudman", "no care event has a principal"),
        "problem-codes": Lost("EV-19", "ingen vårdhändelse har en problemkod", "no care event has a problem code"),
        "referral-codes": Lost("EV-19", "ingen vårdhändelse har en remisskod", "no care event has a referral code"),
        "fee-exemptions": Lost(
            "EV-19", "ingen kan säga varför en avgift inte tas ut", "nobody can say why there is no fee"
        ),
        "ways-of-payment": Lost("EV-19", "ingen kan säga hur en avgift betalas", "nobody can say how a fee is paid"),
    }
)
"""What a source cannot say without any row in the table."""

NEED_NOT: Mapping[str, str] = MappingProxyType(
    {
        "fictitious-staff": "a source without fictitious care givers has none to name (OR-4)",
        "care-areas": "only visit types that are made of parts have one (EV-9)",
        "visit-kinds": "only visit types that are made of parts have one (EV-9)",
        "outcome-reasons": "a source that has it is asked for the outcome of its visits; another is not (EV-6)",
    }
)
"""Tables that a source may well be without, and why."""

SOME: Mapping[tuple[str, str, str], Lost] = MappingProxyType(
    {
        ("contact-types", "kva", ""): Lost(
            "CO-1", "besökens KVÅ-koder (XS90x) kan inte härledas", "visits' KVÅ codes (XS90x) cannot be derived"
        ),
        ("contact-types", "distance", "yes"): Lost(
            "SU-3", "inget är ett distansbesök, med egen text på 1177", "nothing is a distance visit, with its own text"
        ),
        ("visit-types", "new", "yes"): Lost(
            "BO-20", "ingen väntetid räknas, eftersom inget är ett nybesök", "no time waited counts: no visit is new"
        ),
        ("professions", "physician", "yes"): Lost(
            "TE-3", "ingen vet vem som är läkare i ett team", "nobody knows who is the physician of a team"
        ),
        ("care-services", "team", "owner"): Lost(
            "TE-4", "inget teambesök har en ägande vårdtjänst", "no team visit has a care service for its owner"
        ),
        ("care-services", "team", "participation"): Lost(
            "TE-4", "inget teambesök har en medverkande vårdtjänst", "no team visit has one for those who take part"
        ),
        ("care-services", "web", "yes"): Lost(
            "SU-1", "ingen digital kallelse kan skickas", "no digital summons can be sent"
        ),
        ("care-services", "demands_basis", "yes"): Lost(
            "OC-1", "ingen öppen kallelse kan skickas", "no open summons can be sent"
        ),
        ("cancel-reasons", "by", "patient"): Lost(
            "CA-1", "ingen patient kan avboka över e-tjänsten", "no patient can cancel over the e-service"
        ),
        ("cancel-reasons", "invoice", "yes"): Lost(
            "RB-3", "ingen sen avbokning kan faktureras", "no late cancelling can be invoiced"
        ),
        ("rebook-reasons", "by", "patient"): Lost(
            "RB-1", "ingen patient kan boka om över e-tjänsten", "no patient can rebook over the e-service"
        ),
        ("rebook-reasons", "invoice", "yes"): Lost(
            "RB-3", "ingen sen ombokning kan faktureras", "no late rebooking can be invoiced"
        ),
        ("deviation-reasons", "kind", "medical"): Lost(
            "BO-34", "ingen väntan är medicinskt orsakad", "no wait has a medical cause"
        ),
        ("deviation-reasons", "kind", "patient"): Lost(
            "BO-34", "ingen väntan är patientens val", "no wait is the patient's choice"
        ),
        ("deviation-reasons", "kind", "unit"): Lost("BO-6", "ingen väntan är verksamhetens", "no wait is the unit's"),
    }
)
"""(table, column, value): what a source cannot say while no row has the value there; where it is empty, any value."""
