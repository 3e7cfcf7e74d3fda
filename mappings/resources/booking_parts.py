"""What an Appointment says in extensions, since R4 has no elements for it: each a part of the booking."""

from __future__ import annotations

from mappings.codes import systems
from mappings.codes.systems import extension
from mappings.region.booking import StayLength
from mappings.region.steps import By
from mappings.region.summons import SummonsStatus, SummonsTemplate, SummonsWay
from mappings.resources.basis import INTERVAL
from mappings.resources.parts import KRONOR, identified, sub
from mappings.shape.codec import FLAG, INSTANT, MINUTES, TEXT, WHOLE, exact
from mappings.shape.template import Coding, Each, Hole

_REBOOKING = {
    "url": extension("rebooking"),
    "extension": [
        sub("from", "valueInstant", Hole("start", INSTANT)),
        sub("minutes", "valuePositiveInt", Hole("duration", MINUTES)),
        sub("reason", "valueCoding", Coding("reason", "rebook-reasons")),
        sub("at", "valueInstant", Hole("at", INSTANT)),
        sub("by", "valueCode", Hole("by", exact(By))),
        sub("toBeInvoiced", "valueBoolean", Hole("to_be_invoiced", FLAG)),
    ],
}

STEPS = [
    {
        "url": extension("arrival"),
        "extension": [
            sub("at", "valueInstant", Hole("arrival.at", INSTANT)),
            sub("payment", "valueBoolean", Hole("arrival.payment", FLAG)),
            sub("toBeInvoiced", "valueBoolean", Hole("arrival.to_be_invoiced", FLAG)),
        ],
    },
    Each("rebookings", _REBOOKING, key=("at", "start"), by={"url": extension("rebooking")}),
    {
        "url": extension("cancellation"),
        "extension": [
            sub("at", "valueInstant", Hole("cancellation.at", INSTANT)),
            sub("by", "valueCode", Hole("cancellation.by", exact(By))),
            sub("backToWaitingList", "valueBoolean", Hole("cancellation.back_to_waiting_list", FLAG)),
            sub("toBeInvoiced", "valueBoolean", Hole("cancellation.to_be_invoiced", FLAG)),
        ],
    },
]

SUMMONS = {
    "url": extension("summons"),
    "extension": [
        sub("way", "valueCode", Hole("summons.way", exact(SummonsWay))),
        sub("letterToo", "valueBoolean", Hole("summons.letter_too", FLAG)),
        sub("template", "valueCode", Hole("summons.template", exact(SummonsTemplate))),
        sub("withoutLogotype", "valueBoolean", Hole("summons.without_logotype", FLAG)),
        sub("text", "valueString", Hole("summons.text", TEXT)),
        sub("attachment", "valueString", Hole("summons.attachment", TEXT)),
        sub("hasAccount", "valueBoolean", Hole("summons.has_account", FLAG)),
        sub("wantsNoLetters", "valueBoolean", Hole("summons.wants_no_letters", FLAG)),
        sub("status", "valueCode", Hole("summons.status", exact(SummonsStatus))),
        sub("statusAt", "valueInstant", Hole("summons.status_at", INSTANT)),
    ],
}

ADMISSION = {
    "url": extension("admission"),
    "extension": [
        sub("reason", "valueString", Hole("admission.reason", TEXT)),
        sub("estimatedLength", "valueCode", Hole("admission.estimated_length", exact(StayLength))),
        sub("days", "valuePositiveInt", Hole("admission.days", WHOLE)),
        sub("activitiesBefore", "valueString", Hole("admission.activities_before", TEXT)),
        sub("activitiesDuring", "valueString", Hole("admission.activities_during", TEXT)),
        sub("other", "valueString", Hole("admission.other", TEXT)),
    ],
}

SELF_CHECK_IN = {
    "url": extension("self-check-in"),
    "extension": [
        sub("noPaymentInformation", "valueBoolean", Hole("self_check_in.no_payment_information", FLAG)),
        sub("patientFee", "valueMoney", Hole("self_check_in.patient_fee", KRONOR)),
        sub("feeReduction", "valueCoding", Coding("self_check_in.fee_reduction", "fee-reductions")),
        sub("visitCost", "valueMoney", Hole("self_check_in.visit_cost", KRONOR)),
        sub("patientInformation", "valueString", Hole("self_check_in.patient_information", TEXT)),
    ],
}

TOGETHER = [
    {
        "url": extension("series"),
        "extension": [
            sub("id", "valueString", Hole("series.id", TEXT)),
            sub("interval", "valueDuration", Hole("series.interval", INTERVAL)),
            sub("copied", "valueBoolean", Hole("series.copied", FLAG)),
            sub("oneContact", "valueBoolean", Hole("series.one_contact", FLAG)),
        ],
    },
    {
        "url": extension("group"),
        "extension": [
            sub("id", "valueString", Hole("group.id", TEXT)),
            sub("patients", "valuePositiveInt", Hole("group.patients", WHOLE)),
        ],
    },
    {
        "url": extension("chain"),
        "extension": [
            sub("id", "valueString", Hole("chain.id", TEXT)),
            sub("order", "valuePositiveInt", Hole("chain.order", WHOLE)),
            sub("primary", "valueReference", identified(systems.BOOKING, "chain.primary")),
            sub("depends", "valueBoolean", Hole("chain.depends", FLAG)),
        ],
    },
]
"""What a contact has to do with others: it is one of a series, of a group's, of a chain."""
