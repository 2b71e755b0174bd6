import datetime

import pytest

from tests.factories.network import AgreementFactory, MembershipFactory, OrganisationFactory


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
