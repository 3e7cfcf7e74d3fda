"""Code systems and identifier systems of others that our resources refer to, in words that the validator understands.

Without them it could only warn of systems it does not know; with them a wrong code or a misspelt system is found.
They stand here a second time, beside the tables of `mappings`, on purpose: what is wrong in one is seen by the other.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from mappings.problem import Json

WHOLE = {
    # Inera, IG careteam 0.9, CodeSystem typ-av-careteam-cs
    "https://fhir.inera.se/ig/careteam/CodeSystem/typ-av-careteam-cs": "fast-kontakt team",
    # Inera, KV typ av fast kontakt (OID 1.2.752.129.5.1.69)
    "https://terminologitjansten.inera.se/inera-kodverksforvaltning/kodverk/kv_typ_av_fast_kontakt": "1 2 3 4",
    # Inera, HSA: legitimerade yrkesgrupper
    "urn:oid:1.2.752.29.23.1.6": "AP AT AU BA BM DT FT HK KP LG LK NA OP OT PS PT RC RS SF SG SJ TH TL",
}
PARTS = {
    # HL7 Sweden, base profiles: the two of its security labels that mean protected identity
    "http://hl7.se/fhir/ig/base/CodeSystem/SecurityLabel": "sekretessmarkering skyddadFolkbokforing",
    # Inera, KV Befattning
    "urn:oid:1.2.752.129.2.2.1.4": "201010 201011 202010 203010 203020 203090 204010 204090 205011",
}
# HL7 Sweden, base profiles; Region Stockholm. Of a system that is a `urn:oid:` the validator asks no definition
IDENTIFIERS = (
    "http://electronichealth.se/identifier/personnummer",
    "http://electronichealth.se/identifier/samordningsnummer",
    "http://electronichealth.se/identifier/nationelltReservnummer",
    "http://electronichealth.se/identifier/LMA-nummer",
    "https://uid.regionstockholm.se/reservnummer",
)


def code_system(url: str, codes: Iterable[str], *, whole: bool) -> Json:
    """A CodeSystem with these codes; where it is not whole, an unknown code is a warning instead of an error."""
    return {
        "resourceType": "CodeSystem",
        "url": url,
        "status": "active",
        "content": "complete" if whole else "fragment",
        "caseSensitive": True,
        "concept": [{"code": code} for code in codes],
    }


def naming_system(url: str) -> Json:
    """A NamingSystem that makes `url` a known identifier system."""
    return {
        "resourceType": "NamingSystem",
        "name": "Identifier",
        "status": "active",
        "kind": "identifier",
        "date": "2026-01-01",
        "uniqueId": [{"type": "uri", "value": url}],
    }


def write(folder: Path) -> Path:
    """Puts all of them into the folder, a file each, and gives the folder back."""
    resources = [code_system(url, codes.split(), whole=True) for url, codes in WHOLE.items()]
    resources += [code_system(url, codes.split(), whole=False) for url, codes in PARTS.items()]
    resources += [naming_system(url) for url in IDENTIFIERS]
    for number, resource in enumerate(resources):
        (folder / f"{number}.json").write_text(json.dumps(resource))
    return folder
