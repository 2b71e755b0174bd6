"""What the paper of a contract, a renewal or an amendment says, for Typst. It opens what is sealed: the caller notes a
reading. What is not known here is left to fill in by hand, and never made up.
"""

from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from rebond.insertion.enums import ContractKind, StructureKind, TermsKind
from rebond.insertion.models import Contract, ContractTerms, Pass
from rebond.network.models import Organisation, Site

# Labour code: what a CDDI is concluded by, in each kind of structure.
ARTICLES = {
    StructureKind.EI: "L. 1242-3, L. 5132-5",
    StructureKind.AI: "L. 1242-3, L. 5132-11-1",
    StructureKind.ACI: "L. 1242-3, L. 5132-15-1",
}


def paper_of(contract: Contract, terms: ContractTerms) -> dict[str, Any]:
    """The data of one paper."""
    return {
        "lang": get_language() or "fr",
        "title": _title(contract, terms),
        "subtitle": str(contract.get_structure_display()),
        "ends": [
            [_("The employer"), _employer(contract.organisation)],
            [_("The person hired"), _hired(contract)],
        ],
        "rows": _rows(contract, terms),
        "words": _words(contract, terms),
        "blanks_title": _("To fill in by hand before it is signed"),
        "blanks": _blanks(terms),
        "signatures": [_("The employer: place, date, signature"), _("The person hired: date, signature")],
        "foot": f"{contract.public_id}-{terms.number} · {contract.organisation.name}",
    }


def _title(contract: Contract, terms: ContractTerms) -> str:
    if terms.kind == TermsKind.FIRST:
        return str(contract.get_kind_display())
    return f"{terms.get_kind_display()} · {contract.get_kind_display()}"


def _employer(organisation: Organisation) -> list[str]:
    site = Site.objects.filter(organisation=organisation).order_by("-is_main", "pk").first()
    where = [site.address, f"{site.postal_code} {site.city}".strip()] if site is not None else []
    siren = [f"SIREN {organisation.siren}"] if organisation.siren else []
    return [line for line in [organisation.legal_name or organisation.name, *where, *siren] if line]


def _hired(contract: Contract) -> list[str]:
    person = contract.person
    born = [_("Born on %(day)s") % {"day": date_format(person.born_on, "j F Y")}] if person.born_on else []
    lines = [f"{person.first_name} {person.family_name}", *born, *person.address.splitlines()]
    held = Pass.objects.filter(person=person, starts_on__lte=contract.last_on).order_by("-starts_on", "-pk").first()
    return [*lines, f"PASS IAE {held.shown_number}"] if held is not None else lines


def _rows(contract: Contract, terms: ContractTerms) -> list[list[str]]:
    """What is agreed: a heading and its words."""
    is_first = terms.kind == TermsKind.FIRST
    rows = [[_("First day") if is_first else pgettext("amendment", "From"), date_format(terms.from_on, "j F Y")]]
    if not is_first:
        rows.insert(0, [_("Contract begun on"), date_format(contract.starts_on, "j F Y")])
    if terms.ends_on is not None:
        rows.append([_("Last day"), date_format(terms.ends_on, "j F Y")])
    rows += [[pgettext("contract", "Job"), terms.job], [_("Hours a week"), terms.week]]
    return [*rows, [_("ROME code"), terms.rome_code]] if terms.rome_code else rows


def _words(contract: Contract, terms: ContractTerms) -> list[str]:
    said = []
    if terms.kind != TermsKind.FIRST:
        said.append(_("What this paper does not change stays as it was signed."))
    elif contract.kind == ContractKind.CDDI:
        articles = ARTICLES[StructureKind(contract.structure)]
        said.append(_("Concluded under the labour code, articles %(articles)s.") % {"articles": articles})
        said.append(
            _(
                "The person may ask to suspend the contract for an immersion, or for a trial period in another job; "
                "hired there, the contract ends without notice."
            )
        )
    return said


def _blanks(terms: ContractTerms) -> list[str]:
    if terms.kind != TermsKind.FIRST:
        return [_("Pay before tax, if it changes")]
    return [
        _("Place of work"),
        _("Days and hours of the week"),
        _("Pay before tax"),
        _("Trial period"),
        _("Collective agreement"),
        _("Retirement and provident funds"),
    ]
