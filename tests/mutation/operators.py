"""What is changed in the code: operators of Cosmic Ray, and a few of our own for tables and generators.

Every operator is a class with Cosmic Ray's two methods: where in a node it may change something, and the change.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby
from typing import Any, TypeAlias

from cosmic_ray.plugins import get_operator
from parso import parse

Node: TypeAlias = Any
"""Of parso, which has no types."""
Span: TypeAlias = tuple[tuple[int, int], tuple[int, int]]

THEIRS = (
    *("AddNot", "ReplaceAndWithOr", "ReplaceOrWithAnd", "ReplaceTrueWithFalse", "ReplaceFalseWithTrue"),
    *("NumberReplacer", "RemoveDecorator", "ZeroIterationForLoop", "ExceptionReplacer"),
    *("ReplaceBreakWithContinue", "ReplaceContinueWithBreak"),
    *("ReplaceUnaryOperator_Delete_Not", "ReplaceUnaryOperator_USub_UAdd"),
    *("ReplaceComparisonOperator_Is_IsNot", "ReplaceComparisonOperator_IsNot_Is"),
    *("ReplaceComparisonOperator_Eq_NotEq", "ReplaceComparisonOperator_NotEq_Eq"),
    *("ReplaceComparisonOperator_Lt_LtE", "ReplaceComparisonOperator_LtE_Lt"),
    *("ReplaceComparisonOperator_Gt_GtE", "ReplaceComparisonOperator_GtE_Gt"),
    *("ReplaceComparisonOperator_Lt_GtE", "ReplaceComparisonOperator_GtE_Lt"),
    *("ReplaceComparisonOperator_Gt_LtE", "ReplaceComparisonOperator_LtE_Gt"),
    *("ReplaceBinaryOperator_BitOr_BitAnd", "ReplaceBinaryOperator_BitAnd_BitOr"),
    *("ReplaceBinaryOperator_Add_Sub", "ReplaceBinaryOperator_Sub_Add", "ReplaceBinaryOperator_Sub_BitAnd"),
    *("ReplaceBinaryOperator_Mul_FloorDiv", "ReplaceBinaryOperator_FloorDiv_Mul"),
    *("ReplaceBinaryOperator_Mod_FloorDiv", "ReplaceBinaryOperator_Pow_Mul"),
)
"""One neighbour and one opposite of each. All pairs would be mostly type errors, which any test kills, and `is` for
`==` between members of an enum, which none can."""


class OtherMembership:
    """`in` for `not in`, and the other way."""

    def mutation_positions(self, node: Node) -> Iterator[Span]:
        if node.type == "comparison":
            for operator in node.children[1::2]:
                if _words(operator) in ("in", "not in"):
                    yield operator.start_pos, operator.end_pos

    def mutate(self, node: Node, index: int) -> Node:
        at = [n for n, one in enumerate(node.children) if n % 2 and _words(one) in ("in", "not in")][index]
        node.children[at] = parse(" in" if _words(node.children[at]) == "not in" else " not in")
        return node


class OneElementLess:
    """A set, list or dict without one of its elements, and a tuple of a table or a decorator."""

    def mutation_positions(self, node: Node) -> Iterator[Span]:
        for element in _elements(node):
            yield element[0].start_pos, element[-1].end_pos

    def mutate(self, node: Node, index: int) -> Node:
        opening, inner = node.children[0].value, _elements(node)
        left = ["".join(part.get_code() for part in one).strip() for n, one in enumerate(inner) if n != index]
        empty = "set()" if opening == "{" and not _is_dict(node) else opening + node.children[-1].value
        text = f"{opening}{', '.join(left)},{node.children[-1].value}" if left else empty
        return parse(node.get_first_leaf().prefix + text)


class OtherText:
    """A text that is a word to the code: a code, a key, a pointer, a rule's id. Prose and docstrings stay."""

    def mutation_positions(self, node: Node) -> Iterator[Span]:
        alone = node.type in ("string", "fstring_string") and " " not in node.value and node.parent.type != "strings"
        if alone and node.parent.type == "fstring":
            alone = " " not in node.parent.get_code(include_prefix=False) and node.parent.parent.type != "strings"
        if alone and node.parent.type not in ("simple_stmt", "file_input"):
            yield node.start_pos, node.end_pos

    def mutate(self, node: Node, index: int) -> Node:
        quote = "" if node.type == "fstring_string" else node.value[-1]
        node.value = f"{node.value.removesuffix(quote)}x{quote}"
        return node


class OtherMember:
    """Another member of the same enum, of those that the module names."""

    def mutation_positions(self, node: Node) -> Iterator[Span]:
        if _other_member(node):
            yield node.start_pos, node.children[1].end_pos

    def mutate(self, node: Node, index: int) -> Node:
        node.children[1].children[1].value = _other_member(node)
        return node


class NothingYielded:
    """A generator that does not say one of the things that it says."""

    def mutation_positions(self, node: Node) -> Iterator[Span]:
        if node.type == "yield_expr":
            yield node.start_pos, node.end_pos

    def mutate(self, node: Node, index: int) -> Node:
        return parse(f"{node.get_first_leaf().prefix}yield from ()")


def operators() -> list[tuple[str, Any]]:
    """All of them with their names."""
    ours = (OtherMembership, OneElementLess, OtherText, OtherMember, NothingYielded)
    theirs = [(name, get_operator(f"core/{name}")()) for name in THEIRS]
    return theirs + [(one.__name__, one()) for one in ours]


def _words(node: Node) -> str:
    return " ".join(node.get_code(include_prefix=False).split())


def _elements(node: Node) -> list[list[Node]]:
    """The elements of a literal; none where it is not one that is mutated."""
    if node.type != "atom" or len(node.children) != 3 or not _is_table(node):
        return []
    inner = node.children[1]
    parts = inner.children if inner.type in ("testlist_comp", "dictorsetmaker") else [inner]
    if any(part.type in ("sync_comp_for", "comp_for") for part in parts):
        return []
    if node.children[0].value == "(" and parts == [inner]:  # no tuple, only brackets
        return []
    return [list(group) for comma, group in groupby(parts, lambda part: part.get_code().strip() == ",") if not comma]


def _is_table(node: Node) -> bool:
    """A tuple in a function is most often several values that go together, and one less is only an error."""
    return node.children[0].value != "(" or _outer(node) is None


def _outer(node: Node) -> Node:
    found = node.parent
    while found is not None and found.type not in ("funcdef", "lambdef"):
        found = found.parent
    return found


def _is_dict(node: Node) -> bool:
    inner = node.children[1]
    parts = getattr(inner, "children", [])
    return inner.type == "dictorsetmaker" and any(getattr(part, "value", None) in (":", "**") for part in parts)


def _other_member(node: Node) -> str | None:
    if node.type != "atom_expr" or node.children[0].type != "name" or len(node.children[1].children) != 2:
        return None
    enum, member = node.children[0].value, node.children[1].children[1].value
    if not enum[0].isupper() or not member.isupper():
        return None
    known = _members(node.get_root_node().get_code(), enum)
    return known[(known.index(member) + 1) % len(known)] if len(known) > 1 else None


@lru_cache
def _members(code: str, enum: str) -> list[str]:
    return sorted(set(re.findall(rf"\b{enum}\.([A-Z][A-Z0-9_]*)\b", code)))
