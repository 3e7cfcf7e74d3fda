"""What others wrote goes back to them with every digit."""

from __future__ import annotations

import json
import re

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.server.wire import parsed, written

NUMBERS = st.from_regex(r"-?(0|[1-9][0-9]{0,24})(\.[0-9]{1,20})?", fullmatch=True).filter(lambda text: text != "-0")
TEXTS = st.sampled_from(["urn:oid:1.2.752.29.4.19", '"x": 1.10, [2.50', "åäö \\/ \u2028"])


@given(st.lists(NUMBERS, min_size=1, max_size=4), TEXTS, st.sampled_from(["", " ", "\n  "]))
def test_a_number_comes_out_with_the_digits_it_came_in_with(numbers: list[str], text: str, space: str) -> None:
    members = "".join(f',"n{index}":{space}{number}' for index, number in enumerate(numbers))
    listed = f',"l":[{space}{",".join(numbers)}]'
    raw = f'{{"t":{space}{json.dumps(text)}{members}{listed}}}'.encode()

    out = written(parsed(raw))

    assert re.findall(rb'(?<=[0-9]":)-?[0-9][0-9.]*', out) == [number.encode() for number in numbers]
    assert out.endswith(f'"l":[{",".join(numbers)}]}}'.encode())
    assert orjson.loads(out)["t"] == text


def test_a_usual_number_stays_a_number() -> None:
    assert parsed(b'{ "a": 1.5, "b": 12, "c": [0.25] }') == {"a": 1.5, "b": 12, "c": [0.25]}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<html>",
        b"[1]",
        b'"191212121212"',
        b'{"a": NaN}',
        b'{"a": 191212121212',
        b'{"a": "\xff"}',
        b'{"a":' * 300 + b"1" + b"}" * 300,
        b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
    ids=["empty", "html", "list", "text", "nan", "cut", "not-utf8", "deep", "very-deep"],
)
def test_what_is_no_object_that_can_be_written_again_is_refused_without_a_word_of_it(raw: bytes) -> None:
    with pytest.raises(ValueError, match="Not a JSON object") as caught:
        parsed(raw)

    assert caught.value.__context__ is None  # a parser's own error may hold the text
