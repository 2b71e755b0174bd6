"""Read the published file of RappelConso: "RappelConso V2, products sorted by GTIN" (`rappelconso-v2-gtin-trie`).

One line a barcode and notice. Columns followed: gtin, numero_fiche, categorie_produit, marque_produit,
modeles_ou_references, libelle, motif_rappel, risques_encourus, date_publication, lien_vers_la_fiche_rappel. The names
of the first version (reference_fiche, nom_de_la_marque_du_produit…) are known too. Separated by ";" or ",".
"""

import csv
import datetime
import io
import re
from dataclasses import dataclass

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from rebond.catalogue.errors import FieldInvalid
from rebond.catalogue.validators import clean_gtin, clean_text, plain

COLUMNS = {
    "gtin": ("gtin",),
    "reference": ("numero_fiche", "reference_fiche"),
    "category": ("categorie_produit", "categorie_de_produit"),
    "brand": ("marque_produit", "nom_de_la_marque_du_produit"),
    "models": ("modeles_ou_references", "noms_des_modeles_ou_references"),
    "label": ("libelle",),
    "reason": ("motif_rappel", "motif_du_rappel"),
    "risk": ("risques_encourus", "risques_encourus_par_le_consommateur"),
    "published_on": ("date_publication", "date_de_publication"),
    "url": ("lien_vers_la_fiche_rappel",),
}
NEEDED = ("reference", "brand", "models")
FOOD = "alimentation"
NO_BRAND = frozenset({"", "sans marque", "sans", "aucune", "neant", "inconnue", "non communique"})
MOST_BYTES = 30_000_000


@dataclass(frozen=True, slots=True)
class Line:
    """One product of one notice; `gtin` is clean or ""."""

    reference: str
    gtin: str
    brand: str
    models: str
    label: str
    risk: str
    url: str
    published_on: datetime.date | None


@dataclass(slots=True)
class Reading:
    """`food` lines are left out: nobody sells food here. `unusable` ones have no barcode, nor a brand with a model."""

    lines: list[Line]
    food: int = 0
    unusable: int = 0


def read_recalls(data: bytes) -> Reading:
    """The products of the file. Raise FieldInvalid on `file` where it is none of RappelConso's."""
    if len(data) > MOST_BYTES:
        raise FieldInvalid("file", _("This file is too heavy."))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FieldInvalid("file", _("This file is not text in UTF-8.")) from None
    head = text.partition("\n")[0]
    rows = csv.DictReader(io.StringIO(text), delimiter=";" if head.count(";") >= head.count(",") else ",")
    names = _names({plain(name).replace(" ", "_"): name for name in rows.fieldnames or ()})
    reading = Reading([])
    try:
        for row in rows:
            _take(reading, {field: (row.get(name) or "").strip() for field, name in names.items()})
    except csv.Error:
        raise FieldInvalid("file", _("This file cannot be read as a table.")) from None
    return reading


def _names(known: dict[str, str]) -> dict[str, str]:
    names = {field: known[one] for field, ones in COLUMNS.items() for one in reversed(ones) if one in known}
    if lacking := [COLUMNS[field][0] for field in NEEDED if field not in names]:
        raise FieldInvalid("file", _("Columns are missing: %(names)s.") % {"names": ", ".join(lacking)})
    return names


def _take(reading: Reading, given: dict[str, str]) -> None:
    if plain(given.get("category", "")).startswith(FOOD):
        reading.food += 1
        return
    try:
        gtin = clean_gtin(given.get("gtin", ""))
    except FieldInvalid:  # a lot's number, or figures that a spreadsheet rounded
        gtin = ""
    brand, models = given["brand"], _models(given["models"])
    if plain(brand) in NO_BRAND:
        brand = ""
    if not given["reference"] or not (gtin or (brand and models)):
        reading.unusable += 1
        return
    words = [given.get("label", ""), given["models"], brand]
    url = given.get("url", "")
    reading.lines.append(
        Line(
            reference=given["reference"][:40],
            gtin=gtin,
            brand=brand[:120],
            models=models,
            label=clean_text(next(word for word in words if word)[:200], field="label", limit=200),
            risk=_risk(given),
            url=url if re.match(r"https?://", url) and len(url) <= 300 else "",
            published_on=_day(given.get("published_on", "")),
        )
    )


def _risk(given: dict[str, str]) -> str:
    said = [given.get("reason", ""), given.get("risk", "")]
    text = " ".join(f"{one[:1].upper()}{one[1:].rstrip('.')}." for one in said if one)
    return clean_text(text[:500], field="risk", limit=500) or _("See the notice.")


def _models(text: str) -> str:
    """One name a line: the file has bars, semicolons or ends of line between. A name of two signs names nothing."""
    names = [" ".join(one.split()) for one in re.split(r"[|;\n\r]+", text)]
    return "\n".join(dict.fromkeys(one for one in names if len(plain(one)) > 2))[:2_000]


def _day(text: str) -> datetime.date | None:
    try:
        return parse_date(text[:10])
    except ValueError:
        return None
