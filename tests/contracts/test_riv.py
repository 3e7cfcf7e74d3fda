"""What the contracts of RIV-TA have in common: text in XML, times without a zone."""

from __future__ import annotations

from datetime import datetime
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.contracts.care_team import CARE_TEAM
from mappings.contracts.riv import document, timestamp
from mappings.contracts.scheduling import SCHEDULING

INNER = "urn:riv:crm:scheduling:1"


def read_back(text: str) -> str | None:
    root = ElementTree.fromstring(document(SCHEDULING, [{"purpose": text}], ""))
    return root.findtext(f"*/{{{INNER}}}purpose")


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"])))
def test_a_text_is_read_as_it_was_written(text: str) -> None:
    assert (read_back(text) or "") == text


@pytest.mark.parametrize("text", ["]]>", "<a/>", "&amp;", "å\nä\tö", "'\"", "<!--", "<?x?>"])
def test_what_looks_like_xml_is_text(text: str) -> None:
    assert read_back(text) == text


@pytest.mark.parametrize(
    ("text", "said"), [("a\r\nb", "a\nb"), ("a\rb", "a\nb"), ("a\x0bb", "a\ufffdb"), ("\ufffe", "\ufffd")]
)
def test_what_xml_cannot_write_is_replaced_and_never_breaks_the_answer(text: str, said: str) -> None:
    assert read_back(text) == said


@given(st.text())
def test_whatever_a_text_holds_the_answer_is_xml(text: str) -> None:
    assert read_back(text) is not None


def test_flags_are_written_as_xml_schema_has_them() -> None:
    root = ElementTree.fromstring(document(SCHEDULING, [{"isInvitation": True, "message_allowed": False}], ""))
    assert [one.text for one in root[0]] == ["true", "false"]


@pytest.mark.parametrize(
    ("moment", "clock"),
    [
        ("2026-10-25T00:30:00Z", "20261025023000"),
        ("2026-10-25T01:30:00Z", "20261025023000"),
        ("2026-03-29T01:30:00Z", "20260329033000"),
        ("2026-12-31T23:30:00Z", "20270101003000"),
    ],
)
def test_a_time_is_what_swedish_clocks_show(moment: str, clock: str) -> None:
    """The hour that comes twice in October is written alike both times: the contracts have no zone to tell it by."""
    assert timestamp(datetime.fromisoformat(moment)) == clock


def test_what_is_not_xml_has_no_document() -> None:
    with pytest.raises(ValueError, match="not XML"):
        document(CARE_TEAM, [], "")
