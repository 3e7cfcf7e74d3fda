"""What several contracts cannot say, with the reason."""

from __future__ import annotations

OF_PATIENT = {
    "patient.identities": "One identity is carried; the population register (PU) knows the others",
    "patient.lma_number": "Not in the contract",
    "patient.passport_number": "Not in the contract",
    "patient.reserve_number_decision": "Not in the contract",
    "patient.protection.set_by": "A marking protects the same whoever has set it (PI-3)",
    "patient.sex": "The population register has it",
    "patient.birth_date": "The population register has it",
    "patient.deceased": "The population register has it",
    "patient.phones": "The patient's own contact data are not in the contract",
    "patient.consented_contact_data": "Read-only, and for care alone (RE-5)",
    "patient.addresses": "The population register has them",
    "patient.region_of_registration": "The population register has it",
    "patient.registration": "The population register has it",
    "patient.deregistration": "The population register has it",
    "patient.register_asked": "Not in the contract",
    "patient.listed_unit": "Listing has contracts of its own",
    "patient.housing": "Not in the contract",
    "patient.interpreter": "Not in the contract",
    "patient.memberships": "Who pays is not in the contract",
    "patient.relations": "Guardians and contact persons are not in the contract",
}
"""Of a contract that names the patient, by name and identity."""

OF_PATIENT_BY_NUMBER = OF_PATIENT | {
    "patient.name": "A patient is known by her number alone",
    "patient.protection.kind": "The contract has no marking: the population register (PU) has it, and must be asked",
}
"""Of a contract that knows the patient by her number alone."""

OF_ATTESTED = {"attested": "The sender's word to the gateway's rules"}

OF_APPOINTING = {
    "need": "How a contact comes about stays with care (FK-9)",
    "not_appointed": "Only appointed contacts are in the contract",
    "told": "That the patient was told stays with care",
    "replaces": "The contract knows no predecessor",
    "coordination": "How contacts work together stays with care (FK-15)",
    "written_in": "Where in its source it was written stays with care (FK-19)",
}
"""Of a contract that tells of named contacts."""
