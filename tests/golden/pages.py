"""The pages of `docs/` that are made from the code: the regional model, and where each of its fields stands in FHIR."""

from __future__ import annotations

import ast
import inspect
import json
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.alias_generators import to_camel

from mappings.contracts import CONTRACTS, Contract
from mappings.contracts.care_team import IG
from mappings.guide.fields import kind_of, said, summary
from mappings.problem import Json
from mappings.region import coding, values
from mappings.region.field import CARE, EVERYONE, SYSTEMS, audiences
from mappings.region.later import LATER, WITHOUT_FIELD, Later
from mappings.region.reading import ANSWERED, KINDS
from mappings.region.request import Request
from mappings.resources.losses import LOSSES, Kind
from mappings.resources.outline import GRAPHS
from mappings.rules.statements import STATEMENTS
from mappings.shape.graph import Node, leaves
from mappings.shape.shape import Place, Shape
from mappings.shape.template import Coding, Each, Echo, Hole

DOCS = Path(__file__).parents[2] / "docs"

NAMED: dict[str, type[BaseModel]] = {**KINDS, **ANSWERED, "request": Request}

MADE = """*Made from the code by `python -m tests.golden.regenerate`; a test holds it true. Change the code, not this
page.*"""

WORDS = {
    json.dumps(TypeAdapter(kind).json_schema(), sort_keys=True): word
    for kind, word in (
        (values.SourceKey, "key"),
        (values.IdentityValue, "number"),
        (values.Code, "code"),
        (values.HsaId, "HSA-id"),
        (values.Text, "text"),
        (values.Instant, "time"),
        (values.Day, "date"),
        (values.Clock, "time of day"),
        (values.Duration, "duration"),
        (values.Interval, "interval"),
        (coding.Icd10, "code of ICD-10-SE"),
        (coding.Kva, "code of KVÅ"),
        (coding.Atc, "code of ATC"),
        (values.Language, "language, BCP 47"),
    )
}

PLAIN = {"boolean": "yes or no", "integer": "whole number", "string": "text"}

MODEL_HEAD = f"""# The regional model

{MADE}

What a journal system sends, and what a portal gets back: JSON, names in camelCase, nothing unknown taken in. Four
kinds of message, two that are answered and not kept (`direct-case`: [1177 direkt](direct.md); `waiting-list`, a
search), what a patient asks for (`request`), and the parts that they are made of. The machine-readable form is the
OpenAPI of `vardbro serve`.

- **must**: the field is never left out. Other fields may be; a rule may still demand them (`vardbro rules`), after what
  can be derived is derived.
- **who sees it**: *everyone* is patient, guardian, staff, source and operator; *care* is all but patient and guardian;
  *systems* is source and operator. ● says something of a person: never in a log, a URL or a problem text.
- **value**: a *key* is 1–64 of `A–Z a–z 0–9 . _ ~ -`; a *code* is one of a table in the region's catalogue; a *time*
  carries its zone; a *duration* is `PT60M`, an *interval* `P84D`, `P12W`, `P6M`.
- A source without version numbers (the catalogue says which) sends the *time* `changedAt` in place of `version`.
"""

LATER_HEAD = """
# What is to come

Every other field of [the domain](domain.md) has its place, so that it is filled in and nothing reshaped. Until then a
message that uses one is refused by the rule that names it, never accepted unjudged. What each rule says is in the
domain, and in `vardbro rules`.
"""

MAPPING_HEAD = f"""# Where each field stands in FHIR

{MADE}

Read off the shapes in `mappings/resources`, which write and read the same element. One table per resource that a
message becomes.

- **as**: *value*, as it is or in FHIR's form; *code*, for a value of the [model](model.md#values); *table*, a coding of
  the source's own table; *reference*; *list*, an item for each; *view*, written from a field whose exact value stands
  elsewhere, and read as a change when others moved only it; *echo*, written from what is said elsewhere and compared
  when read.
- A *shared* resource is one for all that refer to it: it is added to, never taken from.
- Extensions are written by name: `extension(form)` is `https://vardbro.example/fhir/StructureDefinition/form`.
"""

LOSSES_HEAD = f"""# What FHIR R4 cannot carry, and where two rules pull apart

{MADE}

The list is [`losses.py`](../mappings/resources/losses.py). A test changes every value of a whole message of each kind
and compares what is written: what is lost stands here, and nothing stands here that is not. All else comes back as it
was sent, which is the first of the laws. What R4 has no element for stands in an extension: [mapping.md](mapping.md).
Where there is no room for a field in some state, the message is refused by IN-16, and nothing is dropped; the column
*where* of that page says when there is.
"""

LOSSES_HEADINGS = {
    Kind.NOWHERE: "Stands in no resource",
    Kind.ALIKE: "Not told apart by R4's own elements",
    Kind.LAST: "Said by several, and the last stands",
    Kind.RULES: "Two rules pull apart",
}


CONTRACTS_HEAD = f"""# Other contracts for the same messages

{MADE}

Read off the templates in `mappings/contracts`, which are written and never read. A search for a patient's bookings or
named contacts, and the read of one message by its source's own key, are answered in the contract that `Accept` names;
in regional JSON where it names none. What a reader may not see in regional JSON is not there to be told: a contract is
written from what the reader is shown. A field that is neither said nor listed as lost does not load, and a test changes
every field of a message to see that just those that are said change what is told.

A message that a contract cannot say at all, since it lacks what the contract demands, is left out of the answer to a
search, and counted in the header `Vardbro-Left-Out`; read alone it is 406. What the FHIR server holds and the gateway
cannot read is named to staff as `warnings` of regional JSON, and here counted in `Vardbro-Unread`. Contracts know no
pages: a search is answered whole. RIV-TA's are the body of the response as XML, for an adapter at the service platform
to put into its envelope: the gateway is no SOAP server, since mutual TLS, addressing and faults there are the
platform's own.
"""


# -- the model ----------------------------------------------------------------------------------------------------


def model_page() -> str:
    """docs/model.md"""
    parts: dict[type[Any], None] = dict.fromkeys(NAMED.values())
    for model in NAMED.values():
        parts |= dict.fromkeys(_parts(model))
    models = [part for part in parts if issubclass(part, BaseModel)]
    enums = sorted((part for part in parts if issubclass(part, Enum)), key=lambda enum: enum.__name__)
    return "\n".join([MODEL_HEAD, *map(_model, models), "## Values\n", *map(_enum, enums), *_later_page()]) + "\n"


def _parts(model: type[BaseModel]) -> Iterator[type[Any]]:
    for field in model.model_fields.values():
        if kind := kind_of(field.annotation):
            yield kind
            if issubclass(kind, BaseModel):
                yield from _parts(kind)


def _model(model: type[BaseModel]) -> str:
    title = next((f"`{name}`: {model.__name__}" for name, kind in NAMED.items() if kind is model), model.__name__)
    schema = model.model_json_schema()
    rows = [_field_row(model, name, schema) for name in model.model_fields]
    return "\n".join(
        [f"## {title}\n", summary(model.__doc__), "", *_table("field", "value", "who sees it", "", rows=rows)]
    )


def _field_row(model: type[BaseModel], name: str, schema: Json) -> list[str]:
    alias = model.model_fields[name].alias or name
    told = schema["properties"][alias]
    must = " **must**" if alias in schema.get("required", ()) else ""
    seen = {EVERYONE: "everyone", CARE: "care", SYSTEMS: "systems"}[audiences(model, name)]
    return [f"`{alias}`{must}", _value(told), seen + (" ●" if told["x-personal"] else ""), told.get("description", "")]


def _value(told: Json) -> str:
    if "anyOf" in told:
        told = next(one for one in told["anyOf"] if one.get("type") != "null")
    if told.get("type") == "array":
        return f"list of {_value(told['items'])}"
    if "$ref" in told:
        name = told["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    bare = {key: told[key] for key in told if key in ("type", "pattern", "format", "maxLength", "minLength")}
    return WORDS.get(json.dumps(bare, sort_keys=True)) or PLAIN[told["type"]]


def _enum(enum: type[Enum]) -> str:
    docs = _member_docs(enum)
    rows = [[f"`{member.value}`", docs.get(member.name, "")] for member in enum]
    return "\n".join([f"### {enum.__name__}\n", summary(enum.__doc__), "", *_table("value", "", rows=rows)])


def _member_docs(enum: type[Enum]) -> dict[str, str]:
    """The docstring after each member, which Python itself forgets."""
    [definition] = ast.parse(textwrap.dedent(inspect.getsource(enum))).body
    body = definition.body if isinstance(definition, ast.ClassDef) else []
    docs = {}
    for one, after in pairwise(body):
        match one, after:
            case ast.Assign(targets=[ast.Name(id=name)]), ast.Expr(value=ast.Constant(value=str(text))):
                docs[name] = summary(text)
    return docs


# -- what is to come ----------------------------------------------------------------------------------------------


def _later_page() -> Iterator[str]:
    yield LATER_HEAD
    of_all = {"*": "every message"}
    for message in dict.fromkeys(later.message for later in LATER):
        yield f"## Later: {of_all.get(message, f'`{message}`')}\n"
        rows = [_later_row(later) for later in LATER if later.message == message]
        yield "\n".join(_table("field", "rule", "becomes", rows=rows))
    yield "## Rules that need no field of their own\n"
    rows = [[f"{rule}: {STATEMENTS[rule].en}", where] for rule, where in WITHOUT_FIELD.items()]
    yield "\n".join(_table("rule", "looks at", rows=rows))


def _later_row(later: Later) -> list[str]:
    field = f"`{later.path}`" + (f" = `{later.value}`" if later.value else "")
    return [field, later.rule, later.becomes]


# -- the mapping --------------------------------------------------------------------------------------------------


def mapping_page() -> str:
    """docs/mapping.md"""
    out, told = [MAPPING_HEAD], dict[Shape, str]()
    for kind, graph in GRAPHS.items():
        out.append(f"## `{kind}`\n")
        for node in graph.nodes:
            many = f", one for each of `{_camel(node.part)}`" if node.each else ""
            out.append(f"### {node.shape.kind} ({node.name}{many}{'' if node.owned else ', shared'})\n")
            if node.shape in told:
                out.append(f"As under `{told[node.shape]}`.\n")
                continue
            told[node.shape] = kind
            rows = [_place_row(graph.model, node, place) for place in node.shape.places]
            out += _table("field", "FHIR", "as", "where", rows=rows)
        if graph.beside:
            kinds = dict.fromkeys(beside.shape.kind for beside in graph.beside)
            out.append(f"Beside these, from the catalogue, written and never read: {', '.join(kinds)}.\n")
    return "\n".join(out)


def _place_row(model: type[BaseModel], node: Node, place: Place) -> list[str]:
    field = place.source.of if isinstance(place.source, Echo) and place.source.of else place.field
    path = f"{node.part}.{field}".strip(".")
    how = _how(place, said(model, path).kind if path else None)
    return [f"`{_camel(path)}`" if field else "", f"`{_short(place.path)}`", how, " and ".join(_conditions(place))]


def _camel(path: str) -> str:
    return ".".join(to_camel(step) for step in path.split("."))


def _conditions(place: Place) -> Iterator[str]:
    for condition in place.conditions:
        values_of = ", ".join(sorted(f"`{value}`" for value in condition.values))
        yield f"`{_camel(condition.field)}` is {values_of}"


def _short(path: str) -> str:
    for base in ("https://vardbro.example/fhir", IG):
        path = path.replace(f"extension('{base}/StructureDefinition/", "extension(")
    return path.replace("extension('", "extension(").replace("')", ")")


def _how(place: Place, kind: type[Any] | None) -> str:
    match place.source:
        case Coding(table=table):
            return f"table `{table}`"
        case Each():
            return "list"
        case Echo(of=of, kind=target):
            return "view" if of else f"echo, reference to {target}" if target else "echo"
        case Hole() if place.path.endswith(".reference"):
            return "reference"
    return f"code, {kind.__name__}" if kind and issubclass(kind, Enum) else "value"


def _table(*heads: str, rows: Iterable[list[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{' --- |' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(summary(cell).replace('|', chr(92) + '|') for cell in row)} |"
    yield ""


# -- the losses ---------------------------------------------------------------------------------------------------


def losses_page() -> str:
    """docs/losses.md"""
    out = [LOSSES_HEAD]
    for kind, heading in LOSSES_HEADINGS.items():
        rows = [
            [
                ", ".join(one.rules),
                "every message" if one.message == "*" else f"`{one.message}`",
                ", ".join(f"`{_camel(name)}`" for name in one.fields),
                f"`{one.place}`",
                one.en + "".join(f" Alike: {_group(group)}." for group in sorted(map(sorted, one.alike))),
            ]
            for one in LOSSES
            if one.kind is kind
        ]
        out += [f"## {heading}\n", *_table("rules", "message", "fields", "FHIR", "what, and what is done", rows=rows)]
    return "\n".join(out)


def _group(values_of: Iterable[str]) -> str:
    return ", ".join(f"`{value}`" for value in values_of)


# -- other contracts ----------------------------------------------------------------------------------------------


def contracts_page() -> str:
    """docs/contracts.md"""
    return "\n".join([CONTRACTS_HEAD, *(line for contract in CONTRACTS for line in _contract(contract))])


def _contract(contract: Contract) -> Iterator[str]:
    yield f"## {contract.title}\n"
    yield f"From {contract.document}. Told of: `{contract.kind}`. Asked for by:\n"
    yield f"```text\nAccept: {contract.media}\n```\n"
    if contract.seen_as:
        yield f"Whoever asks is told what a {contract.seen_as.value} would be.\n"
    said_at = {name: paths for name, paths in contract.reached().items() if paths}
    yield from _table("field", "stands in", rows=_said_rows(contract, said_at))
    others = {**contract.thins, **contract.decides}
    if others:
        yield from _table("said in part, or not itself", "what is left out, or what it decides", rows=_why(others))
    yield from _table("lost", "why", rows=_why(contract.loses))
    rows = [[one.what, one.done] for one in contract.assumed]
    yield from _table("not settled by its documents: **not verified**", "done here", rows=rows)


def _said_rows(contract: Contract, said_at: Mapping[str, list[str]]) -> Iterator[list[str]]:
    for name in leaves(contract.model):
        if name in said_at:
            yield [f"`{_camel(name)}`", ", ".join(f"`{_short(path)}`" for path in dict.fromkeys(said_at[name]))]


def _why(reasons: Mapping[str, str]) -> Iterator[list[str]]:
    """Fields that are told of in the same words stand together; `Likewise` is as those before."""
    told: dict[str, list[str]] = {}
    before = ""
    for name, why in reasons.items():
        before = before if why == "Likewise" else why
        told.setdefault(before, []).append(f"`{_camel(name)}`")
    yield from ([", ".join(names), why] for why, names in told.items())


def pages() -> dict[Path, str]:
    """What each page should hold."""
    return {
        DOCS / "model.md": model_page(),
        DOCS / "mapping.md": mapping_page(),
        DOCS / "losses.md": losses_page(),
        DOCS / "contracts.md": contracts_page(),
    }
