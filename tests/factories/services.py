"""Services that the operator bills."""

import datetime
import uuid

from rebond.ledger.actions.service import ServiceTerms, bill_service
from rebond.ledger.invoicing import Party
from rebond.network.models import OrganisationAttribute
from tests.factories.invoices import make_issuer

TOWN = Party(
    name="Mairie d’Aiguillon", siren="404833048", address="1 place de la Mairie", postal_code="47190", city="Aiguillon"
)


def may_bill(operator, regime="standard"):
    """The operator with all that its invoices must say; once."""
    if OrganisationAttribute.objects.filter(organisation=operator, kind="vat_regime").exists():
        return operator
    operator.siren = operator.siren or "552100554"
    return make_issuer(operator, operator, regime, mandate=False)


def bill(
    operator, *, customer=None, cents=12_000, label="Tutorat de l’atelier photo", by=None, operation=None, now=None
):
    """120 € of tutoring, 20 € of them VAT: to a member, or to a town."""
    may_bill(operator)
    party = None if customer else TOWN
    terms = ServiceTerms(kind="tutoring", label=label, cents=cents, customer=customer, party=party)
    return bill_service(operator=operator, terms=terms, by=by, operation=operation or uuid.uuid4(), now=now)


def a_service(operator):
    """One of the operator's, for a page."""
    from rebond.ledger.models import BilledService

    known = BilledService.objects.filter(operator=operator).first()
    return known or bill_for_page(operator)


def bill_for_page(operator):
    """Netted whatever the settings: no account of the operator is needed."""
    from tests.factories.network import AgreementFactory, OrganisationFactory, SiteFactory

    member = OrganisationFactory(siren="552081317")
    SiteFactory(organisation=member, address="3 rue du Port")
    AgreementFactory(organisation=member, operator=operator, starts_on=datetime.date(2024, 1, 1))
    return bill(operator, customer=member)
