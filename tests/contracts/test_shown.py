"""What a reader was shown, read back: all of the message for whoever is shown all of it, and never more than that."""

from __future__ import annotations

import pytest

from mappings.contracts.shown import shown
from mappings.region.field import Audience
from mappings.rules.visibility import projected
from tests.golden.corpus import Taken, accepted
from tests.rules.full import IN_FULL
from tests.rules.messages import parsed


@pytest.mark.parametrize("taken", accepted(), ids=lambda taken: taken.entry.file)
def test_what_an_operator_is_shown_reads_back_as_the_message(taken: Taken) -> None:
    message = taken.judged.message
    assert shown(type(message), projected(message, Audience.OPERATOR)) == message


@pytest.mark.parametrize("audience", Audience)
@pytest.mark.parametrize("kind", IN_FULL)
def test_reading_back_adds_nothing_to_what_was_shown(kind: str, audience: Audience) -> None:
    message = parsed(IN_FULL[kind])
    told = projected(message, audience)
    assert projected(shown(type(message), told), Audience.OPERATOR) == told
