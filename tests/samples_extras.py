"""Samples of addresses of what buyers add to an order (tests/samples.py)."""

import datetime

from tests import samples_picking
from tests.factories.network import OrganisationFactory


def project_of(_world):
    from rebond.shop.models import SolidarityProject

    made = SolidarityProject.objects.first()
    return made or SolidarityProject.objects.create(
        name="Le jardin", sentence="Des outils.", receiver=OrganisationFactory(), opens_on=datetime.date(2026, 1, 1)
    )


BY_NAME = {
    f"shop:project-{verb}": {"public_id": lambda w: project_of(w).public_id} for verb in ("detail", "change", "pay")
} | samples_picking.BY_NAME
