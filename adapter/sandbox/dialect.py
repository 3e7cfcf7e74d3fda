"""Where servers that speak R4 differ. Each difference is one field here; nothing else asks which server is played."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from adapter.sandbox.settings import Like


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """The defaults are what R4 and HTTP say, or where they leave it open, what a test suite is served best by."""

    stale_version: int = 412
    """Status of an update under an outdated `If-Match`."""
    if_match_may_create: bool = False
    """An update under `If-Match` of an id that is not there creates it."""
    delete_heeds_if_match: bool = True
    put_heeds_if_none_match: bool = True
    delete_status: int = 204
    numeric_ids: bool = True
    """A client may choose an id of digits only."""
    every_reference_counts: bool = True
    """Else only one that can be searched by must lead somewhere, and only such a one keeps its target from deletion."""
    foreign_references: bool = True
    """An absolute reference to another server may be stored."""
    knows_own_base: bool = True
    """An absolute reference to this server is one to its resource."""
    conditional_references_anywhere: bool = False
    """They are resolved outside of transactions as well."""
    no_match: int = 400
    """Status where a conditional reference finds nothing."""
    condition_must_hold: bool = False
    """What a conditional interaction creates must itself meet the condition."""
    labels_stay: bool = False
    """An update that leaves out a `meta.tag` or `meta.security` does not take it away."""
    logical_search: bool = True
    """The modifier `:identifier`."""
    heeds_lenient: bool = True
    """`Prefer: handling=lenient` has unknown search parameters left out."""
    weak_tags_in_bundles: bool = True
    """`response.etag` is `W/"1"`; else `1`."""
    lenient_structure: bool = False
    """Unknown elements are dropped and required ones may be missing."""
    malformed: int = 422
    """Status of a resource with values that are none of their type."""


DIALECTS: MappingProxyType[Like, Dialect] = MappingProxyType(
    {
        "r4": Dialect(),
        # HAPI JPA 8.8.0 with its default settings; each is a row of tests/sandbox/test_like_hapi.py, run against both.
        "hapi": Dialect(
            stale_version=409,
            if_match_may_create=True,
            delete_heeds_if_match=False,
            put_heeds_if_none_match=False,
            delete_status=200,
            numeric_ids=False,
            every_reference_counts=False,
            foreign_references=False,
            knows_own_base=False,
            conditional_references_anywhere=True,
            no_match=404,
            condition_must_hold=True,
            labels_stay=True,
            logical_search=False,
            heeds_lenient=False,
            weak_tags_in_bundles=False,
            lenient_structure=True,
            malformed=400,
        ),
    }
)
