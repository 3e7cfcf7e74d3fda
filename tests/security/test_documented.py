"""What the documentation says of callers is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from adapter.security.issuer import Client, Issuer
from adapter.security.scopes import demanded
from adapter.security.token_file import tokens

PAGE = (Path(__file__).parents[2] / "docs" / "callers.md").read_text("utf-8")


def test_the_example_of_a_token_file_can_be_used(tmp_path: Path) -> None:
    [example] = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "tokens.toml").write_text(example, "utf-8")
    known = tokens(tmp_path / "tokens.toml")
    assert (len(known.callers), len(known.issuers), len(known.clients)) == (1, 1, 6)


def test_every_key_of_an_issuer_and_a_client_stands_in_the_example() -> None:
    [issuer] = tokens_of("issuer")
    assert set(re.findall(r"^(\w+) = ", issuer, re.MULTILINE)) == set(Issuer.model_fields)
    told = {key for client in tokens_of("client") for key in re.findall(r"^(\w+) = ", client, re.MULTILINE)}
    assert told == set(Client.model_fields)


def tokens_of(heading: str) -> list[str]:
    return re.findall(rf"\[\[{heading}\]\]\n(.*?)(?=\n\n|```)", PAGE, re.DOTALL)


@pytest.mark.parametrize(
    ("row", "request_"),
    [
        ("`POST /v1/bookings`", "POST /v1/bookings"),
        ("`POST /v1/bookings/{source}/{number}/{step}`", "POST /v1/bookings/A/1/cancel"),
        ("`GET /v1/bookings/…`", "GET /v1/bookings/A/1"),
        ("`POST /v1/bookings/search`", "POST /v1/bookings/search"),
        ("anything else", "POST /fhir"),
    ],
)
def test_the_table_of_scopes_says_what_a_door_demands(row: str, request_: str) -> None:
    [line] = [line for line in PAGE.splitlines() if line.startswith(f"| {row}")]
    method, _, path = request_.partition(" ")
    assert f"`{demanded(method, path)}`" in line.rpartition(" | ")[2]
