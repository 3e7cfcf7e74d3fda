"""`validate` judges as the official HL7 validator does; where not, the difference is declared, with its reason."""

from __future__ import annotations

import pytest

from adapter.validation import validate
from mappings.problem import Json
from tests.servers.validator import Validator

from .defects import DEFECTS, LAXER_THAN_HL7, NOT_FOR_HL7, Defect
from .resources import VALID

OWN_EXTENSIONS = "Extension_EXT_Unknown"
"""That our own extensions are unknown to it: here it is asked about R4 alone, not about our definitions."""

ASKED = [each for each in DEFECTS if each not in NOT_FOR_HL7]


def refuses(hl7_validator: Validator, resource: Json) -> bool:
    """Whether the official validator finds an error, but for our own extensions."""
    return any(
        issue.severity in ("error", "fatal") and not issue.message_id.startswith(OWN_EXTENSIONS)
        for issue in hl7_validator.ask(resource)
    )


@pytest.mark.parametrize("resource", VALID.values(), ids=VALID.keys())
def test_both_accept_what_is_valid(hl7_validator: Validator, resource: Json) -> None:
    assert not refuses(hl7_validator, resource)
    assert not validate(resource)


@pytest.mark.parametrize("defect", [each for each in ASKED if not each.but], ids=lambda each: each.name)
def test_both_refuse_a_defect(hl7_validator: Validator, defect: Defect) -> None:
    assert refuses(hl7_validator, defect.resource)
    assert validate(defect.resource)


@pytest.mark.parametrize("defect", [each for each in ASKED if each.but], ids=lambda each: each.name)
def test_where_we_are_declared_to_be_stricter_it_accepts(hl7_validator: Validator, defect: Defect) -> None:
    assert not refuses(hl7_validator, defect.resource)
    assert validate(defect.resource)


@pytest.mark.parametrize("defect", LAXER_THAN_HL7, ids=lambda each: each.name)
def test_where_we_are_declared_to_be_laxer_it_refuses(hl7_validator: Validator, defect: Defect) -> None:
    assert refuses(hl7_validator, defect.resource)
    assert not validate(defect.resource)


def test_the_corpus_is_large_enough_to_mean_something() -> None:
    assert len(VALID) >= 15
    assert len([each for each in ASKED if not each.but]) >= 60
    assert len({each.name for each in (*DEFECTS, *LAXER_THAN_HL7)}) == len(DEFECTS) + len(LAXER_THAN_HL7)
