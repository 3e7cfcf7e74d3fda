"""The XHTML of `Narrative.div`: well-formed, only harmless elements and attributes, and not blank (txt-1, txt-2).

https://hl7.org/fhir/R4/narrative.html#xhtml. Entities other than XML's own five, and document types, are refused.
"""

from __future__ import annotations

import re
from typing import Any, Final
from xml.parsers.expat import ExpatError, ParserCreate

from .faults import Fault, broken, not_of

XHTML: Final = "http://www.w3.org/1999/xhtml"
ELEMENTS: Final = re.compile(
    "p|br|div|h[1-6]|a|span|b|em|i|strong|small|big|tt|dfn|q|var|abbr|acronym|cite|blockquote|hr|address|bdo|kbd|sub|"
    "sup|ul|ol|li|dl|dt|dd|pre|table|caption|colgroup|col|thead|tbody|tfoot|tr|th|td|code|samp|img|map|area"
)
ATTRIBUTES: Final = re.compile(
    "title|style|class|id|lang|xml:lang|xml:space|dir|accesskey|tabindex|width|height|align|valign|char|charoff|abbr|"
    "axis|headers|scope|rowspan|colspan|span|href|name|src|alt|cite|longdesc|usemap|ismap|shape|coords|nohref|charset|"
    "type|hreflang|rel|rev|summary|border|frame|rules|cellspacing|cellpadding|nowrap"
)
LINKS: Final = frozenset(("href", "src", "cite", "longdesc", "usemap"))
ACTIVE: Final = ("javascript:", "vbscript:")

NOT_XHTML: Final = not_of("xhtml")
NOT_HARMLESS: Final = broken(
    "txt-1",
    "Texten får bara ha enkla formateringselement i en div, utan skript, formulär eller inbäddat.",
    "The narrative may hold only basic formatting elements in a div: no scripts, no forms, nothing embedded.",
)
BLANK: Final = broken("txt-2", "Texten är tom.", "The narrative is blank.")


def narrative_fault(value: Any) -> Fault | None:
    """What is wrong with the `div` of a narrative, or None."""
    if type(value) is not str:
        return NOT_XHTML
    reading = _Reading()
    try:
        reading.take(value)
    except ExpatError:
        return NOT_XHTML
    if not reading.harmless:
        return NOT_HARMLESS
    return None if reading.shows_something else BLANK


class _Reading:
    """One pass over the markup, noting what was met."""

    def __init__(self) -> None:
        self.harmless = True
        self.shows_something = False
        self._outermost = True
        self._parser = ParserCreate(namespace_separator=" ")
        self._parser.StartElementHandler = self._element
        self._parser.CharacterDataHandler = self._text
        self._parser.StartDoctypeDeclHandler = self._doctype

    def take(self, markup: str) -> None:
        self._parser.Parse(markup.strip(), True)

    def _element(self, name: str, attributes: dict[str, str]) -> None:
        space, _, local = name.rpartition(" ")
        known = space == XHTML and ELEMENTS.fullmatch(local) is not None and all(map(_is_harmless, attributes.items()))
        self.harmless &= known and (local == "div" or not self._outermost)
        self.shows_something |= local == "img"
        self._outermost = False

    def _text(self, text: str) -> None:
        self.shows_something |= not text.isspace()

    def _doctype(self, *_: object) -> None:
        raise ExpatError("a document type can define entities")


def _is_harmless(attribute: tuple[str, str]) -> bool:
    name = attribute[0].replace("http://www.w3.org/XML/1998/namespace ", "xml:")
    return ATTRIBUTES.fullmatch(name) is not None and not (
        name in LINKS and attribute[1].strip().lower().startswith(ACTIVE)
    )
