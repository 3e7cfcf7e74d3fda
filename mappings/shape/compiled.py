"""Templates turned into functions, once: `filler` writes, `puller` reads.

Pulling only collects: what it cannot read it leaves. Nothing is lost by that, since a reading is always checked by
filling it again and comparing (`graph.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby
from operator import attrgetter
from typing import Any, TypeAlias

from mappings.shape.slices import Fits, fitting, fitting_beyond, fixed_value
from mappings.shape.template import Coding, Context, Each, Echo, Hole, Item, Scope, Seen, Usually, When, speaks

Get: TypeAlias = Callable[[Scope], Any]
Fill: TypeAlias = Callable[[Scope, Context], Any]
Out: TypeAlias = dict[str, Any]
Later: TypeAlias = list[Callable[[], None]]
Pull: TypeAlias = Callable[[Any, Out, Context, Later], None]


class NoPlace(ValueError):
    """A field has a value that its resource cannot carry; `args[0]` is the field. Nothing was written."""


def getter(path: str) -> Get:
    """What stands at a path of attributes; None where a step is absent. The empty path is the scope itself."""
    if not path:
        return lambda scope: scope
    first, _, rest = path.partition(".")
    if not rest:
        return attrgetter(first)
    outer, inner = attrgetter(first), getter(rest)
    return lambda scope: None if (step := outer(scope)) is None else inner(step)


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
        case Each():
            return _fill_each(template)
        case dict():
            return _if_there(template, _fill_dict(template))
        case list():
            return _fill_list(template)
        case _:
            return lambda _, __: template


def _if_there(template: dict[str, Any], fill: Fill) -> Fill:
    """What speaks of one part of the scope alone says nothing where that part is absent: one look tells."""
    spoken = list(_spoken_of(template))
    if len(spoken) < 2 or len(set(spoken)) != 1 or not spoken[0]:
        return fill
    get = attrgetter(spoken[0])
    return lambda scope, context: None if get(scope) is None else fill(scope, context)


def _spoken_of(template: Any) -> Iterator[str]:
    """The part of the scope that each place in a template speaks of; empty where that cannot be told."""
    match template:
        case Hole(field=name) | Coding(field=name) | Each(field=name):
            yield name.partition(".")[0]
        case When(field=name, values=values):
            yield "" if None in values else name.partition(".")[0]
        case Echo():
            yield ""
        case Item(part=part):
            yield from _spoken_of(part)
        case dict() | list():
            for child in template.values() if isinstance(template, dict) else template:
                yield from _spoken_of(child)


def _fill_hole(name: str, get: Get, encode: Fill) -> Fill:
    def fill(scope: Scope, context: Context) -> Any:
        value = get(scope)
        if value is None:
            return None
        try:
            return encode(value, context)
        except ValueError as error:
            raise NoPlace(name) from error

    return fill


def _fill_coding(get: Get, table: str) -> Fill:
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


def _fill_each(each: Each) -> Fill:
    get, inner = getter(each.field), filler(each.part)

    def fill(scope: Scope, context: Context) -> Any:
        items = [inner(item, context) for item in get(scope) or ()]
        if None in items:
            raise NoPlace(each.field)
        return items

    return fill


def resource_filler(template: dict[str, Any]) -> Fill:
    """As `filler`, for a whole resource: it is there even where nothing was said."""
    return _fill_dict(template, needed=False)


def _fill_dict(template: dict[str, Any], *, needed: bool = True) -> Fill:
    parts = [(key, None if _plain(child) else filler(child), child, speaks(child)) for key, child in template.items()]
    needed = needed and any(says for _, _, _, says in parts)
    if needed and sum(part is not None for _, part, _, _ in parts) == 1:
        return _fill_around_one(template)

    def fill(scope: Scope, context: Context) -> Any:
        out, said = {}, not needed
        for key, part, fixed, says in parts:
            if part is None:
                out[key] = fixed
            elif (value := part(scope, context)) is not None and value != []:
                out[key] = value
                said = said or says
        return out if said else None

    return fill


def _fill_around_one(template: dict[str, Any]) -> Fill:
    """As most extensions, codings and references are: one part that speaks, the rest fixed."""
    keys = list(template)
    place = next(number for number, key in enumerate(keys) if not _plain(template[key]))
    name, part = keys[place], filler(template[keys[place]])
    before, after = ({key: template[key] for key in some} for some in (keys[:place], keys[place + 1 :]))

    def fill(scope: Scope, context: Context) -> Any:
        value = part(scope, context)
        return None if value is None or value == [] else {**before, name: value, **after}

    return fill


def _plain(template: Any) -> bool:
    return isinstance(template, str | int | float)


def _fill_list(template: list[Any]) -> Fill:
    parts = [
        part for condition, children in groupby(template, _condition) for part in _under(condition, list(children))
    ]

    if not any(several for _, several in parts):
        return _fill_singles([part for part, _ in parts])

    def fill(scope: Scope, context: Context) -> Any:
        out: list[Any] = []
        for part, several in parts:
            value = part(scope, context)
            if several:
                out += value or ()
            elif value is not None:
                out.append(value)
        return out or None

    return fill


def _fill_singles(parts: list[Fill]) -> Fill:
    """As most lists are: of items that each stand there once, or not."""
    if len(parts) == 1:
        (only,) = parts
        return lambda scope, context: None if (value := only(scope, context)) is None else [value]
    return lambda scope, context: [value for part in parts if (value := part(scope, context)) is not None] or None


def _condition(template: Any) -> tuple[str, frozenset[Any]] | None:
    return (template.field, template.values) if isinstance(template, When) else None


def _under(condition: tuple[str, frozenset[Any]] | None, templates: list[Any]) -> list[tuple[Fill, bool]]:
    """Items of a list; those that stand in the same states one after the other are asked of once."""
    if condition is None or len(templates) == 1:
        return [(filler(child), many(child)) for child in templates]
    return [(filler(When(*condition, [child.part for child in templates])), True)]


def many(template: Any) -> bool:
    """True for what fills a list with any number of items."""
    match template:
        case When(part=part) | Item(part=part):
            return many(part)
        case Echo(many=several):
            return several
        case _:
            return isinstance(template, Each)


# -- pull: what is read goes into a nested dict of field names -----------------------------------------------------


def puller(template: Any) -> Pull | None:
    """A function that collects the fields of the template from JSON; None where the template holds no field."""
    match template:
        case Hole(field=name, codec=codec):
            return _pull_hole(setter(name), codec.decode)
        case Coding(field=name, table=table):
            return _pull_coding(setter(name), table)
        case Echo() if template.moved or template.absent:
            return lambda node, _, context, __: context.seen.append(Seen(context.at, template, node))
        case When(part=part):
            return _pull_when(template, puller(part))
        case Item(part=part):
            return puller(part)
        case dict():
            return _pull_dict(template)
        case list():
            return _pull_list(template)
        case _:
            return None


def pull_into(out: Out, pull: Pull | None, node: Any, context: Context) -> None:
    """Adds all fields of one scope: first what stands unconditionally, then what depends on it."""
    if pull is None:
        return
    later: Later = []
    known = len(context.seen)
    pull(node, out, context, later)
    for seen in context.seen[known:]:
        if seen.echo.absent and seen.at == context.at:
            for name, value in seen.echo.absent(seen.value).items():
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
        if type(node) is dict and node.get("system") == context.vocabulary.system(table):
            code = node.get("code")
            if type(code) is str:
                put(out, code)

    return pull


def _pull_when(when: When, inner: Pull | None) -> Pull | None:
    if inner is None:
        return None
    get, values = _lookup(when.field), when.values

    def pull(node: Any, out: Out, context: Context, later: Later) -> None:
        later.append(lambda: inner(node, out, context, later) if get(out) in values else None)

    return pull


def _lookup(path: str) -> Callable[[Out], Any]:
    first, _, rest = path.partition(".")
    if not rest:
        return lambda out: out.get(first)
    inner = _lookup(rest)
    return lambda out: inner(out.get(first, {}))


def _pull_dict(template: dict[str, Any]) -> Pull | None:
    parts = [(key, pull) for key, child in template.items() if (pull := puller(child))]
    if not parts:
        return None
    if len(parts) == 1:
        return _pull_member(*parts[0])

    def pull_all(node: Any, out: Out, context: Context, later: Later) -> None:
        if type(node) is dict:
            for key, pull in parts:
                if key in node:
                    pull(node[key], out, context, later)

    return pull_all


def _pull_member(key: str, pull: Pull) -> Pull:
    def pull_one(node: Any, out: Out, context: Context, later: Later) -> None:
        if type(node) is dict and key in node:
            pull(node[key], out, context, later)

    return pull_one


def _pull_list(template: list[Any]) -> Pull | None:
    sliced = [child for child in template if fixed_value(child) and not many(child)]
    parts = [pull for child in template if child not in sliced and (pull := _from_list(child))]
    parts += _from_slices(sliced)

    def pull_all(node: Any, out: Out, context: Context, later: Later) -> None:
        if type(node) is list:
            for pull in parts:
                pull(node, out, context, later)

    return pull_all if parts else None


def _from_list(template: Any) -> Pull | None:
    """Reads one child of a list template from the whole list."""
    match template:
        case When(part=part):
            return _pull_when(template, _from_list(part))
        case Each():
            return _pull_each(template)
        case _:
            return _pull_first(template)


def _pull_first(template: Any) -> Pull | None:
    inner = puller(template)
    if inner is None:
        return None
    fits = fitting(template)

    def pull(node: Any, out: Out, context: Context, later: Later) -> None:
        for item in node:
            if fits(item, context):
                inner(item, out, context, later)
                break

    return pull


def _from_slices(templates: list[Any]) -> list[Pull]:
    """Reads all children that one member tells apart in one walk over the list: the first item that fits each."""
    slices: dict[str, dict[str, list[tuple[Fits, Pull]]]] = {}
    for template in templates:
        member, value = fixed_value(template) or ("", "")
        if pull := puller(template):
            slices.setdefault(member, {}).setdefault(value, []).append((fitting_beyond(template, member, value), pull))
    return [_pull_slices(member, known) for member, known in slices.items()]


def _pull_slices(member: str, known: dict[str, list[tuple[Fits, Pull]]]) -> Pull:
    def pull_all(node: Any, out: Out, context: Context, later: Later) -> None:
        taken = set()
        for item in node:
            value = item.get(member) if type(item) is dict else None
            for fits, pull in known.get(value, ()) if type(value) is str else ():
                if pull not in taken and fits(item, context):
                    taken.add(pull)
                    pull(item, out, context, later)

    return pull_all


def _pull_each(each: Each) -> Pull:
    fits, inner, put, steps = fitting(each), puller(each.part), setter(each.field), each.field.split(".")

    def pull(node: Any, out: Out, context: Context, _: Later) -> None:
        found: list[Any] = []
        for item in node:
            if fits(item, context):
                one: Out = {}
                at = (*context.at, *steps, len(found))
                pull_into(one, inner, item, Context(context.root, context.vocabulary, at, context.seen))
                found.append(one.get("", one))
        if found:
            put(out, found)

    return pull
