"""The VAT regime of a seller on a day, and what its invoices must say (rules.md F7)."""

import datetime
from functools import lru_cache

from rebond.core.prepared import Prepared
from rebond.network.enums import AttributeKind, LegalForm, VatRegime, VatRhythm
from rebond.network.models import Organisation, OrganisationAttribute

# The law's own words: French on every invoice, whatever the language of the page.
MENTIONS: dict[str, str] = {
    VatRegime.MARGIN: "Régime particulier – Biens d’occasion (article 297 A du CGI)",
    VatRegime.STANDARD: "",
    VatRegime.FRANCHISE_293B: "TVA non applicable, article 293 B du CGI",
    VatRegime.EXEMPT_261_7: "Exonération de TVA, article 261, 7-1° b du CGI",
    VatRegime.OUT_OF_SCOPE: "Opération hors du champ d’application de la TVA",
}


def regime_for(organisation: Organisation, day: datetime.date) -> str | None:
    """The VatRegime in force that day, or None where none was recorded. At most one: overlaps are refused."""
    found = _regimes(day).run(organisation.pk)
    return found[0].value if found else None


@lru_cache(maxsize=2)
def _regimes(day: datetime.date) -> Prepared[OrganisationAttribute]:
    rows = OrganisationAttribute.objects.filter(kind=AttributeKind.VAT_REGIME).in_force(day).order_by("-valid_from")
    return Prepared(lambda organisation: rows.filter(organisation_id=organisation)[:1], mark=-1)


def rhythm_for(organisation: Organisation, day: datetime.date) -> str:
    """The VatRhythm in force that day; each month where none was recorded."""
    rows = OrganisationAttribute.objects.filter(organisation=organisation, kind=AttributeKind.VAT_RHYTHM)
    found: str | None = rows.in_force(day).order_by("-valid_from").values_list("value", flat=True).first()
    return found or VatRhythm.MONTHLY


def mention_for(organisation: Organisation, day: datetime.date) -> str:
    """What an invoice dated `day` must print: "" for ordinary VAT, and where no regime is known."""
    return MENTIONS.get(regime_for(organisation, day) or "", "")


def value_label(attribute: OrganisationAttribute) -> str:
    """What an attribute says, for people: the regime's or form's name, else the number as typed."""
    labels: dict[str, str] = {str(k): str(v) for k, v in [*VatRegime.choices, *VatRhythm.choices, *LegalForm.choices]}
    return labels.get(attribute.value, attribute.value)
