"""Named contacts as GetCareManagers 1.0 RC2 has them (RIV-TA, XML)."""

from __future__ import annotations

from typing import Any

from mappings.codes.tables import CONTACT_KIND, CONTACT_KIND_TERM, POSITIONS
from mappings.contracts import riv
from mappings.contracts.contract import Around, Assumed, Contract, Part, fact, of
from mappings.contracts.losses import OF_APPOINTING, OF_ATTESTED, OF_PATIENT_BY_NUMBER
from mappings.region.named_contact import ContactStatus, NamedContact
from mappings.shape.codec import TEXT, day_of
from mappings.shape.template import Each, Hole

DOMAIN = "urn:riv:coreprocess:residentparticipation:residentparticipation"

CARE_MANAGER = Part(
    "careManager",
    {
        "careManagerHeader": {
            "accessControlHeader": {
                "accountableHealthcareProviderId": riv.hsa(fact(lambda at: at.source.care_giver)),
                "accountableCareUnitId": riv.hsa(Hole("unit.hsa_id", TEXT)),
                "patientId": riv.patient_id(),
                "blockComparisonTime": fact(lambda at: at.registered and riv.timestamp(at.registered)),
            },
            "sourceSystemId": riv.hsa(Hole("source", TEXT)),
        },
        "code": {
            "code": of("kind", lambda _, kind: CONTACT_KIND.get(kind)),
            "codeSystem": riv.FIXED_CONTACT,
            "displayName": of("kind", lambda _, kind: CONTACT_KIND_TERM.get(kind)),
        },
        "practitioner": {
            "hsaId": riv.hsa(Hole("person.hsa_id", TEXT)),
            "name": of("person.name.text person.name.given person.name.family", riv.whole_name),
            "qualification": {
                "code": Hole("person.position", TEXT),
                "codeSystem": riv.BEFATTNING,
                "displayName": of(
                    "person.position", lambda at, code: POSITIONS.get(code) or at.source.display("positions", code)
                ),
            },
        },
        "careTeam": {
            "id": {"root": fact(lambda at: at.source.id), "extension": Hole("team.id", TEXT)},
            "name": Hole("team.name", TEXT),
            "externalNotes": Hole("team.comment", TEXT),
            "contact": [{"telecom": [riv.contact_ways("team.contact_ways")]}],
        },
        "period": {"start": Hole("start", riv.DAY), "end": Hole("end", riv.DAY)},
        "externalNotes": Hole("about", TEXT),
        "managingCareGiver": {"hsaId": riv.hsa(fact(lambda at: at.source.care_giver))},
        "managingCareUnit": {
            "hsaId": riv.hsa(Hole("unit.hsa_id", TEXT)),
            "name": Hole("unit.name", TEXT),
            "contact": [
                {
                    "telecom": [
                        riv.phone("unit.public_phone"),
                        riv.phone("unit.care_to_care_phone"),
                        riv.contact_ways("unit.contact_ways"),
                        Each(
                            "unit.e_services",
                            {
                                "system": {"code": "url", "codeSystem": riv.CONTACT_POINT_SYSTEM},
                                "value": Hole("url", TEXT),
                            },
                            key=("url",),
                        ),
                    ],
                    "address": {
                        "type": {"code": "physical", "codeSystem": riv.ADDRESS_TYPE},
                        "line": Hole("unit.street", TEXT),
                        "city": Hole("unit.town", TEXT),
                        "postalCode": Hole("unit.postal_code", TEXT),
                    },
                }
            ],
        },
        "contact": [{"telecom": [riv.contact_ways("person.contact_ways")]}],
    },
)


def _carries(contact: Any, around: Around) -> bool:
    """Active today, and of a kind that the code system knows (FK-12)."""
    today = day_of(around.now)
    current = (contact.start or today) <= today <= (contact.end or today)
    return contact.kind in CONTACT_KIND and contact.status is ContactStatus.ACTIVE and current


CARE_MANAGERS = Contract(
    name="GetCareManagers",
    title="GetCareManagers 1.0 RC2 (RIV-TA)",
    document="coreprocess:residentparticipation:residentparticipation 1.0 RC2, contract description and schemas",
    kind="named-contact",
    model=NamedContact,
    media=f'application/xml; profile="{DOMAIN}:GetCareManagersResponder:1"',
    namespaces=(f"{DOMAIN}:GetCareManagersResponder:1", f"{DOMAIN}:1"),
    item="careManager",
    parts=(CARE_MANAGER,),
    loses=OF_PATIENT_BY_NUMBER
    | OF_ATTESTED
    | OF_APPOINTING
    | {
        "id": "A care manager has no id of its own",
        "version": "Not in the contract",
        "role": "`code` is one of kv_typ_av_fast_kontakt, which has no role of a region's own",
        "unit.care_provider": "`managingCareGiver` is the source's care giver",
        "missing": "The contract does not say what is incomplete",
        "person.local_id": "`hsaId` is an HSA-id or a personal number",
        "unit.local_id": "`hsaId` is an HSA-id",
        "unit.e_services.name": "A telecom of system `url` has no name",
        "person.contact_ways.shown_to_patient": "Not in the contract: the asker's own audience decides what it holds",
        "team.contact_ways.shown_to_patient": "Likewise",
        "unit.contact_ways.shown_to_patient": "Likewise",
    },
    thins={
        "kind": "`other` has no code: such contacts are left out",
        "status": "The contract has no status: only contacts that are active today are in it",
        "start": "Mandatory in `period`: a contact without it is left out",
        "person.hsa_id": "Mandatory: a contact without it is left out",
        "person.contact_ways": "Staff are told a direct number that the patient may not see, and not that she may not",
        "unit.care_to_care_phone": "Staff are told it beside the public one, with nothing to tell them apart",
        "team.id": "`careTeam` needs id and name: a team without either is left out",
    },
    decides={"status": "Only active contacts are in it"},
    carries=_carries,
    needs=(
        "careManagerHeader.accessControlHeader.accountableHealthcareProviderId",
        "careManagerHeader.accessControlHeader.blockComparisonTime",
        "careManagerHeader.sourceSystemId",
        "code.code",
        "practitioner.hsaId",
        "period.start",
        "managingCareGiver",
    ),
    wholes={"careTeam": ("id", "name"), "managingCareUnit": ("hsaId",)},
    once=lambda contact: "physician" if CONTACT_KIND.get(contact.kind) == "2" else None,
    assumed=(
        Assumed("`DateType` in `period`: how a date is written", "YYYYMMDD, as in the examples of hours"),
        Assumed(
            "`blockComparisonTime`: when it was noted in the record, which the source does not send",
            "When the gateway took in this state of the contact",
        ),
        Assumed("`sourceSystemId`: an HSA-id", "The source's id, as region.toml has it: name it by its HSA-id"),
        Assumed("`careTeam.id.root` for a team that HSA does not know", "The source's id"),
        Assumed("`accountableCareUnitId`: 1..1 in the description, 0..1 in the schema", "0..1"),
        Assumed(
            "`internalNotes`: notes for the profession",
            "Never written: the regional model has no note that is for staff alone",
        ),
    ),
)
