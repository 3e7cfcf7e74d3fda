"""Options that several commands share, and the words that some of them take."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeAlias

import typer


class Level(StrEnum):
    """Of logs."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
    CRITICAL = "critical"


class Like(StrEnum):
    """Whose answer the sandbox gives where servers differ."""

    R4 = "r4"
    HAPI = "hapi"


class Validation(StrEnum):
    """What the sandbox checks at every write."""

    STRUCTURE = "structure"
    OFF = "off"


class To(StrEnum):
    """What is converted to."""

    FHIR = "fhir"
    REGION = "region"


class Format(StrEnum):
    """How problems are told."""

    TEXT = "text"
    JSON = "json"
    FHIR = "fhir"


class Kind(StrEnum):
    """Kinds of message."""

    BOOKING = "booking"
    CARE_EVENT = "care-event"
    NAMED_CONTACT = "named-contact"
    PATIENT = "patient"


class Described(StrEnum):
    """What there is a JSON Schema of."""

    BOOKING = "booking"
    CARE_EVENT = "care-event"
    NAMED_CONTACT = "named-contact"
    PATIENT = "patient"
    CATALOGUE = "catalogue"


class RuleState(StrEnum):
    """States of a rule, as typed."""

    KEPT = "kept"
    ATTESTED = "attested"
    NOT_A_CHECK = "not-a-check"
    NOT_YET = "not-yet"


class MessageState(StrEnum):
    """States of a message."""

    ACCEPTED = "accepted"
    DELIVERING = "delivering"
    DELIVERED = "delivered"
    PARKED = "parked"


Files: TypeAlias = Annotated[list[str], typer.Argument(metavar="FILE", help="JSON or NDJSON; - is standard input")]
Region: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--region", metavar="REGION", help="A region's folder, or a sample region's name; else the made-up one"
    ),
]
Json: TypeAlias = Annotated[bool, typer.Option("--json", help="JSON on standard output, for programs")]
KindOption: TypeAlias = Annotated[
    Kind | None, typer.Option("--kind", help="What the messages are; else told from their fields")
]
LogLevel: TypeAlias = Annotated[Level, typer.Option("--log-level", help="Logs are JSON lines on standard error")]
Data: TypeAlias = Annotated[
    Path | None,
    typer.Option("--data", metavar="FOLDER", help="Databases and keys  [default: vardbro-data, env VARDBRO_DATA]"),
]
Database: TypeAlias = Annotated[
    str | None,
    typer.Option("--database", metavar="URL", help="sqlite:///FILE  [default: in --data, env VARDBRO_DATABASE]"),
]
MessageIds: TypeAlias = Annotated[list[str], typer.Argument(metavar="ID", help="Of messages, as receipts give them")]
