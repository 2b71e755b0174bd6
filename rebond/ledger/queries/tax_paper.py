"""The letter to a seller: what the tax office was told of its year (rules.md F5: the same data by the same date)."""

from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from rebond.core.money import format_cents
from rebond.ledger.dac7 import QUARTERS, declared_from
from rebond.ledger.models import TaxReturnLine
from rebond.ledger.queries.invoicing import party_of


def letter_of(line: TaxReturnLine) -> dict[str, Any]:
    """What the drawing `ledger/tax_letter` asks, in the reader's language."""
    said, operator = declared_from(line.data), line.operator
    party = party_of(operator, "")
    declared_on = date_format(timezone.localdate(line.tax_return.made_at), "j F Y")
    rows = [
        [
            pgettext("quarter", "Quarter %(n)s") % {"n": n},
            str(said.sales[n - 1]),
            format_cents(said.cents[n - 1]),
            format_cents(said.fees[n - 1]),
        ]
        for n in QUARTERS
    ]
    return {
        "lang": get_language() or "fr",
        "title": _("Your sales of %(year)s, as declared") % {"year": line.year},
        "owner": said.name,
        "from": [party.name, party.address, f"{party.postal_code} {party.city}", f"SIREN {party.siren}"],
        "to": [said.name, said.address, f"{said.postal_code} {said.city}"],
        "dated": _("Declared on %(day)s, reference %(reference)s")
        % {"day": declared_on, "reference": line.public_id.upper()},
        "intro": _intro(line, operator.name),
        "head": _head(),
        "rows": rows,
        "total": [
            pgettext("tax", "The year"),
            str(sum(said.sales)),
            *map(format_cents, (sum(said.cents), sum(said.fees))),
        ],
        "who": _who(said),
        "notes": [
            _("A sale counts in the quarter in which it was paid; what was given back to buyers is taken off."),
            _("The tax office receives whole euros. No tax was withheld."),
            _("This letter changes nothing of what you owe or do not owe: your own declaration does."),
        ],
        "foot": f"{said.name} · {line.year}",
    }


def _head() -> list[str]:
    return [
        pgettext("quarter", "Quarter"),
        pgettext("tax", "Sales"),
        pgettext("tax", "Paid to you, fees taken off"),
        pgettext("tax", "Fees"),
    ]


def _intro(line: TaxReturnLine, operator: str) -> list[str]:
    law = _("Article 1649 ter A of the tax code asks %(operator)s to tell the tax office, each year, what is below.")
    if line.is_withdrawn:
        return [_("What is below was declared and is withdrawn: it need not have been declared.")]
    found = [law % {"operator": operator}]
    if line.version > 1:
        found.append(_("This letter replaces the one before: a correction was declared."))
    return found


def _who(said: Any) -> list[list[str]]:
    rows = [
        [_("Tax number"), f"{said.tax_number} ({said.country})"],
        [_("VAT number"), said.vat_number or "–"],
        [pgettext("tax", "Account"), f"… {said.iban_end} · {said.account_holder}" if said.iban_end else "–"],
    ]
    if said.establishments:
        rows.append([_("Establishments elsewhere in the European Union"), ", ".join(said.establishments)])
    return rows
