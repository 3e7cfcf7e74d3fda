"""Where servers that speak R4 differ. Each difference is one field here; nothing else asks which server is played."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from adapter.sandbox.settings import Like


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """The defaults are what R4 and HTTP say."""

    stale_version: int = 412
    """Status of an update under an outdated `If-Match`."""
    if_match_may_create: bool = False
    """An update under `If-Match` of an id that is not there creates it."""
    delete_heeds_if_match: bool = True
    put_heeds_if_none_match: bool = True
    numeric_ids: bool = True
    """A client may choose an id of digits only."""
    extensions_hold_references: bool = True
    """References inside extensions must lead somewhere too."""
    foreign_references: bool = True
    """An absolute reference to another server may be stored."""
    conditional_references_anywhere: bool = False
    """They are resolved outside of transactions as well."""
    no_match: int = 400
    """Status where a conditional reference finds nothing."""
    labels_stay: bool = False
    """An update that leaves out a `meta.tag` or `meta.security` does not take it away."""
    logical_search: bool = True
    """The modifier `:identifier`."""
    lenient_structure: bool = False
    """Unknown elements are dropped and required ones may be missing."""
    unfit: int = 422
    """Status of a resource whose structure is wrong."""


DIALECTS: MappingProxyType[Like, Dialect] = MappingProxyType(
    {
        "r4": Dialect(),
        "hapi": Dialect(
            stale_version=409,
            if_match_may_create=True,
            delete_heeds_if_match=False,
            put_heeds_if_none_match=False,
            numeric_ids=False,
            extensions_hold_references=False,
            foreign_references=False,
            conditional_references_anywhere=True,
            no_match=404,
            labels_stay=True,
            logical_search=False,
            lenient_structure=True,
            unfit=400,
        ),
    }
)
