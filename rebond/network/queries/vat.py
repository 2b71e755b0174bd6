"""The VAT regime of a seller on a day, and what its invoices must say (rules.md F7)."""

import datetime

from rebond.network.enums import AttributeKind, LegalForm, VatRegime
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
    found = (
        OrganisationAttribute.objects.filter(organisation=organisation, kind=AttributeKind.VAT_REGIME)
        .in_force(day)
        .first()
    )
    return found.value if found else None


def mention_for(organisation: Organisation, day: datetime.date) -> str:
    """What an invoice dated `day` must print: "" for ordinary VAT, and where no regime is known."""
    return MENTIONS.get(regime_for(organisation, day) or "", "")


def value_label(attribute: OrganisationAttribute) -> str:
    """What an attribute says, for people: the regime's or form's name, else the number as typed."""
    labels: dict[str, str] = {str(k): str(v) for k, v in [*VatRegime.choices, *LegalForm.choices]}
    return labels.get(attribute.value, attribute.value)
