"""What the desk's lists of the way in give as a spreadsheet."""

from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rebond.core.codes import display_code
from rebond.core.exports import Column
from rebond.core.money import format_cents
from rebond.core.weights import format_grams
from rebond.intake.enums import DocumentKind
from rebond.intake.models import RegisterEntry
from rebond.intake.queries.register import Identity, identity_of

DONATIONS = [
    Column(_("Number"), "public_id"),
    Column(_("Day"), "day", "date"),
    Column(_("Site"), "site.name"),
    Column(_("Origin"), "get_source_display"),
    Column(_("Name of the shop, site or structure"), "place"),
    Column(_("Number of the slip"), "slip"),
    Column(_("Postcode"), "postcode"),
    Column(_("Weight (kg)"), "net_g", "grams"),
    Column(_("Note"), "note"),
]


def balance_columns(names: dict[str, tuple[str, str]]) -> list[Column]:
    """The return that eco-organisations ask for: `names` are each flow's body and its own word (rules.md E2)."""
    grams: list[tuple[Any, str]] = [
        (_("Opening stock (kg)"), "opening_g"),
        (_("Collected (kg)"), "moves.collected_g"),
        (_("Moved between flows (kg)"), "moves.moved_g"),
        (_("Sold (kg)"), "moves.sold_g"),
        (_("Given (kg)"), "moves.given_g"),
        (_("Recycled (kg)"), "moves.recycled_g"),
        (_("Waste (kg)"), "moves.waste_g"),
        (_("Closing stock (kg)"), "closing_g"),
    ]
    return [
        Column(_("Flow"), "flow.label"),
        Column(_("Body"), lambda row: names[row.flow.key][0]),
        Column(_("Word of the body"), lambda row: names[row.flow.key][1]),
        *(Column(title, path, "grams") for title, path in grams),
        Column(_("Gap (kg)"), lambda row: row.gap_g if row.is_counted else None, "grams"),
        Column(_("Sold, weight estimated (kg)"), "moves.estimated_g", "grams"),
    ]


REGISTER = [
    Column(_("Line"), "number", "number"),
    Column(_("Day"), "day", "date"),
    Column(pgettext_lazy("register", "Kind"), "get_kind_display"),
    Column(_("Number on the object"), lambda row: display_code(row.code)),
    Column(_("What it is"), "nature"),
    Column(_("Description"), "description"),
    Column(_("Serial numbers"), "serials"),
    Column(_("Origin"), "origin_label"),
    Column(_("Quantity"), "quantity", "number"),
    Column(_("Weight (kg)"), "weight_g", "grams"),
    Column(_("Estimated value (€)"), "value_cents", "cents"),
    Column(_("Brought by"), lambda row: row.get_donor_kind_display()),
    Column(_("Why nobody"), "donor_reason_label"),
    Column(_("Refers to line"), "refers_to", "number"),
    Column(_("Reason"), "reason"),
    Column(_("Seal (SHA-256)"), "hash"),
]


def with_identities() -> list[Column]:
    """The same with who brought it: only for who holds `intake.donor.view`; each identity is opened once."""
    opened: dict[int, Identity] = {}

    def part(name: str) -> Any:
        def read(row: Any) -> str:
            if row.donor_id is None:
                return ""
            if row.donor_id not in opened:
                if len(opened) > 500:  # memory stays flat on a long register
                    opened.clear()
                opened[row.donor_id] = identity_of(row.donor)
            value = str(getattr(opened[row.donor_id], name))
            return str(DocumentKind(value).label) if name == "document_kind" and value else value

        return read

    who = [
        (_("Name"), "name"),
        (_("Address"), "address"),
        (_("Who came for the company"), "represented_by"),
        (_("Document shown"), "document_kind"),
        (_("Its number"), "document_number"),
        (_("Issued on"), "document_on"),
        (_("Issued by"), "document_by"),
    ]
    return [*REGISTER[:-1], *(Column(title, part(name)) for title, name in who), REGISTER[-1]]


def paper_rows(
    organisation: Any, lines: list[RegisterEntry], *, number: int, seal: str, asked: dict[str, Any]
) -> dict[str, Any]:
    """What the Typst paper prints: the lines with identities, the period, and where the chain ended."""
    return {
        "organisation": organisation.legal_name or organisation.name,
        "siren": organisation.siren,
        "start": formats.date_format(asked["start"], "j F Y") if asked["start"] else "",
        "end": formats.date_format(asked["end"], "j F Y") if asked["end"] else "",
        "printed": formats.date_format(timezone.localdate(), "j F Y"),
        "number": number,
        "seal": seal,
        "rows": [_paper_row(line) for line in lines],
    }


def _paper_row(line: RegisterEntry) -> dict[str, Any]:
    identity = identity_of(line.donor) if line.donor else Identity()
    document = ""
    if identity.document_kind:
        issued = "/".join(reversed(identity.document_on.split("-")))
        document = f"{DocumentKind(identity.document_kind).label} {identity.document_number}"
        document = ", ".join(word for word in (document, issued, identity.document_by) if word)
    erased = _("identity deleted") if line.donor and line.donor.erased_on and line.commitment else ""
    who = [identity.name, identity.represented_by, identity.address, document, erased]
    kind = "" if identity.name else str(line.get_donor_kind_display())
    return {
        "number": line.number,
        "day": formats.date_format(line.day, "d/m/Y"),
        "kind": line.get_kind_display(),
        "code": display_code(line.code),
        "what": " · ".join(word for word in (line.nature, line.description, line.serials) if word),
        "origin": line.origin_label,
        "amount": " · ".join(
            word
            for word in (
                f"{line.quantity}" if line.quantity else "",
                format_grams(line.weight_g) if line.weight_g else "",
            )
            if word
        ),
        "value": format_cents(line.value_cents) if line.value_cents is not None else "",
        "who": "\n".join(str(word) for word in (*who, kind, line.donor_reason_label) if word),
        "refers": f"→ {line.refers_to} {line.reason}".strip() if line.refers_to else "",
        "seal": line.hash[:12],
    }
