"""Reading tells every error of form at once, each with its place, and never breaks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.problem import Json, Problem
from mappings.region.form import FORMS
from mappings.region.later import ELSEWHERE, LATER, NEVER, Later, later_field
from mappings.region.reading import DEEPEST, KINDS, Read, read
from tests.region.sample import sample
from tests.rules.full import IN_FULL
from tests.rules.messages import GONE, booking, changed, event, kind_of, physician

PASIS = "SE2321000115-PASIS"
CARD = {"source": booking()["source"], "id": "PK-1", "version": 1, "patient": booking()["patient"]}
LAWFUL = {"booking": booking(), "care-event": event(), "named-contact": physician(), "patient": CARD}
EVERY_TYPE: tuple[Any, ...] = (None, True, False, 0, 7, -1, 1.5, "", "text", [], [1], ["a"], {}, {"a": 1})


def got(body: bytes | str, kind: str = "booking") -> Read[Any]:
    return read(kind, body if isinstance(body, bytes) else body.encode(), sample())


def told(body: bytes | str | Json, kind: str = "") -> list[tuple[str, str]]:
    """(rule, pointer) of all that is wrong with a body, or with a message."""
    if isinstance(body, dict):
        kind, body = kind or kind_of(body), json.dumps(body)
    return [(problem.rule, problem.path) for problem in got(body, kind or "booking").problems]


def taken(body: str) -> Any:
    """The message in a body. Raises AssertionError on an error of form."""
    result = got(body)
    assert result.message is not None, result.problems
    return result.message


def text_of(message: Json) -> str:
    return json.dumps(message, ensure_ascii=False)


def places(value: Any, path: str = "") -> Iterator[str]:
    """The pointer of everything in a JSON value but itself."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in entries:
        yield f"{path}/{key}"
        yield from places(child, f"{path}/{key}")


def with_value(message: Json, pointer: str, value: Any) -> Json:
    return changed(message, pointer, value)


# -- what is no JSON -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b"{]",
        b"hello",
        b"{'source': 1}",
        b'{"source": }',
        b'{"a": 01}',
        b'{"a": "\x01"}',
        b'{"a": 1} {"a": 1}',
        b"\xef\xbb\xbf{}",  # a byte order mark
        b'{"a": "\xff"}',
        b"\xff\xfe{\x00}\x00",  # UTF-16
        b"\x00",
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_json_is_told(kind: str, body: bytes) -> None:
    assert told(body, kind) == [("IN-1", "")]


def test_what_is_no_json_is_told_with_line_and_character() -> None:
    [problem] = got('{\n  "source": "A",\n  "number": oops\n}').problems
    assert "rad 3, tecken 13" in problem.sv
    assert "line 3, character 13" in problem.en


def test_bytes_that_are_no_utf_8_are_told_with_line_and_character() -> None:
    [problem] = got(b'{\n  "a": "\xff"}').problems
    assert "rad 2, tecken 9" in problem.sv


@pytest.mark.parametrize("body", ["[]", "null", "true", "7", '"text"', "[{}]", "NaN", "-Infinity"])
def test_a_message_is_an_object(body: str) -> None:
    assert told(body) == [("IN-2", "")]


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_not_a_number_is_no_json_and_its_place_is_told(word: str) -> None:
    body = text_of(booking()).replace('"acute": false', f'"acute": {word}')
    assert told(body) == [("IN-1", "/acute")]


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
@pytest.mark.parametrize("closed", [True, False])
def test_a_body_nested_ten_thousand_deep_is_refused(opening: str, closing: str, closed: bool) -> None:
    assert told(opening * 10_000 + ("1" + closing * 10_000 if closed else "")) == [("IN-7", "")]


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
@pytest.mark.parametrize("depth", [DEEPEST, 400, 900])
def test_a_message_nested_too_deep_is_told_where(opening: str, closing: str, depth: int) -> None:
    nested = opening * depth + "1" + closing * depth
    assert told(text_of(booking())[:-1] + f', "basis": {nested}}}')[-1] == ("IN-7", "/basis")


def test_a_message_may_be_wide() -> None:
    message = booking()
    message["lines"] = [message["lines"][0] | {"number": str(number)} for number in range(100)]
    assert got(text_of(message)).message is not None


# -- numbers and characters ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [0, 1, 2**31, 2**53 + 1, 2**63 - 1])
def test_a_version_is_any_number_of_64_bits(number: int) -> None:
    assert taken(text_of(changed(booking(), "/version", number))).version == number


@pytest.mark.parametrize("number", ["-1", str(2**63), str(2**64), "9" * 400, "9" * 5000, "1e999", "-1e999"])
def test_a_version_beyond_64_bits_is_refused(number: str) -> None:
    assert told(text_of(booking()).replace('"version": 3', f'"version": {number}')) == [("IN-9", "/version")]


@pytest.mark.parametrize("value", ["true", '"3"', "3.0", "3e0", "null", "[3]"])
def test_a_version_is_nothing_but_a_whole_number(value: str) -> None:
    assert told(text_of(booking()).replace('"version": 3', f'"version": {value}')) == [("IN-2", "/version")]


def test_a_number_beyond_all_bounds_is_not_taken_for_nothing() -> None:
    assert told(text_of(booking()).replace('"acute": false', '"acute": 1e999')) == [("IN-9", "/acute")]


@pytest.mark.parametrize("place", ["/summons/freeText", "/basis/category1", "/patient/name/given/0", "/lines/0/start"])
@pytest.mark.parametrize("half", ["\\ud800", "text \\udfff", "\\udc00\\ud800"])
def test_half_a_character_is_refused_where_it_stands(place: str, half: str) -> None:
    body = json.dumps(changed(booking(), place, "HALF")).replace("HALF", half)
    assert told(body) == [("IN-9", place)]


def test_a_member_named_with_half_a_character_is_unknown() -> None:
    assert told(text_of(booking())[:-1] + ', "\\ud800": 1}') == [("IN-3", "/?")]


def test_a_whole_character_in_two_halves_is_one() -> None:
    body = json.dumps(changed(booking(), "/summons/freeText", "HALF")).replace("HALF", "\\ud83d\\ude00")
    assert taken(body).summons.free_text == "\U0001f600"


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\u0000", "a\u0007b", "\u007f", "x" * 10_001])
def test_text_without_letters_or_with_control_characters_is_refused(text: str) -> None:
    assert told(changed(booking(), "/summons/freeText", text)) == [("IN-9", "/summons/freeText")]


# -- fields ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_a_lawful_message_is_read(kind: str) -> None:
    assert told(LAWFUL[kind]) == []
    assert told(IN_FULL[kind]) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_wrong_type_is_told_at_every_field(kind: str) -> None:
    """Every JSON type at every path: what is no value of the field is told at the field, or below it."""
    message = IN_FULL[kind]
    for place in places(message):
        for value in EVERY_TYPE:
            result = got(json.dumps(with_value(message, place, value)), kind)
            assert (result.message is None) == bool(result.problems)
            for problem in result.problems:
                assert problem.path.startswith(place), (place, value, problem)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("wrong", [7, 1.5, True])
def test_a_number_or_a_truth_value_is_no_text(kind: str, wrong: object) -> None:
    message = IN_FULL[kind]
    texts = [place for place in places(message) if isinstance(at(message, place), str)]
    assert len(texts) > 20
    for place in texts:
        assert told(with_value(message, place, wrong), kind) == [("IN-2", place)]


def at(message: Any, pointer: str) -> Any:
    for step in pointer.strip("/").split("/"):
        message = message[int(step)] if isinstance(message, list) else message[step]
    return message


@pytest.mark.parametrize("kind", KINDS)
def test_an_unknown_field_is_told_wherever_it_stands(kind: str) -> None:
    message = IN_FULL[kind]
    objects = ["", *(place for place in places(message) if isinstance(at(message, place), dict))]
    assert len(objects) > 4
    for place in objects:
        extra = with_value(message, f"{place}/somethingElse", 1)
        assert told(extra, kind) == [("IN-3", f"{place}/somethingElse")]


@pytest.mark.parametrize(
    "name", ["Tolvan Tolvansson", "191212121212", "p191212121212", "Tolvansson", "", "a/b", "å" * 3]
)
def test_a_member_that_is_not_named_like_a_field_is_not_repeated(name: str) -> None:
    assert told(booking() | {name: 1}) == [("IN-3", "/?")]


@pytest.mark.parametrize("kind", KINDS)
def test_a_mandatory_field_that_is_missing_is_told(kind: str) -> None:
    for field in KINDS[kind].model_fields.values():
        if field.is_required():
            name = str(field.alias)
            assert told(changed(IN_FULL[kind], f"/{name}", GONE), kind) == [("IN-8", f"/{name}")]


@pytest.mark.parametrize(
    ("place", "value", "rule"),
    [
        ("/lines/0/start", "2026-11-24T13:00:00", "IN-5"),
        ("/lines/0/start", "2026-11-24T13:00", "IN-5"),
        ("/lines/0/start", "2026-11-24", "IN-9"),
        ("/lines/0/start", "2026-11-24 13:00:00+01:00", "IN-9"),
        ("/lines/0/start", "2026-02-30T13:00:00+01:00", "IN-9"),
        ("/lines/0/start", "2026-11-24T25:00:00+01:00", "IN-9"),
        ("/lines/0/start", "2026-11-24T13:00,5+01:00", "IN-9"),
        ("/lines/0/start", "2026-11-24T13:00:00+01:00\n", "IN-9"),
        ("/lines/0/start", "0001-01-01T00:00:00+23:59", "IN-9"),
        ("/lines/0/start", "9999-12-31T23:59:59-23:59", "IN-9"),
        ("/lines/0/duration", "60", "IN-9"),
        ("/lines/0/duration", "PT0M", "IN-9"),
        ("/lines/0/duration", "PT", "IN-9"),
        ("/lines/0/duration", "PT60M\n", "IN-9"),
        ("/lines/0/duration", "PT٦٠M", "IN-9"),
        ("/lines/0/duration", "P1D", "IN-9"),
        ("/lines/0/duration", 60, "IN-2"),
        ("/basis/targetDate", "2026-02-30", "IN-9"),
        ("/basis/targetDate", "2026-11-24T13:00:00+01:00", "IN-9"),
        ("/basis/targetDate", "1899-12-31", "IN-9"),
        ("/basis/watchInterval", "P0D", "IN-9"),
        ("/basis/watchInterval", "P84D ", "IN-9"),
        ("/number", "47/11", "IN-9"),
        ("/number", "x" * 65, "IN-9"),
        ("/number", "åäö", "IN-9"),
        ("/status", "Booked", "IN-9"),
        ("/status", 7, "IN-2"),
        ("/status", {}, "IN-2"),
        ("/patient/identity/value", "1912121212\n12", "IN-9"),
        ("/patient/name", {}, "IN-9"),
        ("/lines", [], "IN-9"),
        ("/contactType", " mottagningsbesok", "IN-9"),
    ],
)
def test_a_value_that_the_field_does_not_take_is_told(place: str, value: object, rule: str) -> None:
    assert told(changed(booking(), place, value)) == [(rule, place)]


@pytest.mark.parametrize(
    "value",
    [
        "2026-11-24T13:00:00+01:00",
        "2026-11-24T12:00Z",
        "2026-11-24T13:00:00.250+01:00",
        "2026-03-29T02:30:00+01:00",  # an hour that Swedish clocks skip
    ],
)
def test_a_time_with_its_zone_is_read(value: str) -> None:
    assert told(changed(booking(), "/lines/0/start", value)) == []


def test_every_error_of_form_is_told_at_once() -> None:
    message = booking() | {"extra": 1}
    for place, value in {
        "/number": 7,
        "/lines/0/start": "2026-11-24T13:00:00",
        "/basis/kind": GONE,
        "/form": "series",
        "/patient/identity/kind": "passport",
    }.items():
        message = changed(message, place, value)
    assert sorted(told(message)) == [
        ("BO-14", "/form"),
        ("IN-2", "/number"),
        ("IN-3", "/extra"),
        ("IN-5", "/lines/0/start"),
        ("IN-8", "/basis/kind"),
        ("IN-9", "/patient/identity/kind"),
    ]


def test_a_list_in_which_everything_is_wrong_is_not_said_to_be_short() -> None:
    message = changed(booking(), "/lines/0/number", 7)
    assert told(message) == [("IN-2", "/lines/0/number")]


# -- doubled keys ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('"number": "4711-0142"', '"number": "1", "number": "4711-0142"', "/number"),
        ('"kind": "full"', '"kind": "quick", "kind": "full"', "/basis/kind"),
        ('"owner": true', '"owner": false, "owner": true', "/lines/0/owner"),
        ('"family": "Tolvansson"', '"family": "Tolvansson", "family": "Tolvansson"', "/patient/name/family"),
        ('"acute": false', '"acute": false, "\\u0061cute": false', "/acute"),  # the same name, written otherwise
        ('"acute": false', '"Tolvan T": 1, "Tolvan T": 1, "acute": false', "/?"),
    ],
)
def test_a_doubled_key_is_told_where_it_stands(old: str, new: str, place: str) -> None:
    body = text_of(booking())
    assert body.count(old) == 1
    assert ("IN-4", place) in told(body.replace(old, new))
    assert got(body.replace(old, new)).message is None


def test_every_doubled_key_is_told() -> None:
    body = text_of(booking()).replace('"acute": false', '"acute": false, "acute": true, "number": "2"')
    body = body.replace('"owner": true', '"owner": true, "owner": true')
    assert sorted(told(body)) == [("IN-4", "/acute"), ("IN-4", "/lines/0/owner"), ("IN-4", "/number")]


def test_a_doubled_key_inside_what_stands_twice_is_told_by_the_outer_one() -> None:
    body = text_of(booking()).replace('"acute": false', '"summons": {"way": 1, "way": 2}, "acute": false')
    assert told(body) == [("IN-4", "/summons")]


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ('{"lines":[' + ",".join('{"a":1,"a":2}' for _ in range(20_000)) + "]}", "/lines"),
        ('{"patient":{"name":{"given":[' + ",".join("1" for _ in range(20_000)) + "]}}}", "/patient"),
        ("{" + ",".join(f'"n{number}":1' for number in range(20_000)) + "}", ""),
        ('{"lines":[' + ",".join("[" * 40 + "]" * 40 for _ in range(6_000)) + "]}", "/lines"),
    ],
    ids=["doubled", "long", "wide", "deep"],
)
def test_a_body_of_many_thousand_faults_is_refused_for_one(body: str, place: str) -> None:
    """A sender cannot keep the process busy with telling them all."""
    assert told(body) == [("IN-6", place)]


def test_texts_may_hold_as_many_commas_as_they_like() -> None:
    message = changed(booking(), "/summons/freeText", "," * 9_999)
    assert told(message) == []


# -- versions and sources --------------------------------------------------------------------------------------------


def of_pasis(message: Json, changed_at: object) -> Json:
    return changed(message, "/version", GONE) | {"source": PASIS, "changedAt": changed_at}


def test_a_source_without_versions_sends_when_it_was_changed() -> None:
    message = taken(json.dumps(of_pasis(booking(), "2026-11-20T09:00:00.000001+01:00")))
    assert message.version == 1_795_161_600_000_001


def test_the_same_moment_in_another_zone_is_the_same_version() -> None:
    one, other = (
        taken(json.dumps(of_pasis(booking(), moment))).version
        for moment in ("2026-11-20T09:00:00+01:00", "2026-11-20T08:00:00Z")
    )
    assert one == other


@pytest.mark.parametrize(
    ("changed_at", "rule"),
    [
        ("2026-11-20T09:00:00", "IN-5"),
        ("2026-11-20", "IN-9"),
        ("1969-12-31T23:59:59Z", "IN-9"),
        (1_795_161_600, "IN-2"),
        (None, "IN-2"),
        ([], "IN-2"),
    ],
)
def test_a_time_of_change_that_is_none_is_told(changed_at: object, rule: str) -> None:
    assert told(of_pasis(booking(), changed_at)) == [(rule, "/changedAt")]


def test_a_source_without_versions_says_when_it_was_changed() -> None:
    assert told(changed(of_pasis(booking(), None), "/changedAt", GONE)) == [("IN-8", "/changedAt")]


def test_a_source_sends_a_version_or_a_time_of_change_and_never_both() -> None:
    assert told(of_pasis(booking(), "2026-11-20T09:00:00+01:00") | {"version": 3}) == [("IN-3", "/version")]
    assert told(booking() | {"changedAt": "2026-11-20T09:00:00+01:00"}) == [("IN-3", "/changedAt")]


def test_what_was_read_of_such_a_source_can_be_sent_again() -> None:
    message = taken(json.dumps(of_pasis(booking(), "2026-11-20T09:00:00+01:00")))
    again = message.model_dump(mode="json", by_alias=True, exclude_none=True)
    assert taken(json.dumps(again)) == message


def test_a_source_that_the_catalogue_does_not_know_is_told_and_the_rest_too() -> None:
    message = changed(booking() | {"source": "elsewhere"}, "/number", 7)
    assert told(message) == [("IN-14", "/source"), ("IN-2", "/number")]


@pytest.mark.parametrize("source", [7, None, {}, []])
def test_a_source_of_the_wrong_type_is_told_once(source: object) -> None:
    assert told(booking() | {"source": source}) == [("IN-2", "/source")]


def test_a_kind_that_there_is_none_of_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(KeyError):
        read("fax", b"{}", sample())


# -- what is to come -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "later"),
    [(kind, later) for later in LATER for kind in KINDS if later.message in (kind, "*")],
    ids=lambda one: f"{one.path}-{one.value}" if isinstance(one, Later) else one,
)
def test_what_is_not_yet_built_is_refused_by_its_rule(kind: str, later: Later) -> None:
    """By that of the part around it, where that is not built either."""
    place = later.path.replace("/lines/", "/lines/0/")
    [problem] = got(json.dumps(with_value(LAWFUL[kind], place, later.value or {"a": 1})), kind).problems
    outermost = next(filter(None, (later_field(kind, part) for part in parts(later.path))), later)
    assert (problem.rule, problem.path) == (outermost.rule, outermost.path.replace("/lines/", "/lines/0/"))
    assert ("aldrig" in problem.sv) == ("never" in problem.en) == (later.becomes == NEVER)


@pytest.mark.parametrize("later", ELSEWHERE, ids=lambda one: one.value)
def test_what_the_documents_call_a_form_is_pointed_to_the_field_that_says_it(later: Later) -> None:
    [problem] = got(json.dumps(with_value(LAWFUL["booking"], later.path, later.value)), "booking").problems
    assert (problem.rule, problem.path) == (later.rule, later.path)
    assert later.instead in problem.sv
    assert later.instead in problem.en
    first, *rest = later.instead.strip("/").split("/")
    assert first in IN_FULL["booking"]
    assert not rest or rest[0] in json.dumps(IN_FULL["booking"][first])


def parts(path: str) -> list[str]:
    """`/a`, `/a/b` of `/a/b`."""
    steps = path.strip("/").split("/")
    return ["/" + "/".join(steps[: number + 1]) for number in range(len(steps))]


def test_what_is_to_come_elsewhere_is_unknown_here() -> None:
    assert told(booking() | {"diagnoses": []}) == [("IN-3", "/diagnoses")]
    assert told(changed(booking(), "/status", "requested")) == [("IN-9", "/status")]


# -- anything at all -------------------------------------------------------------------------------------------------

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["2026-11-24T13:00:00", "booked", "\ud800", PASIS, 2**63, 10**400, "1" * 100])
)
NAMES = st.text(max_size=6) | st.sampled_from(
    ["source", "version", "lines", "patient", "identity", "value", "kind", "changedAt", "basis", "person", "status"]
)
JSONS = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=5))


def always_told(result: Read[Any]) -> None:
    """A message or problems, never both; every problem with a rule, both texts and a pointer."""
    assert (result.message is None) == bool(result.problems)
    for problem in result.problems:
        assert isinstance(problem, Problem)
        assert problem.path == "" or problem.path.startswith("/")
        assert problem.sv.endswith(".")
        assert problem.en.endswith(".")
        assert problem.rule in FORMS or problem.rule in {later.rule for later in (*LATER, *ELSEWHERE)}


@given(st.binary(max_size=300), st.sampled_from(sorted(KINDS)))
def test_any_bytes_are_read_or_told(body: bytes, kind: str) -> None:
    always_told(got(body, kind))


@given(JSONS, st.sampled_from(sorted(KINDS)))
def test_any_json_is_read_or_told(value: Any, kind: str) -> None:
    always_told(got(json.dumps(value), kind))


@given(st.data())
def test_any_json_at_any_place_of_a_message_is_read_or_told_there(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(sorted(KINDS)))
    place = data.draw(st.sampled_from(sorted(places(IN_FULL[kind]))))
    result = got(json.dumps(with_value(IN_FULL[kind], place, data.draw(JSONS))), kind)
    always_told(result)
    assert all(problem.path.startswith(place) for problem in result.problems)


@given(st.data())
def test_a_body_cut_short_or_with_a_byte_changed_breaks_nothing(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(sorted(KINDS)))
    body = bytearray(text_of(LAWFUL[kind]).encode())
    for _ in range(data.draw(st.integers(1, 3))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    always_told(got(bytes(body[: data.draw(st.integers(0, len(body)))]), kind))


def test_reading_leaves_the_body_as_it_was() -> None:
    message = deepcopy(IN_FULL["booking"])
    got(json.dumps(message))
    assert message == IN_FULL["booking"]
