"""The words of the mandate to invoice (rules.md F7): French, as the law that it answers to."""

from django.utils import timezone

from rebond.ledger.queries.fees import agreement_of, operator_of
from rebond.network.models import Organisation

VERSION = 1
CONTEST_DAYS = 15
TEXT = """
{seller} donne mandat à {operator} d’établir, en son nom et pour son compte, les factures et les avoirs des
ventes faites sur la plateforme (article 289, I-2 du code général des impôts).

{operator} établit chaque facture quand la commande est payée, et un avoir à chaque remboursement. Chacun porte
la mention « Facture établie par {operator} au nom et pour le compte de {seller} ».

Les factures portent une suite de numéros propre à {seller}, sans trou, par année, distincte de celle des
factures que {seller} établit elle-même.

{seller} reste seule responsable de ses obligations en matière de facturation et de TVA. Elle fournit et tient à
jour son nom, son adresse, son numéro SIREN et son régime de TVA.

{seller} trouve un double de chaque facture dans son espace dès qu’elle est établie. Elle peut la contester
pendant {days} jours, en disant pourquoi ; passé ce délai, la facture est réputée acceptée.

Ce mandat vaut jusqu’à ce que l’une des deux parties y mette fin. Les factures déjà établies restent.
"""


def mandate_text(seller: Organisation, operator: Organisation) -> str:
    """The mandate between these two, as it is shown and kept: its paragraphs, an empty line between them."""
    names = {"seller": seller.legal_name or seller.name, "operator": operator.legal_name or operator.name}
    paragraphs = (paragraph.strip().replace("\n", " ") for paragraph in TEXT.split("\n\n"))
    return "\n\n".join(paragraphs).format(**names, days=CONTEST_DAYS)


def operator_for(seller: Organisation) -> Organisation | None:
    """The operator that makes the seller's invoices: the one of its agreement, else the network's; None for itself."""
    operator = operator_of(agreement_of(seller, timezone.localdate(), None))
    return operator if operator is not None and operator.pk != seller.pk else None
