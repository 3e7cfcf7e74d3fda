"""Templates turned into functions, once: `fill` writes, `pull` reads, `fits` tells list items apart.

`pull` only collects: what it cannot read it leaves. Nothing is lost by that, since a reading is always checked by
filling it again and comparing (`shape.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from mappings.shape.codec import refers_to
from mappings.shape.template import Coding, Context, Each, Echo, Hole, Item, Scope, Usually, When

Fill: TypeAlias = Callable[[Scope, Context], Any]
Out: TypeAlias = dict[str, Any]
Later: TypeAlias = list[Callable[[], None]]
Pull: TypeAlias = Callable[[Any, Out, Context, Later], None]
Fits: TypeAlias = Callable[[Any, Context], bool]


class NoPlace(ValueError):
    """A field has a value that its resource cannot carry; `args[0]` is the field. Nothing was written."""


def getter(path: str) -> Callable[[Scope], Any]:
    """What stands at a path of attributes; None where a step is absent. The empty path is the scope itself."""
    if not path:
        return lambda scope: scope
    first, _, rest = path.partition(".")
    if not rest:
        return lambda scope: getattr(scope, first)
    inner = getter(rest)
    return lambda scope: None if (step := getattr(scope, first)) is None else inner(step)


def setter(path: str) -> Callable[[Out, Any], None]:
    """Puts a value at a path of nested dicts."""
    first, _, rest = path.partition(".")
    if not rest:
        return lambda out, value: out.__setitem__(first, value)
    inner = setter(rest)
    return lambda out, value: inner(out.setdefault(first, {}), value)


# -- fill: what comes out is None where nothing was said -----------------------------------------------------------


def filler(template: Any) -> Fill:
    """A function that writes the template from a scope."""
    match template:
        case Hole(field=name, codec=codec):
            return _fill_hole(name, getter(name), codec.encode)
        case Coding(field=name, table=table):
            return _fill_coding(getter(name), table)
        case Echo(write=write):
            return write
        case Usually(value=value):
            return lambda _, __: value
        case When():
            return _fill_when(template)
        case Item(part=part):
            return filler(part)
        case Each(field=name, part=part):
            get, inner = getter(name), filler(part)
            return lambda scope, context: [inner(item, context) for item in get(scope) or ()]
        case dict():
            return _fill_dict(template)
        case list():
            return _fill_list(template)
        case _:
            return lambda _, __: template


def _fill_hole(name: str, get: Callable[[Scope], Any], encode: Fill) -> Fill:
    def fill(scope: Scope, context: Context) -> Any:
        value = get(scope)
        if value is None:
            return None
        try:
            return encode(value, context)
        except ValueError as error:
            raise NoPlace(name) from error

    return fill


def _fill_coding(get: Callable[[Scope], Any], table: str) -> Fill:
    def fill(scope: Scope, context: Context) -> Any:
        code = get(scope)
        if code is None:
            return None
        coding = {"system": context.vocabulary.system(table), "code": code}
        if display := context.vocabulary.display(table, code):
            coding["display"] = display
        return coding

    return fill


def _fill_when(when: When) -> Fill:
    get, inner, values = getter(when.field), filler(when.part), when.values
    return lambda scope, context: inner(scope, context) if get(scope) in values else None


def _fill_dict(template: dict[str, Any]) -> Fill:
    parts = [(key, filler(child), speaks(child)) for key, child in template.items()]
    needed = any(says for _, _, says in parts)

    def fill(scope: Scope, context: Context) -> Any:
        out, said = {}, not needed
        for key, part, says in parts:
            value = part(scope, context)
            if value is not None and value != []:
                out[key] = value
                said = said or says
        return out if said else None

    return fill


def _fill_list(template: list[Any]) -> Fill:
    parts = [(filler(child), _many(child)) for child in template]

    def fill(scope: Scope, context: Context) -> Any:
        out: list[Any] = []
        for part, many in parts:
            value = part(scope, context)
            if many:
                out += value or []
            elif value is not None:
                out.append(value)
        return out or None

    return fill


def _many(template: Any) -> bool:
    """True for what fills a list with any number of items."""
    return isinstance(template, Each) or (isinstance(template, When) and _many(template.part))


def speaks(template: Any) -> bool:
    """True when the template says something of the region, so that it is left out where nothing was said."""
    match template:
        case Hole() | Coding() | Each() | Echo() | When() | Item():
            return True
        case dict():
            return any(speaks(child) for child in template.values())
        case list():
            return any(speaks(child) for child in template)
        case _:
            return False


# -- pull: what is read goes into a nested dict of field names -----------------------------------------------------


def puller(template: Any) -> Pull | None:
    """A function that collects the fields of the template from JSON; None where the template holds no field."""
    match template:
        case Hole(field=name, codec=codec):
            return _pull_hole(setter(name), codec.decode)
        case Coding(field=name, table=table):
            return _pull_coding(setter(name), table)
        case Echo() if template.moved or template.absent:
            return lambda node, _, context, __: context.echoes.append((template, node))
        case When():
            return _pull_when(template)
        case Item(part=part):
            return puller(part)
        case dict():
            return _pull_dict(template)
        case list():
            return _pull_list(template)
        case _:
            return None


def pulled(pull: Pull | None, node: Any, context: Context) -> Out:
    """All fields of one scope: first what stands unconditionally, then what depends on it."""
    out: Out = {}
    pull_into(out, pull, node, context)
    return out


def pull_into(out: Out, pull: Pull | None, node: Any, context: Context) -> None:
    """As `pulled`, into what other resources have said already."""
    later: Later = []
    known = len(context.echoes)
    if pull:
        pull(node, out, context, later)
    for echo, seen in context.echoes[known:]:
        for name, value in (echo.absent(seen) if echo.absent else {}).items():
            out.setdefault(name, value)
    for step in later:
        step()


def _pull_hole(put: Callable[[Out, Any], None], decode: Callable[[Any, Context], Any]) -> Pull:
    def pull(node: Any, out: Out, context: Context, _: Later) -> None:
        try:
            put(out, decode(node, context))
        except ValueError:
            return

    return pull


def _pull_coding(put: Callable[[Out, Any], None], table: str) -> Pull:
    def pull(node: Any, out: Out, context: Context, _: Later) -> None:
        if (
            isinstance(node, dict)
            and node.get("system") == context.vocabulary.system(table)
            and isinstance(node.get("code"), str)
        ):
            put(out, node["code"])

    return pull


def _pull_when(when: When) -> Pull | None:
    inner, get = puller(when.part), _lookup(when.field)
    if inner is None:
        return None

    def pull(node: Any, out: Out, context: Context, later: Later) -> None:
        later.append(lambda: inner(node, out, context, later) if get(out) in when.values else None)

    return pull


def _lookup(path: str) -> Callable[[Out], Any]:
    first, _, rest = path.partition(".")
    return (lambda out: out.get(first)) if not rest else (lambda out: _lookup(rest)(out.get(first, {})))


def _pull_dict(template: dict[str, Any]) -> Pull | None:
    parts = [(key, pull) for key, child in template.items() if (pull := puller(child))]
    if not parts:
        return None

    def pull_all(node: Any, out: Out, context: Context, later: Later) -> None:
        if isinstance(node, dict):
            for key, pull in parts:
                if key in node:
                    pull(node[key], out, context, later)

    return pull_all


def _pull_list(template: list[Any]) -> Pull | None:
    singles = [(fitting(child), pull) for child in template if not _each(child) and (pull := puller(child))]
    eaches = [
        _pull_each(each, when)
        for child in template
        if (each := _each(child))
        for when in [child if isinstance(child, When) else None]
    ]

    def pull_all(node: Any, out: Out, context: Context, later: Later) -> None:
        if not isinstance(node, list):
            return
        for fits, pull in singles:
            for item in node:
                if fits(item, context):
                    pull(item, out, context, later)
                    break
        for pull in eaches:
            pull(node, out, context, later)

    return pull_all if singles or eaches else None


def _each(template: Any) -> Each | None:
    match template:
        case Each():
            return template
        case When(part=Each() as each):
            return each
        case _:
            return None


def _pull_each(each: Each, when: When | None) -> Pull:
    fits, inner, put = fitting(each), puller(each.part), setter(each.field)
    get = _lookup(when.field) if when else None

    def pull(node: Any, out: Out, context: Context, later: Later) -> None:
        def take() -> None:
            if when is None or (get and get(out) in when.values):
                found = [pulled(inner, item, context) for item in node if fits(item, context)]
                if found:
                    put(out, [item.get("", item) for item in found])

        later.append(take) if when else take()

    return pull


# -- fits: an item is known by the fixed values it carries, as FHIR knows a slice -----------------------------------


def fitting(template: Any) -> Fits:
    """True for an item that carries every fixed value of the template.

    A list inside an item counts only by items that are wholly fixed: others may be left out. Where such a one must tell,
    `Each.by` says so.
    """
    marks = list(_marks(template))
    if len(marks) == 1:
        return marks[0]
    return lambda item, context: all(mark(item, context) for mark in marks)


def _marks(template: Any, *, surely: bool = False) -> Iterator[Fits]:
    match template:
        case When(part=part):
            yield from _marks(part)
        case Each(part=part, by=by) | Item(part=part, by=by):
            yield from _marks(part)
            yield from _marks(by, surely=True)
        case Hole(codec=codec) if codec.marks:
            known = codec.marks
            yield lambda item, _: known(item)
        case Echo(kind=kind) if kind:
            yield lambda item, _: refers_to(item, kind)
        case Coding(table=table):
            yield (
                lambda item, context: isinstance(item, dict) and item.get("system") == context.vocabulary.system(table)
            )
        case dict():
            for key, child in template.items():
                yield from (_inside(key, mark) for mark in _marks(child, surely=surely))
        case list():
            yield from (_among(fitting(child)) for child in template if surely or not speaks(child))
        case str() | bool() | int():
            yield lambda item, _: type(item) is type(template) and item == template


def _inside(key: str, mark: Fits) -> Fits:
    return lambda item, context: isinstance(item, dict) and key in item and mark(item[key], context)


def _among(fits: Fits) -> Fits:
    return lambda node, context: isinstance(node, list) and any(fits(item, context) for item in node)
