"""Invariants of the resources, but for Bundle's: app-1 on https://hl7.org/fhir/R4/appointment.html, and so on."""

from __future__ import annotations

from typing import Final

from mappings.problem import Json

from .contained import kinds_of_contained
from .invariant import Invariant, has, needs
from .references import Around, pointed_at

MEMBERS: Final = ("Practitioner", "PractitionerRole", "RelatedPerson", "Patient", "Organization", "CareTeam")
"""What CareTeam.participant.member may point to."""


def _timed(value: Json) -> bool:
    both = has(value, "start") and has(value, "end")
    return both or value.get("status") in ("proposed", "cancelled", "waitlist")


def _reason_of_cancelling(value: Json) -> bool:
    # `no-show` is R4's misprint for `noshow`: HL7's validator, and so every strict server, holds to it
    return "cancelationReason" not in value or value.get("status") in ("cancelled", "no-show")


def _on_behalf_of_practitioner(team: Json) -> bool:
    around = Around(kinds_of_contained(team))
    members = [each.get("member", {}) for each in team.get("participant", ()) if "onBehalfOf" in each]
    kinds = [pointed_at(member["reference"], around, MEMBERS) for member in members if "reference" in member]
    return all(kind == "Practitioner" or kind not in MEMBERS for kind in kinds)


_OVER: Final = ("inactive", "remission", "resolved")
_OF_CONDITIONS: Final = "http://terminology.hl7.org/CodeSystem/condition-"


def _is(condition: Json, element: str, *codes: str) -> bool:
    """Whether a status of a condition is one of these."""
    listed = condition.get(element, {}).get("coding", ())
    return any(one.get("code") in codes and one.get("system", "").startswith(_OF_CONDITIONS) for one in listed)


OF_RESOURCES: Final = (
    Invariant(
        "app-1",
        ("Appointment.participant",),
        lambda p: "type" in p or "actor" in p,
        "En deltagare ska ha type eller actor.",
        "A participant must have a type or an actor.",
    ),
    Invariant(
        "app-2",
        ("Appointment",),
        lambda a: has(a, "start") == has(a, "end"),
        "Antingen anges både start och end eller ingendera.",
        "Either both start and end are given, or neither.",
    ),
    Invariant(
        "app-3",
        ("Appointment",),
        _timed,
        "Bara vid status proposed, cancelled och waitlist får start och end saknas.",
        "Only with status proposed, cancelled or waitlist may start and end be missing.",
    ),
    Invariant(
        "app-4",
        ("Appointment",),
        _reason_of_cancelling,
        "cancelationReason får bara anges vid status cancelled.",
        "Only with status cancelled may a cancelationReason be given.",
    ),
    Invariant(
        "con-1",
        ("Condition.stage",),
        lambda s: "summary" in s or "assessment" in s,
        "Ett stadium ska ha summary eller assessment.",
        "A stage must have a summary or an assessment.",
    ),
    Invariant(
        "con-2",
        ("Condition.evidence",),
        lambda e: "code" in e or "detail" in e,
        "Ett underlag ska ha code eller detail.",
        "Evidence must have a code or a detail.",
    ),
    Invariant(
        "con-4",
        ("Condition",),
        lambda c: not any(key.startswith("abatement") for key in c) or _is(c, "clinicalStatus", *_OVER),
        "Bara ett tillstånd som är över har abatement: clinicalStatus ska vara inactive, remission eller resolved.",
        "Only a condition that is over has an abatement: clinicalStatus must be inactive, remission or resolved.",
    ),
    Invariant(
        "con-5",
        ("Condition",),
        lambda c: "clinicalStatus" not in c or not _is(c, "verificationStatus", "entered-in-error"),
        "Det som är felregistrerat har ingen clinicalStatus.",
        "What is entered in error has no clinicalStatus.",
    ),
    Invariant(
        "ctm-1",
        ("CareTeam",),
        _on_behalf_of_practitioner,
        "onBehalfOf får bara anges när member är en Practitioner.",
        "onBehalfOf may only be given where the member is a Practitioner.",
    ),
    Invariant(
        "org-1",
        ("Organization",),
        lambda o: "identifier" in o or has(o, "name"),
        "En organisation ska ha namn eller identifierare.",
        "An organization must have a name or an identifier.",
    ),
    Invariant(
        "org-2",
        ("Organization.address",),
        lambda a: a.get("use") != "home",
        "En organisations adress kan inte vara en hemadress.",
        "The address of an organization can never be of use home.",
    ),
    Invariant(
        "org-3",
        ("Organization.telecom",),
        lambda t: t.get("use") != "home",
        "En organisations telekom kan inte vara till ett hem.",
        "The telecom of an organization can never be of use home.",
    ),
    Invariant(
        "pat-1",
        ("Patient.contact",),
        lambda c: not {"name", "telecom", "address", "organization"}.isdisjoint(c),
        "En kontaktperson ska ha namn, telekom, adress eller organisation.",
        "A contact must have a name, telecom, address or organization.",
    ),
    Invariant(
        "prr-1",
        ("ServiceRequest",),
        needs("orderDetail", "code"),
        "orderDetail får bara anges tillsammans med code.",
        "orderDetail may only be given together with code.",
    ),
)
