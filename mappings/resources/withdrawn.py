"""What an aggregate once wrote and no longer says: a delivery deletes nothing, so it is entered in error there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from mappings.codes.systems import VERIFICATION
from mappings.problem import Json
from mappings.shape.filled import Filled
from mappings.shape.graph import Graph
from mappings.shape.template import Vocabulary

_IN_ERROR: Final = "entered-in-error"
_SAYS_SO: Final = MappingProxyType[str, Json](
    {
        "Condition": {"verificationStatus": {"coding": [{"system": VERIFICATION, "code": _IN_ERROR}]}},
        "Procedure": {"status": _IN_ERROR},
        "CareTeam": {"status": _IN_ERROR},
        "Communication": {"status": _IN_ERROR},
    }
)
"""How each kind says that it was never so. A basis is not among them: other contacts may still be on it."""


def withdrawn(graph: Graph[Any], before: Any, now: Iterable[Filled], vocabulary: Vocabulary) -> tuple[Filled, ...]:
    """The resources of the last version (None: there was none) that the new one does not write, as entered in error."""
    nodes = [node for node in graph.nodes if node.owned and node.shape.kind in _SAYS_SO]
    if before is None or not nodes:
        return ()
    written = {one.key for one in now}
    gone = (one for one in graph.fill_some(before, vocabulary, nodes) if one.key not in written)
    return tuple(replace(one, resource=one.resource | _SAYS_SO[one.key.kind]) for one in gone)
