"""What other contracts say of messages is what their golden files hold, which a person has read."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from .contracts import ALL, CONTRACTS, TOLD, Told, answer, golden_contracts, parts
from .texts import difference

WANTED = golden_contracts()


def named(told: Told) -> str:
    return told.path.relative_to(CONTRACTS).as_posix()


@pytest.mark.parametrize("told", TOLD, ids=named)
def test_what_a_contract_says_is_its_golden_file(told: Told) -> None:
    if said := difference(told.path, WANTED[told.path]):
        pytest.fail(said, pytrace=False)


def test_no_golden_file_of_a_contract_is_left_without_its_messages() -> None:
    assert {path for path in CONTRACTS.rglob("*.*") if path.is_file()} == set(WANTED)
    assert len(WANTED) == len(TOLD)


def test_every_contract_has_golden_files() -> None:
    assert {(told.contract.name, told.contract.kind) for told in TOLD} == {(one.name, one.kind) for one in ALL}


@pytest.mark.parametrize("told", [told for told in TOLD if told.contract.namespaces], ids=named)
def test_every_element_is_of_the_namespace_that_its_schema_gives_it(told: Told) -> None:
    outer, inner = told.contract.namespaces or ("", "")
    root = ElementTree.fromstring(answer(told))
    assert root.tag == f"{{{outer}}}{told.contract.name}Response"
    assert {child.tag.partition("}")[0] for child in root} <= {f"{{{outer}"}
    assert {one.tag.partition("}")[0] for child in root for one in child.iter() if one is not child} <= {f"{{{inner}"}


@pytest.mark.parametrize("told", TOLD, ids=named)
def test_a_golden_file_tells_something(told: Told) -> None:
    assert any(parts(told))
