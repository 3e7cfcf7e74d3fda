"""References of what is about to be written: made literal, then held against what there is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from adapter.sandbox.changes import Item
from adapter.sandbox.index_rows import ANY, Rows, add_references, searchable
from adapter.sandbox.job import Job
from adapter.sandbox.outcome import Issue, Refusal, refusal
from adapter.sandbox.references import (
    Conditional,
    Contained,
    Elsewhere,
    Link,
    Local,
    Pointer,
    Unreadable,
    links,
    pointer,
)
from adapter.sandbox.resource_types import SEARCH_PARAMS
from adapter.sandbox.search import pairs
from adapter.sandbox.stored import newest, with_pk

_RESTFUL = re.compile(r"(https?://\S+)/[A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64}", re.ASCII)

Targets = dict[tuple[str, str], int | None]
"""By type and id, the pk of a live resource, or that there is none."""


def make_literal(job: Job, items: Sequence[Item]) -> None:
    """Puts the type and id where a `fullUrl` of the same transaction or a search stands.

    Refuses a search that does not find exactly one: R4 leaves the status open, it is the dialect's.
    """
    names = {item.change.full_url: item for item in job.items if item.change.full_url}
    searches: list[tuple[Item, Link, Conditional]] = []
    for item in items:
        item.links = tuple(links(item.content))
        for link in item.links:
            if named := _named(names, item.change.full_url, link.text):
                link.point_at(f"{named.change.type}/{named.id}")
            elif link.is_reference and isinstance(found := _pointer(job, link.text), Conditional):
                searches.append((item, link, found))
        _rewrite_narrative(item, names)
    for item, link, wanted in searches:
        link.point_at(_only_match(job, item, link, wanted))


def index_references(job: Job, items: Sequence[Item]) -> None:
    """Fills the reference index. Refuses with 400, naming each, references that lead nowhere."""
    targets: Targets = {(item.change.type, item.id): item.pk for item in job.items if item.change.method != "DELETE"}
    issues: list[Issue] = []
    rows = Rows()
    for item in items:
        counting = _counting(job, item)
        issues += _unmet(job, item, counting, targets)
        located = {link.text: target for link in counting if (target := _located(job, targets, link.text))}
        rows.reference.update((ANY, pk, item.pk) for _, pk in located.values())
        add_references(rows, item.pk, item.content, located.get)
    if issues:
        raise Refusal(400, tuple(issues))
    job.insert(rows)


def _counting(job: Job, item: Item) -> list[Link]:
    """The references that must lead somewhere."""
    every = [link for link in item.links if link.is_reference]
    if job.session.dialect.every_reference_counts:
        return every
    counted = searchable(item.content)
    return [link for link in every if id(link.element) in counted]


def _unmet(job: Job, item: Item, counting: Iterable[Link], targets: Targets) -> Iterator[Issue]:
    dialect, contained = job.session.dialect, _contained(item)
    for link in counting:
        match _pointer(job, link.text):
            case Local() as local if _pk(job, targets, local) is None:
                yield Issue("not-found", "The resource that is referred to is not here", _place(item, link))
            case Elsewhere() if not dialect.foreign_references:
                yield Issue("value", "References to other servers are not taken", _place(item, link))
            case Contained() if dialect.every_reference_counts and link.text not in contained:
                yield Issue("not-found", "No contained resource has this id", _place(item, link))
            case Conditional():
                yield Issue("value", "References by search are for transactions", _place(item, link))
            case Unreadable():
                text = "This is none of Type/id, an absolute URL, and in a transaction the fullUrl of an entry"
                yield Issue("value", text, _place(item, link))


def _contained(item: Item) -> set[str]:
    """What the resource's own parts may refer to; `#` is the resource itself."""
    inside = item.content.get("contained")
    listed = inside if isinstance(inside, list) else []
    return {"#", *(f"#{inner.get('id')}" for inner in listed if isinstance(inner, dict))}


def _located(job: Job, targets: Targets, text: str) -> tuple[str, int] | None:
    match _pointer(job, text):
        case Local() as local if pk := _pk(job, targets, local):
            return local.type, pk
    return None


def _pointer(job: Job, text: str) -> Pointer:
    return pointer(text, job.session.base if job.session.dialect.knows_own_base else None)


def _pk(job: Job, targets: Targets, local: Local) -> int | None:
    at = (local.type, local.id)
    if at not in targets:
        found = newest(job.session.connection, *at)
        targets[at] = found.pk if found and not found.deleted else None
    return targets[at]


def _named(names: Mapping[str, Item], own: str, text: str) -> Item | None:
    """The entry that `text` calls by its fullUrl; a relative one counts from where its own entry lies."""
    if not names:
        return None
    if text in names:
        return names[text]
    root = _RESTFUL.fullmatch(own)
    return names.get(f"{root[1]}/{text}") if root else None


def _only_match(job: Job, item: Item, link: Link, wanted: Conditional) -> str:
    dialect = job.session.dialect
    if not (job.transaction or dialect.conditional_references_anywhere):
        raise refusal(400, "value", "References by search are for transactions", _place(item, link))
    if wanted.type not in SEARCH_PARAMS:
        raise refusal(400, "not-supported", "The type of the reference is not hosted", _place(item, link))
    match job.matching(wanted.type, pairs(wanted.query)):
        case []:
            raise refusal(dialect.no_match, "not-found", "The reference's search finds nothing", _place(item, link))
        case [pk]:
            return f"{wanted.type}/{_id(job, pk)}"
        case _:
            raise refusal(412, "multiple-matches", "The reference's search finds more than one", _place(item, link))


def _id(job: Job, pk: int) -> str:
    for item in job.items:
        if item.pk == pk:
            return item.id
    return with_pk(job.session.connection, pk).id


def _rewrite_narrative(item: Item, names: Mapping[str, Item]) -> None:
    """In links and images of the text: `href` and `src`."""
    narrative = item.content.get("text")
    if not names or not isinstance(narrative, dict) or not isinstance(div := narrative.get("div"), str):
        return

    def literal(match: re.Match[str]) -> str:
        named = names.get(match[2])
        return f'{match[1]}"{named.change.type}/{named.id}"' if named else match[0]

    narrative["div"] = re.sub(r'\b((?:href|src)=)"([^"]*)"', literal, div)


def _place(item: Item, link: Link) -> str:
    """Where the link stands in the request."""
    if not item.change.place:
        return f"{link.path}.{link.name}"
    return f"{item.change.place}{link.path.removeprefix(item.change.type)}.{link.name}"
