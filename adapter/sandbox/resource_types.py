"""The resource types that are hosted and their search parameters: one table for indexes, searches and `metadata`.

From https://hl7.org/fhir/R4/searchparameter-registry.html. Left out are parameters on quantities, on positions and by
sound, composites, and those that only refer to types not hosted. A row is: name, type, paths (`|` between several); for
a reference the types it may lead to (`*`: any hosted; a word of `_GROUPS`: those); for a code without a system `@` and
its system. A path's `[key=value]` takes only the objects that say so.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, cast

ParamType = Literal["token", "reference", "date", "string", "uri"]


@dataclass(frozen=True, slots=True)
class SearchParam:
    type: str
    name: str
    kind: ParamType
    paths: tuple[str, ...]
    targets: tuple[str, ...] = ()
    system: str = ""

    @property
    def key(self) -> str:
        """How its rows are named in the index tables."""
        return f"{self.type}.{self.name}"


_GROUPS = {
    "actors": "Device HealthcareService Location Patient Practitioner PractitionerRole RelatedPerson",
    "agents": "Device Organization Patient Practitioner PractitionerRole RelatedPerson",
    "authors": "Device Organization Patient Practitioner PractitionerRole",
    "members": "CareTeam Organization Patient Practitioner PractitionerRole RelatedPerson",
    "performers": "CareTeam Device HealthcareService Organization Patient Practitioner PractitionerRole RelatedPerson",
    "persons": "Patient Practitioner PractitionerRole RelatedPerson",
    "senders": "Device HealthcareService Organization Patient Practitioner PractitionerRole RelatedPerson",
}
"""Targets that stand together often."""

_EVERY_TYPE = """
_lastUpdated          date      meta.lastUpdated
_profile              uri       meta.profile
_security             token     meta.security
_tag                  token     meta.tag
"""

_PERSON = """
address               string    address
address-city          string    address.city
address-country       string    address.country
address-postalcode    string    address.postalCode
address-state         string    address.state
address-use           token     address.use                    @http://hl7.org/fhir/address-use
active                token     active
email                 token     telecom[system=email].value
gender                token     gender                         @http://hl7.org/fhir/administrative-gender
identifier            token     identifier
name                  string    name
phone                 token     telecom[system=phone].value
telecom               token     telecom.value
"""

_TABLE = {
    "Appointment": """
actor                 reference participant.actor              actors
appointment-type      token     appointmentType
based-on              reference basedOn                        ServiceRequest
date                  date      start
identifier            token     identifier
location              reference participant.actor              Location
part-status           token     participant.status             @http://hl7.org/fhir/participationstatus
patient               reference participant.actor              Patient
practitioner          reference participant.actor              Practitioner
reason-code           token     reasonCode
reason-reference      reference reasonReference                Condition Procedure
service-category      token     serviceCategory
service-type          token     serviceType
slot                  reference slot                           Slot
specialty             token     specialty
status                token     status                         @http://hl7.org/fhir/appointmentstatus
supporting-info       reference supportingInformation          *
""",
    "AppointmentResponse": """
actor                 reference actor                          actors
appointment           reference appointment                    Appointment
identifier            token     identifier
location              reference actor                          Location
part-status           token     participantStatus              @http://hl7.org/fhir/participationstatus
patient               reference actor                          Patient
practitioner          reference actor                          Practitioner
""",
    "AuditEvent": """
action                token     action                         @http://hl7.org/fhir/audit-event-action
address               string    agent.network.address
agent                 reference agent.who                      agents
agent-name            string    agent.name
agent-role            token     agent.role
altid                 token     agent.altId
date                  date      recorded
entity                reference entity.what                    *
entity-name           string    entity.name
entity-role           token     entity.role
entity-type           token     entity.type
outcome               token     outcome                        @http://hl7.org/fhir/audit-event-outcome
patient               reference agent.who|entity.what          Patient
policy                uri       agent.policy
site                  token     source.site
source                reference source.observer                agents
subtype               token     subtype
type                  token     type
""",
    "CareTeam": """
category              token     category
date                  date      period
encounter             reference encounter                      Encounter
identifier            token     identifier
participant           reference participant.member             members
patient               reference subject                        Patient
status                token     status                         @http://hl7.org/fhir/care-team-status
subject               reference subject                        Patient
""",
    "Communication": """
based-on              reference basedOn                        *
category              token     category
encounter             reference encounter                      Encounter
identifier            token     identifier
instantiates-uri      uri       instantiatesUri
medium                token     medium
part-of               reference partOf                         *
patient               reference subject                        Patient
received              date      received
recipient             reference recipient                      performers
sender                reference sender                         senders
sent                  date      sent
status                token     status                         @http://hl7.org/fhir/event-status
subject               reference subject                        Patient
""",
    "Condition": """
abatement-date        date      abatementDateTime|abatementPeriod
abatement-string      string    abatementString
asserter              reference asserter                       persons
body-site             token     bodySite
category              token     category
clinical-status       token     clinicalStatus
code                  token     code
encounter             reference encounter                      Encounter
evidence              token     evidence.code
evidence-detail       reference evidence.detail                *
identifier            token     identifier
onset-date            date      onsetDateTime|onsetPeriod
onset-info            string    onsetString
patient               reference subject                        Patient
recorded-date         date      recordedDate
severity              token     severity
stage                 token     stage.summary
subject               reference subject                        Patient
verification-status   token     verificationStatus
""",
    "Coverage": """
beneficiary           reference beneficiary                    Patient
class-type            token     class.type
class-value           string    class.value
dependent             string    dependent
identifier            token     identifier
patient               reference beneficiary                    Patient
payor                 reference payor                          Organization Patient RelatedPerson
policy-holder         reference policyHolder                   Organization Patient RelatedPerson
status                token     status                         @http://hl7.org/fhir/fm-status
subscriber            reference subscriber                     Patient RelatedPerson
type                  token     type
""",
    "Device": """
device-name           string    deviceName.name|type.coding.display|type.text
identifier            token     identifier
location              reference location                       Location
manufacturer          string    manufacturer
model                 string    modelNumber
organization          reference owner                          Organization
patient               reference patient                        Patient
status                token     status                         @http://hl7.org/fhir/device-status
type                  token     type
udi-carrier           string    udiCarrier.carrierHRF
udi-di                string    udiCarrier.deviceIdentifier
url                   uri       url
""",
    "Encounter": """
appointment           reference appointment                    Appointment
based-on              reference basedOn                        ServiceRequest
class                 token     class
date                  date      period
diagnosis             reference diagnosis.condition            Condition Procedure
episode-of-care       reference episodeOfCare                  EpisodeOfCare
identifier            token     identifier
location              reference location.location              Location
location-period       date      location.period
part-of               reference partOf                         Encounter
participant           reference participant.individual         Practitioner PractitionerRole RelatedPerson
participant-type      token     participant.type
patient               reference subject                        Patient
practitioner          reference participant.individual         Practitioner
reason-code           token     reasonCode
reason-reference      reference reasonReference                Condition Procedure
service-provider      reference serviceProvider                Organization
special-arrangement   token     hospitalization.specialArrangement
status                token     status                         @http://hl7.org/fhir/encounter-status
subject               reference subject                        Patient
type                  token     type
""",
    "EpisodeOfCare": """
care-manager          reference careManager                    Practitioner
condition             reference diagnosis.condition            Condition
date                  date      period
identifier            token     identifier
incoming-referral     reference referralRequest                ServiceRequest
organization          reference managingOrganization           Organization
patient               reference patient                        Patient
status                token     status                         @http://hl7.org/fhir/episode-of-care-status
type                  token     type
""",
    "Flag": """
author                reference author                         authors
date                  date      period
encounter             reference encounter                      Encounter
identifier            token     identifier
patient               reference subject                        Patient
subject               reference subject                        Location Organization Patient Practitioner Procedure
""",
    "HealthcareService": """
active                token     active
characteristic        token     characteristic
coverage-area         reference coverageArea                   Location
identifier            token     identifier
location              reference location                       Location
name                  string    name
organization          reference providedBy                     Organization
program               token     program
service-category      token     category
service-type          token     type
specialty             token     specialty
""",
    "Location": """
address               string    address
address-city          string    address.city
address-country       string    address.country
address-postalcode    string    address.postalCode
address-state         string    address.state
address-use           token     address.use                    @http://hl7.org/fhir/address-use
identifier            token     identifier
name                  string    name|alias
operational-status    token     operationalStatus
organization          reference managingOrganization           Organization
partof                reference partOf                         Location
status                token     status                         @http://hl7.org/fhir/location-status
type                  token     type
""",
    "Organization": """
active                token     active
address               string    address
address-city          string    address.city
address-country       string    address.country
address-postalcode    string    address.postalCode
address-state         string    address.state
address-use           token     address.use                    @http://hl7.org/fhir/address-use
identifier            token     identifier
name                  string    name|alias
partof                reference partOf                         Organization
type                  token     type
""",
    "Patient": _PERSON
    + """
birthdate             date      birthDate
death-date            date      deceasedDateTime
family                string    name.family
general-practitioner  reference generalPractitioner            Organization Practitioner PractitionerRole
given                 string    name.given
language              token     communication.language
link                  reference link.other                     Patient RelatedPerson
organization          reference managingOrganization           Organization
""",
    "Practitioner": _PERSON
    + """
communication         token     communication
family                string    name.family
given                 string    name.given
""",
    "PractitionerRole": """
active                token     active
date                  date      period
email                 token     telecom[system=email].value
identifier            token     identifier
location              reference location                       Location
organization          reference organization                   Organization
phone                 token     telecom[system=phone].value
practitioner          reference practitioner                   Practitioner
role                  token     code
service               reference healthcareService              HealthcareService
specialty             token     specialty
telecom               token     telecom.value
""",
    "Procedure": """
based-on              reference basedOn                        ServiceRequest
category              token     category
code                  token     code
date                  date      performedDateTime|performedPeriod
encounter             reference encounter                      Encounter
identifier            token     identifier
instantiates-uri      uri       instantiatesUri
location              reference location                       Location
part-of               reference partOf                         Procedure
patient               reference subject                        Patient
performer             reference performer.actor                agents
reason-code           token     reasonCode
reason-reference      reference reasonReference                Condition Procedure
status                token     status                         @http://hl7.org/fhir/event-status
subject               reference subject                        Patient
""",
    "Provenance": """
agent                 reference agent.who                      agents
agent-role            token     agent.role
agent-type            token     agent.type
entity                reference entity.what                    *
location              reference location                       Location
patient               reference target                         Patient
recorded              date      recorded
signature-type        token     signature.type
target                reference target                         *
when                  date      occurredDateTime
""",
    "RelatedPerson": _PERSON
    + """
birthdate             date      birthDate
patient               reference patient                        Patient
relationship          token     relationship
""",
    "Schedule": """
active                token     active
actor                 reference actor                          actors
date                  date      planningHorizon
identifier            token     identifier
service-category      token     serviceCategory
service-type          token     serviceType
specialty             token     specialty
""",
    "ServiceRequest": """
authored              date      authoredOn
based-on              reference basedOn                        ServiceRequest
body-site             token     bodySite
category              token     category
code                  token     code
encounter             reference encounter                      Encounter
identifier            token     identifier
instantiates-uri      uri       instantiatesUri
intent                token     intent                         @http://hl7.org/fhir/request-intent
occurrence            date      occurrenceDateTime|occurrencePeriod|occurrenceTiming
patient               reference subject                        Patient
performer             reference performer                      performers
performer-type        token     performerType
priority              token     priority                       @http://hl7.org/fhir/request-priority
replaces              reference replaces                       ServiceRequest
requester             reference requester                      agents
requisition           token     requisition
status                token     status                         @http://hl7.org/fhir/request-status
subject               reference subject                        Device Location Patient
""",
    "Slot": """
appointment-type      token     appointmentType
identifier            token     identifier
schedule              reference schedule                       Schedule
service-category      token     serviceCategory
service-type          token     serviceType
specialty             token     specialty
start                 date      start
status                token     status                         @http://hl7.org/fhir/slotstatus
""",
    "Task": """
authored-on           date      authoredOn
based-on              reference basedOn                        *
business-status       token     businessStatus
code                  token     code
encounter             reference encounter                      Encounter
focus                 reference focus                          *
group-identifier      token     groupIdentifier
identifier            token     identifier
intent                token     intent                         @http://hl7.org/fhir/task-intent
modified              date      lastModified
owner                 reference owner                          performers
part-of               reference partOf                         Task
patient               reference for                            Patient
performer             token     performerType
period                date      executionPeriod
priority              token     priority                       @http://hl7.org/fhir/request-priority
requester             reference requester                      agents
status                token     status                         @http://hl7.org/fhir/task-status
subject               reference for                            *
""",
}  # fmt: skip


def _read(type_: str, row: str) -> SearchParam:
    name, kind, paths, *rest = row.split()
    system = "".join(word[1:] for word in rest if word.startswith("@"))
    named = " ".join(_GROUPS.get(word, word) for word in rest if not word.startswith("@"))
    targets = tuple(_TABLE) if named == "*" else tuple(named.split())
    return SearchParam(type_, name, cast("ParamType", kind), tuple(paths.split("|")), targets, system)


def _rows(type_: str) -> dict[str, SearchParam]:
    params = [_read(type_, row) for row in (_EVERY_TYPE + _TABLE[type_]).splitlines() if row]
    return {param.name: param for param in params}


SEARCH_PARAMS = MappingProxyType({type_: MappingProxyType(_rows(type_)) for type_ in sorted(_TABLE)})
"""By type and name. Its keys are the types that are hosted."""
