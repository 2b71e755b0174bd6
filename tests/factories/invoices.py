"""A seller who may be invoiced for, and sales that the shop has told the buyer of."""

import datetime

from rebond.ledger.actions.invoice import ask_invoice
from rebond.ledger.actions.mandate import accept_mandate
from rebond.ledger.actions.sale import post_sale
from rebond.ledger.invoicing import Party
from rebond.network.models import OrganisationAttribute
from tests.factories.ledger import sale_event
from tests.factories.network import SiteFactory

BUYER = Party(name="Béa Acheteuse", address="4 rue des Lilas", postal_code="47200", city="Marmande")


def make_issuer(seller, operator, regime="standard", *, by=None, mandate=True):
    """SIREN, seat, VAT regime and mandate: all that an invoice must say of `seller`."""
    seller.siren = seller.siren or "732829320"
    seller.save()
    if not seller.sites.update(address="3 rue du Port"):
        SiteFactory(organisation=seller, address="3 rue du Port")
    OrganisationAttribute.objects.create(
        organisation=seller, kind="vat_regime", value=regime, valid_from=datetime.date(2020, 1, 1)
    )
    if mandate:
        accept_mandate(seller=seller, operator=operator, by=by)
    return seller


def billed_sale(seller, cents=(2_000,), *, buyer=BUYER, words=None, delivery=None, language="fr", **more):
    """A sale of the books, with its buyer: its invoice waits for its task."""
    sale = post_sale(sale=sale_event(seller, cents, **more))
    ask_invoice(sale_key=sale.key, buyer=buyer, words=words, delivery=delivery, language=language)
    return sale
