"""Code systems and identifier systems of others that our resources refer to, in words that the validator understands.

Without them it could only warn of systems it does not know; with them a wrong code or a misspelt system is found.
They stand here a second time, beside the tables of `mappings`, on purpose: what is wrong in one is seen by the other.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from mappings.problem import Json


def _codes(codes: str) -> dict[str, str]:
    """Codes whose terms are not known here."""
    return dict.fromkeys(codes.split(), "")


WHOLE: dict[str, dict[str, str]] = {
    # Inera, IG careteam 0.9, CodeSystem typ-av-careteam-cs
    "https://fhir.inera.se/ig/careteam/CodeSystem/typ-av-careteam-cs": {"fast-kontakt": "", "team": ""},
    # Inera, KV typ av fast kontakt (OID 1.2.752.129.5.1.69)
    "https://terminologitjansten.inera.se/inera-kodverksforvaltning/kodverk/kv_typ_av_fast_kontakt": {
        "1": "fast vårdkontakt",
        "2": "fast läkarkontakt i primärvård",
        "3": "fast omsorgskontakt i hemtjänsten",
        "4": "fast vårdkontakt med övergripande samordningsansvar",
    },
    # Inera, HSA: legitimerade yrkesgrupper
    "urn:oid:1.2.752.29.23.1.6": _codes("AP AT AU BA BM DT FT HK KP LG LK NA OP OT PS PT RC RS SF SG SJ TH TL"),
}
OF_HL7: dict[str, dict[str, str]] = {
    # R4 calls its own copy an example, of which the validator looks at no code; of two versions the later counts
    "http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason": _codes(
        "pat pat-crs pat-cpp pat-dec pat-fb pat-lt pat-mt pat-mv pat-preg pat-swl pat-ucp prov prov-pers prov-dch "
        "prov-edu prov-hosp prov-labs prov-mri prov-onc maint meds-inc other oth-cms oth-err oth-fin oth-iv oth-int "
        "oth-mu oth-room oth-oerr oth-swie oth-weath"
    ),
}
PARTS: dict[str, dict[str, str]] = {
    # HL7 Sweden, base profiles: the two of its security labels that mean protected identity
    "http://hl7.se/fhir/ig/base/CodeSystem/SecurityLabel": {"sekretessmarkering": "", "skyddadFolkbokforing": ""},
    # Inera, KV Befattning, in the words of Inera's own services
    "urn:oid:1.2.752.129.2.2.1.4": {
        "201010": "Överläkare",
        "201011": "Distriktsläkare/Specialist allmänmedicin",
        "201012": "Skolläkare",
        "201013": "Företagsläkare",
        "202010": "Specialistläkare",
        "203010": "Läkare legitimerad, specialiseringstjänstgöring",
        "203020": "Läkare legitimerad, bastjänstgöring",
        "203090": "Läkare legitimerad, annan",
        "204010": "Läkare ej legitimerad, allmäntjänstgöring",
        "204090": "Läkare ej legitimerad, annan",
        "205011": "Barnmorska, mottagning",
    },
    # RFC 5646: of all languages those that the examples need interpreters for
    "urn:ietf:bcp:47": _codes("sv ar uk swl"),
    # Socialstyrelsen, ICD-10-SE: of all codes those of the examples
    "urn:oid:1.2.752.116.1.1.1.1.3": _codes("E11.9 E66.9 F84.0 I10.9 I48.9 J06.9 S72.00 T38.3 W18.9 Y42.3 Z71.3"),
    # WHO, ATC: likewise
    "http://www.whocc.no/atc": _codes("A10BA02"),
    # Socialstyrelsen, KVÅ: the codes of visits and staff in SDV 7.4, in its words
    "urn:oid:1.2.752.116.1.3.2.1.4": {
        "XS900": "Enskilt besök",
        "XS902": "Teambesök",
        "XS903": "Gruppbesök",
        "XS904": "Gruppteambesök",
        "XS003": "Information och rådgivning med patient per brev",
        "XS012": "Information och rådgivning med patient per telefon",
        "XS014": "Information och rådgivning med patient via videolänk",
        "XS910": "Arbetsterapeut",
        "XS911": "Audionom",
        "XS912": "Dietist",
        "XS913": "Kurator",
        "XS914": "Logoped",
        "XS915": "Läkare",
        "XS916": "Ortoptist",
        "XS917": "Psykolog",
        "XS918": "Sjukgymnast/Fysioterapeut",
        **_codes("DT007 DT016 DV063 NFJ51"),
    },
}
# HL7 Sweden, base profiles; Region Stockholm. Of a system that is a `urn:oid:` the validator asks no definition
IDENTIFIERS = (
    "http://electronichealth.se/identifier/personnummer",
    "http://electronichealth.se/identifier/samordningsnummer",
    "http://electronichealth.se/identifier/nationelltReservnummer",
    "http://electronichealth.se/identifier/LMA-nummer",
    "https://uid.regionstockholm.se/reservnummer",
)


def code_system(url: str, terms: Mapping[str, str], *, whole: bool) -> Json:
    """A CodeSystem of codes with their terms; where it is not whole, an unknown code is a warning, else an error.

    A coding may have a display only where its term is known here.
    """
    return {
        "resourceType": "CodeSystem",
        "url": url,
        "status": "active",
        "content": "complete" if whole else "fragment",
        "caseSensitive": True,
        "concept": [{"code": code} | ({"display": term} if term else {}) for code, term in terms.items()],
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
    resources = [code_system(url, terms, whole=True) for url, terms in WHOLE.items()]
    resources += [code_system(url, terms, whole=True) | {"version": "5.0.0"} for url, terms in OF_HL7.items()]
    resources += [code_system(url, terms, whole=False) for url, terms in PARTS.items()]
    resources += [naming_system(url) for url in IDENTIFIERS]
    for number, resource in enumerate(resources):
        (folder / f"{number}.json").write_text(json.dumps(resource))
    return folder
