"""Our own template: the simplest way in, with examples and a data dictionary in the same workbook."""

import csv
import io
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from rebond.connect.fields import FIELDS
from rebond.connect.formats.base import Dialect
from rebond.connect.texts import fold

COLUMNS = {
    "Référence": "external_ref",
    "Titre": "title",
    "Description": "description",
    "Rayon": "category",
    "Prix": "price",
    "Quantité": "quantity",
    "État": "condition",
    "Défauts": "flaws",
    "Poids (kg)": "weight_kg",
    "Longueur (cm)": "length_cm",
    "Largeur (cm)": "width_cm",
    "Hauteur (cm)": "height_cm",
    "Marque": "brand",
    "Couleur": "color",
    "Taille": "size",
    "Code-barres": "gtin",
    "Origine": "origin",
    "Photos": "images",
    "Modes de remise": "delivery_modes",
    "Fabricant": "manufacturer",
    "Adresse du fabricant": "manufacturer_address",
    "Consignes de sécurité": "safety_warnings",
}
REQUIRED = frozenset({"title", "price", "category", "condition"})
EXAMPLES: tuple[dict[str, str], ...] = (
    {
        "Référence": "LAMPE-0042",
        "Titre": "Lampe de bureau orange",
        "Description": "Bras articulé, fonctionne. Ampoule E27 fournie.",
        "Rayon": "Luminaires",
        "Prix": "18,00",
        "Quantité": "1",
        "État": "Bon état",
        "Défauts": "Rayure sur le pied ; fil jauni",
        "Poids (kg)": "1,4",
        "Hauteur (cm)": "60",
        "Marque": "Fase",
        "Couleur": "Orange",
        "Origine": "Don",
        "Photos": "lampe-1.jpg ; lampe-2.jpg",
        "Modes de remise": "Point relais ; Retrait",
    },
    {
        "Référence": "LIVRE-1207",
        "Titre": "L’Étranger, Albert Camus",
        "Description": "Folio, couverture souple.",
        "Rayon": "Romans",
        "Prix": "3,50",
        "Quantité": "2",
        "État": "Très bon état",
        "Poids (kg)": "0,12",
        "Marque": "",
        "Code-barres": "9782070360024",
        "Origine": "Don",
        "Photos": "https://exemple.fr/photos/1207.jpg",
        "Modes de remise": "Point relais ; Domicile",
    },
)
TEMPLATE = Dialect(
    "rebond",
    "Rebond",
    {fold(heading): field for heading, field in COLUMNS.items()},
    frozenset({"reference", "titre", "rayon", "prix", "etat"}),
    99,
)


def template_csv() -> bytes:
    """Headings and two examples, as a French Excel opens it: UTF-8 with BOM, semicolons."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(COLUMNS), restval="", delimiter=";")
    writer.writeheader()
    writer.writerows(EXAMPLES)
    return out.getvalue().encode("utf-8-sig")


def dictionary() -> list[dict[str, Any]]:
    """The data dictionary: each column, whether it is needed, an example, what to write."""
    return [
        {
            "column": column,
            "is_required": key in REQUIRED,
            "example": FIELDS[key].example,
            "help": str(FIELDS[key].help),
        }
        for column, key in COLUMNS.items()
    ]


def template_xlsx() -> bytes:
    """The same as a workbook, the data dictionary on a second sheet."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        bold = book.add_format({"bold": True, "bg_color": "#d6e0f6", "border": 1})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet("Articles")
        sheet.freeze_panes(1, 2)
        sheet.set_column(0, len(COLUMNS) - 1, 20)
        for column, heading in enumerate(COLUMNS):
            sheet.write_string(0, column, heading, bold)
            for line, example in enumerate(EXAMPLES, start=1):
                sheet.write_string(line, column, example.get(heading, ""))
        help_sheet = book.add_worksheet(_("How to fill it in")[:31])
        help_sheet.set_column(0, 2, 24)
        help_sheet.set_column(3, 3, 90)
        for column, heading in enumerate((_("Column"), _("Needed"), _("Example"), _("What to write"))):
            help_sheet.write_string(0, column, heading, bold)
        for line, entry in enumerate(dictionary(), start=1):
            help_sheet.write_string(line, 0, entry["column"], wrap)
            help_sheet.write_string(line, 1, _("Yes") if entry["is_required"] else _("No"), wrap)
            help_sheet.write_string(line, 2, entry["example"], wrap)
            help_sheet.write_string(line, 3, entry["help"], wrap)
    return out.getvalue()
