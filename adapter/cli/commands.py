"""Every command with its options and its help. What a command does is a module of its own, loaded when it is asked for.

Exit codes are `exits.Code`.
"""
# ruff: noqa: PLC0415, PLR0913  a command loads what it needs when it runs, so that help is quick; options are many

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from adapter.cli.options import (
    Data,
    Database,
    Described,
    Files,
    Format,
    Json,
    KindOption,
    Level,
    Like,
    LogLevel,
    MessageIds,
    MessageState,
    Region,
    RuleState,
    To,
    Validation,
)

HELP = """Vårdbro: bookings, care events and named contacts of Swedish care, to and from FHIR R4.

\b
Begin here:
  vardbro demo                      the whole way on this machine, and what came of it
  vardbro check MESSAGE.json        would it be accepted, and if not, why not
  vardbro COMMAND --help            what a command does, with an example

\b
Exit codes:
  0  good
  1  something was refused, or is not as it should be
  2  the command, a file or a setting is wrong
  3  a server does not answer
  4  an error in Vårdbro itself
"""

app = typer.Typer(
    help=HELP,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
messages = typer.Typer(
    help="""Look at messages, and move those that are stuck.

Works on the ledger beside a gateway, running or not.

\b
Example:
  vardbro messages list --state parked
  vardbro messages retry 159d2ef0-887c-4f31-a5dd-2a6ef78947d8
""",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(messages, name="messages")
regions = typer.Typer(
    help="""A region's folder: units, source systems, code tables.

\b
Example:
  vardbro region check FOLDER
""",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(regions, name="region")


@regions.callback()
def _regions() -> None:
    """So that what is asked of a region is named, though it is one thing only."""


def _given(context: typer.Context, *but: str) -> dict[str, Any]:
    """What was given, by name; what was not is left out."""
    return {name: value for name, value in context.params.items() if value is not None and name not in but}


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"vardbro {version('vardbro')}")
        raise typer.Exit


@app.callback()
def vardbro(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="The version")] = False,
) -> None:
    pass


# -- running ---------------------------------------------------------------------------------------------------------


@app.command()
def demo(
    *,
    fhir_server: Annotated[
        str | None, typer.Option("--fhir-server", metavar="URL", help="A FHIR R4 server; else the embedded one")
    ] = None,
    region: Annotated[
        Path | None, typer.Option("--region", metavar="REGION", help="A sample region's name, or a folder; else all")
    ] = None,
    data: Annotated[
        Path | None, typer.Option("--data", metavar="FOLDER", help="Keep databases here, by region; else nowhere")
    ] = None,
    stay: Annotated[bool, typer.Option("--stay", help="Keep the servers up, and say where they are")] = False,
    as_json: Json = False,
    log_level: LogLevel = Level.CRITICAL,
) -> None:
    """The whole way on this machine, region by region, read back and compared.

    For each sample region (exempel, which is made up, halland, skane and vastra-gotaland): starts a FHIR server and the
    gateway, pushes every example message of the region as its journal systems would, waits until all is delivered,
    reads it back as staff, as a portal and over /fhir, compares, and sends everything once more. Exits 0 only if all of
    it was as it should be. All people in it are made up. A FHIR server is one region's: with --fhir-server or --stay it
    is the made-up one, unless --region names another. A second run on the same server updates and does not double.

    \b
    Example:
      vardbro demo
      vardbro demo --region halland
      vardbro demo --stay
      vardbro demo --fhir-server http://127.0.0.1:8090/fhir --region skane
    """
    from adapter.cli.demo import Setting, demonstrate

    where = Setting(fhir_server, region, data)
    raise typer.Exit(demonstrate(where, stay=stay, as_json=as_json, log_level=log_level.value))


@app.command()
def serve(
    context: typer.Context,
    *,
    region: Region = None,
    data: Data = None,
    database: Database = None,
    fhir_server: Annotated[
        str | None, typer.Option("--fhir-server", metavar="URL", help="Base of the FHIR server; else the embedded one")
    ] = None,
    fhir_token_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The whole Authorization header for the FHIR server")
    ] = None,
    keys: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The region's keys; else made once in --data")
    ] = None,
    tokens: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Who may call (TOML); else loopback only, as operator")
    ] = None,
    tls_cert: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The gateway's certificate, PEM; else plain HTTP")
    ] = None,
    tls_key: Annotated[Path | None, typer.Option(metavar="FILE", help="The certificate's key, PEM")] = None,
    client_ca: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Roots of callers' certificates, PEM, for tokens bound to them")
    ] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on  [default: 127.0.0.1]")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="0 takes any free port  [default: 8080]")] = None,
    max_body: Annotated[int | None, typer.Option(min=1, help="Bytes of one message  [default: 1000000]")] = None,
    longest_wait: Annotated[
        float | None, typer.Option(min=0, help="Seconds that Prefer: wait is honoured at most  [default: 30]")
    ] = None,
    parallel: Annotated[
        int | None, typer.Option(min=1, help="Parcels on their way to the FHIR server at once  [default: 16]")
    ] = None,
    deliver: Annotated[
        bool | None, typer.Option("--deliver/--no-deliver", help="Off: messages are kept and nothing is sent")
    ] = None,
    public_base: Annotated[
        str | None, typer.Option(metavar="URL", help="The gateway's own URL as callers see it; else from host and port")
    ] = None,
    log_level: LogLevel = Level.INFO,
) -> None:
    """The gateway between source systems, a FHIR server and portals.

    Says READY with its own address and the FHIR server's on one line of standard output, logs JSON lines on standard
    error, and stops gracefully on SIGTERM and SIGINT. Every option can also be set as VARDBRO_NAME in the environment.

    \b
    Example:
      vardbro serve --port 8080
      vardbro serve --fhir-server https://fhir.example/r4 --keys keys --tokens tokens.toml --host 0.0.0.0
    """
    from adapter.cli.serve import serve

    raise typer.Exit(serve(_given(context, "log_level"), log_level.value))


@app.command()
def sandbox(
    context: typer.Context,
    *,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any free port; the READY line names it")] = 0,
    host: Annotated[str, typer.Option(help="Address to listen on")] = "127.0.0.1",
    database: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A SQLite file; without it all is in memory")
    ] = None,
    like: Annotated[Like, typer.Option(help="Whose answer is given where servers differ")] = Like.R4,
    validate: Annotated[Validation, typer.Option(help="What is checked at every write")] = Validation.STRUCTURE,
    seed: Annotated[
        list[Path] | None,
        typer.Option(metavar="PATH", help="Resources or Bundles to start with: JSON, NDJSON, a folder"),
    ] = None,
    clock: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%dT%H:%M:%S%z"], help="Where time stands still; else the machine's clock"),
    ] = None,
    zone: Annotated[str | None, typer.Option(help="The server's time zone  [default: Europe/Stockholm]")] = None,
    body_limit: Annotated[int | None, typer.Option(min=1, help="Bytes of a request  [default: 5000000]")] = None,
    page_size: Annotated[int | None, typer.Option(min=1, help="Matches on a page  [default: 50]")] = None,
    page_limit: Annotated[int | None, typer.Option(min=1, help="The most that _count gives  [default: 1000]")] = None,
    space_limit: Annotated[int | None, typer.Option(min=1, help="Isolated spaces at once  [default: 1000]")] = None,
    parent: Annotated[int | None, typer.Option(metavar="PID", help="Stop when this process is gone")] = None,
    log_level: LogLevel = Level.WARNING,
) -> None:
    """The embedded FHIR R4 server alone, for test suites.

    Says READY with its base URL on one line of standard output. Each /spaces/NAME/fhir is an isolated server of its
    own.

    \b
    Example:
      vardbro sandbox --port 0 --seed patients.ndjson
      vardbro convert --to fhir bookings.ndjson > bundles.ndjson && vardbro sandbox --seed bundles.ndjson
    """
    from adapter.cli.serve import sandbox

    raise typer.Exit(sandbox(_given(context, "log_level", "parent"), parent, log_level.value))


# -- messages in files -----------------------------------------------------------------------------------------------


@app.command()
def send(
    files: Files,
    *,
    to: Annotated[str, typer.Option("--to", metavar="URL", help="The gateway")] = "http://127.0.0.1:8080",
    token_file: Annotated[Path | None, typer.Option(metavar="FILE", help="Holds the token to send")] = None,
    kind: KindOption = None,
    parallel: Annotated[
        int, typer.Option(min=1, max=256, help="At once; one patient's messages always go in their order")
    ] = 8,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where a send of the same file broke off")] = False,
    refused: Annotated[
        Path | None, typer.Option("--refused", metavar="FILE", help="Write each refusal here, a JSON line each")
    ] = None,
    as_json: Json = False,
) -> None:
    """Push messages from files to a gateway, as a journal system does.

    A file holds one message, a list of messages, or one a line (NDJSON). What was sent is remembered in FILE.sending
    until the whole file is through. Sending twice is harmless. Ends with how many were refused, by rule; exits 1 if
    any was, 3 if the gateway stopped answering.

    \b
    Example:
      vardbro send bookings.ndjson --to http://127.0.0.1:8080
      vardbro send bookings.ndjson --resume
    """
    from adapter.cli.send import Sending, send

    how = Sending(to, token_file, kind.value if kind else None, parallel, resume, refused)
    raise typer.Exit(send(files, how, as_json=as_json))


@app.command()
def convert(
    files: Files,
    *,
    to: Annotated[To, typer.Option("--to", help="fhir: a collection Bundle per message; region: messages")],
    region: Region = None,
    kind: KindOption = None,
    keys: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The region's keys, for ids; else the demo's")
    ] = None,
    pretty: Annotated[bool, typer.Option("--pretty", help="Indented, not one a line")] = False,
) -> None:
    """The mapping alone: messages to FHIR, FHIR to messages.

    Messages are derived and mapped, not judged (see check). FHIR is such a Bundle, or a searchset. One a line comes
    out, however large the file. What cannot be read is told on standard error with its line, and the rest goes on;
    then the exit code is 1.

    \b
    Example:
      vardbro convert --to fhir booking.json --pretty
      vardbro convert --to fhir bookings.ndjson > bundles.ndjson
      vardbro convert --to region bundles.ndjson
    """
    from adapter.cli.convert import Converting, to_fhir, to_region

    how = Converting(region, kind.value if kind else None, keys, pretty)
    raise typer.Exit(to_fhir(files, how) if to is To.FHIR else to_region(files, how))


@app.command()
def check(
    files: Files,
    *,
    form: Annotated[Format, typer.Option("--format", help="fhir: an OperationOutcome each")] = Format.TEXT,
    as_json: Json = False,
    kind: KindOption = None,
    region: Region = None,
) -> None:
    """Would it be accepted? Every problem, with its rule.

    Problems are told with rule, place and text in both languages. Messages are judged by all rules; what only a
    gateway knows (earlier versions, the patient's other contacts, markings by other sources) is taken as unknown. FHIR
    resources and Bundles are validated against R4. Exits 1 when anything is refused.

    \b
    Example:
      vardbro check booking.json
      vardbro check appointment.json --format fhir
    """
    from adapter.cli.check import check

    raise typer.Exit(check(files, (Format.JSON if as_json else form).value, kind.value if kind else None, region))


@app.command()
def explain(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A message, or a Bundle that convert made")],
    *,
    field: Annotated[
        str | None, typer.Option("--field", metavar="PATH", help="Only what this field became: /lines/0/start")
    ] = None,
    fhir: Annotated[
        str | None, typer.Option("--fhir", metavar="FHIRPATH", help="Only where this came from: Appointment.status")
    ] = None,
    kind: KindOption = None,
    region: Region = None,
    as_json: Json = False,
) -> None:
    """Why is this value here: field, code table, rule.

    For each value in the FHIR that a message becomes: the regional field, the code table and the rule that put it
    there. And the other way: all that a field became.

    \b
    Example:
      vardbro explain booking.json
      vardbro explain booking.json --field /lines/0/start
      vardbro explain booking.json --fhir Appointment.status
    """
    from adapter.cli.explain import Asked, explain

    raise typer.Exit(explain(file, Asked(field, fhir, kind.value if kind else None, region), as_json=as_json))


@app.command()
def rules(
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="ID", help="Only these, such as TE-3; DK is the table of 1177 direkt")
    ] = None,
    *,
    state: Annotated[RuleState | None, typer.Option(help="Only rules in this state")] = None,
    as_json: Json = False,
) -> None:
    """Every rule, and whether the code keeps it.

    The rules of the source documents, and our own for errors of form (IN-n).

    \b
    kept         the code keeps it
    attested     the sender's word is demanded, since data cannot show it
    not a check  it only says what is carried
    not yet      a message that needs it is refused

    \b
    Example:
      vardbro rules TE-3
      vardbro rules DK
      vardbro rules --state not-yet
    """
    from adapter.cli.rules import rules

    raise typer.Exit(rules(ids or [], state.value if state else None, as_json=as_json))


@app.command()
def schema(
    what: Annotated[Described, typer.Argument(metavar="KIND", help="booking, care-event, named-contact or catalogue")],
) -> None:
    """The JSON Schema of a message, or of a region's folder.

    Derived from the model that the gateway reads by; who may see a member stands in x-audiences. The rules demand more
    than a schema can say: see check. The catalogue's describes the folder as one object, a member for each file.

    \b
    Example:
      vardbro schema booking > booking.schema.json
    """
    from adapter.cli.schema import schema

    raise typer.Exit(schema(what.value))


@regions.command("check")
def check_region(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A region's folder, or a sample region's name")],
    *,
    as_json: Json = False,
) -> None:
    """What is wrong in a region's folder, and what is missing.

    Every error at once, with file, line and what to do: a gateway does not start with one. Then, as warnings, what a
    complete region would have: which table or value is not there, and what cannot be said without it. Exits 1 when
    there is an error; warnings alone are good.

    \b
    Example:
      vardbro region check regions/mine
      vardbro region check halland --json
    """
    from adapter.cli.region import check

    raise typer.Exit(check(folder, as_json=as_json))


# -- the ledger ------------------------------------------------------------------------------------------------------


@app.command()
def waiting(
    *,
    region: Region = None,
    data: Data = None,
    database: Database = None,
    keys: Annotated[Path | None, typer.Option(metavar="FILE", help="The region's keys; else those in --data")] = None,
    as_json: Json = False,
) -> None:
    """Bookings on the waiting list that today's catalogue would refuse.

    For after a change of the region's folder, or before it, with --region. Every booking on the list (planned, booked
    or missed) is judged once more as it stands, beside what the ledger knows. Nothing is changed: each stays on the
    list as it was accepted, until its source sends it anew. Exits 1 when any is listed.

    \b
    Example:
      vardbro waiting
      vardbro waiting --region halland-next --data data
    """
    from adapter.cli.messages import Place
    from adapter.cli.waiting import unlawful

    raise typer.Exit(unlawful(Place(region, data, database), keys, as_json=as_json))


@messages.command("list")
def list_messages(
    *,
    state: Annotated[MessageState | None, typer.Option(help="Only messages in this state")] = None,
    most: Annotated[int, typer.Option("--most", min=1, help="The newest this many")] = 100,
    region: Region = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Messages and what became of them.

    \b
    Example:
      vardbro messages list --state parked
    """
    from adapter.cli.messages import Place, listed

    raise typer.Exit(listed(Place(region, data, database), state.value if state else None, most, as_json=as_json))


@messages.command()
def show(
    ids: MessageIds,
    *,
    region: Region = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Receipt, parcels, what each waits for, what the server said.

    \b
    Example:
      vardbro messages show 159d2ef0-887c-4f31-a5dd-2a6ef78947d8
    """
    from adapter.cli.messages import Place, shown

    raise typer.Exit(shown(Place(region, data, database), ids, as_json=as_json))


@messages.command()
def retry(
    ids: Annotated[list[str] | None, typer.Argument(metavar="ID", help="Of messages, as receipts give them")] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="Every parked message")] = False,
    region: Region = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Send parked messages again.

    A gateway that is running takes them up within seconds. Says of each message why there was nothing to send again,
    and exits 1 then.

    \b
    Example:
      vardbro messages retry 159d2ef0-887c-4f31-a5dd-2a6ef78947d8
      vardbro messages retry --all
    """
    from adapter.cli.messages import Place, retried

    raise typer.Exit(retried(Place(region, data, database), ids or [], every=every, as_json=as_json))


@messages.command()
def park(
    ids: MessageIds,
    *,
    region: Region = None,
    data: Data = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Hold back messages that are not yet sent, until retry.

    Later ones of the same booking wait behind them. Says of each message why it could not be held back, and exits 1
    then.

    \b
    Example:
      vardbro messages park 159d2ef0-887c-4f31-a5dd-2a6ef78947d8
    """
    from adapter.cli.messages import Place, parked

    raise typer.Exit(parked(Place(region, data, database), ids, as_json=as_json))
