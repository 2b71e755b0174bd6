import datetime

import pytest
from django.utils import timezone

from rebond.network.models import Admission, TraderFile
from tests.factories.network import AgreementFactory, MembershipFactory, OrganisationFactory, SiteFactory


@pytest.fixture
def agreement(seller, operator):
    """12 % of commission (VAT in it), 2 % of levy."""
    return AgreementFactory(
        organisation=seller,
        operator=operator,
        commission_bp=1_200,
        solidarity_bp=200,
        starts_on=datetime.date(2024, 3, 1),
    )


@pytest.fixture
def treasurer(operator):
    return MembershipFactory(organisation=operator, role="finance", user__name="Tina Trésor").user


@pytest.fixture
def fund(db):
    return OrganisationFactory(kind="fund", name="Fonds Ricochet", slug="fonds-ricochet")


@pytest.fixture
def payable(seller):
    """The seller, with all that a payout needs: a verified file, a SIREN, an address."""
    seller.siren = "732829320"
    seller.save()
    SiteFactory(organisation=seller, address="3 rue du Port")
    admission = Admission.objects.create(
        name=seller.name, email="a@example.org", grid_version=1, state="draft", organisation=seller
    )
    now = timezone.now()
    TraderFile.objects.create(
        admission=admission, organisation=seller, legal_name=seller.name, representative="R", address="A",
        phone="0199000000", email="a@example.org", identity_kind="passport", account_holder="H", iban="I",
        iban_end="0189", register="rna", register_number="W1", certified_at=now, verified_at=now,
    )  # fmt: skip
    return seller
