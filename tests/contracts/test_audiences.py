"""Whoever asks learns no more from a contract than from regional JSON: every field of every message, every audience."""

from __future__ import annotations

import copy
from datetime import date, timedelta
from enum import Enum
from itertools import product
from typing import Any

import orjson
import pytest
from pydantic import BaseModel, ValidationError

from mappings.contracts import CONTRACTS, Contract
from mappings.guide.fields import said as field_said
from mappings.problem import Json
from mappings.region.field import Audience, audiences
from mappings.region.reading import KINDS
from mappings.rules.visibility import PATIENTS, seen
from mappings.shape.graph import leaves
from mappings.shape.reading import snake
from tests.attacks.planting import changed
from tests.attacks.planting import leaves as values_of
from tests.contracts.telling import REGION, said
from tests.rules.full import IN_FULL
from tests.rules.messages import NOW, of_a_child

NAMED = [pytest.param(contract, id=f"{contract.name} of {contract.kind}") for contract in CONTRACTS]

AS_IT_IS = frozenset({"source", "patient.identity.value", "start", "end", "lines.care_service"})
"""By which the message is known, and on which it depends whether the patient is shown it: who sees it sees these."""


def planted(contract: Contract) -> tuple[Any, dict[str, str]]:
    """A message in which every word, number and date stands nowhere else; and field -> what stands in it."""
    model = KINDS[contract.kind]
    message: Json = copy.deepcopy(_seen_by_all(contract.kind))
    secrets: dict[str, str] = {}
    for number, (at, value) in enumerate(values_of(message)):
        field = ".".join(snake(step) for step in at if isinstance(step, str))
        if not isinstance(value, str) or field in AS_IT_IS or _enumerated(model, field):
            continue
        for secret in (f"Hemlig{number:04}x", (date(2030, 1, 1) + timedelta(days=number)).isoformat(), f"P{number}D"):
            if _fits(model, other := changed(message, at, secret)):
                message, secrets[field] = other, secret
                break
    return model.model_validate_json(orjson.dumps(message)), secrets


def _seen_by_all(kind: str) -> Json:
    """In a state in which the patient, her guardian and care are shown it, and every contract tells it."""
    whole = of_a_child({name: value for name, value in IN_FULL[kind].items() if name != "missing"})
    if kind == "booking":
        del whole["cancellation"]
        return whole | {"status": "booked"}
    return whole


def _enumerated(model: type[BaseModel], field: str) -> bool:
    kind = field_said(model, field).kind
    return kind is not None and issubclass(kind, Enum)


def _fits(model: type[BaseModel], message: Json) -> bool:
    try:
        model.model_validate_json(orjson.dumps(message))
    except ValidationError:
        return False
    return True


def spelt(secret: str) -> tuple[str, str]:
    """As it is, and as contracts without separators write a date."""
    return secret, secret.replace("-", "")


def heard(secrets: dict[str, str], text: str) -> set[str]:
    """Fields whose value stands in a text."""
    return {field for field, secret in secrets.items() if any(one in text for one in spelt(secret))}


@pytest.mark.parametrize("audience", Audience)
@pytest.mark.parametrize("contract", NAMED)
def test_nothing_stands_in_a_contract_that_regional_json_hides_from_the_same_reader(
    contract: Contract, audience: Audience
) -> None:
    message, secrets = planted(contract)
    shown = seen(message, audience, NOW, REGION)
    parts = said(contract, message, audience=audience)
    assert shown is not None
    assert parts is not None
    told = "".join(f"{one.key.text} {one.content}" for one in parts)
    assert heard(secrets, told) <= heard(secrets, orjson.dumps(shown).decode())


@pytest.mark.parametrize("audience", sorted(PATIENTS))
@pytest.mark.parametrize("contract", NAMED)
def test_a_patient_hears_nothing_of_a_field_that_does_not_declare_her(contract: Contract, audience: Audience) -> None:
    message, secrets = planted(contract)
    told = str(said(contract, message, audience=audience))
    hidden = {field for field in secrets if not declares(contract.model, field, audience)}
    assert hidden
    assert heard(secrets, told) & hidden == set()


@pytest.mark.parametrize("contract", NAMED)
def test_each_audience_hears_something(contract: Contract) -> None:
    message, secrets = planted(contract)
    assert [one for one in Audience if not heard(secrets, str(said(contract, message, audience=one)))] == []


@pytest.mark.parametrize("contract", NAMED)
def test_no_field_with_words_numbers_or_dates_is_left_out_of_these_tests(contract: Contract) -> None:
    _, secrets = planted(contract)
    left_out = set(leaves(contract.model)) - set(secrets) - AS_IT_IS
    assert {field for field in left_out if not _closed(contract.model, field)} <= OF_A_FORM_OF_THEIR_OWN


OF_A_FORM_OF_THEIR_OWN = frozenset(
    {
        *("patient.interpreter.language", "patient.relations.interpreter.language", "missing"),
        *("patient.identities.value", "diagnoses.code", "diagnoses.atc", "external_causes.code"),
        *("procedures.code", "procedures.atc", "kva", "lines.kva"),
        *(f"{part}.contact_ways.hours.{name}" for part in ("person", "team", "unit") for name in ("opens", "closes")),
        *(
            "lines.start",
            "lines.duration",
            "basis.created",
            "summons.status_at",
            "arrival.at",
            "patient.register_asked",
        ),
        *("rebookings.start", "rebookings.duration", "rebookings.at", "booked_time", "start", "end", "checked_out"),
        *("event_type_history.until", "outcome.interval"),
        *("cancellation.reason", "cancellation.system_reason", "cancellation.at", "cancellation.by"),
        *("cancellation.back_to_waiting_list", "cancellation.whole_group", "cancellation.to_be_invoiced"),
    }
)
"""Times, durations and codes of a closed form, which no planted word fits."""


def _closed(model: type[BaseModel], field: str) -> bool:
    """Whether it has few values: an enumeration, a flag, an amount."""
    if _enumerated(model, field):
        return True
    schema = _leaf(model, field).model_fields[field.rpartition(".")[2]].annotation
    return any(kind in str(schema) for kind in ("bool", "int"))


def _leaf(model: type[BaseModel], field: str) -> type[BaseModel]:
    for step in field.split(".")[:-1]:
        kind = field_said(model, step).kind
        assert kind is not None
        model = kind
    return model


def declares(model: type[BaseModel], field: str, audience: Audience) -> bool:
    """Whether the field, and all around it, is for this audience."""
    steps = field.split(".")
    return all(
        audience in audiences(_leaf(model, ".".join(steps[: length + 1])), step) for length, step in enumerate(steps)
    )


def test_the_planted_message_of_every_kind_is_whole() -> None:
    for contract, audience in product(CONTRACTS, (Audience.PATIENT, Audience.OPERATOR)):
        message, secrets = planted(contract)
        assert seen(message, audience, NOW, REGION) is not None
        assert len(secrets) > 15, contract.name
