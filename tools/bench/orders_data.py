"""Sellers with an agreement and delivery prices in a bulk catalogue, and baskets to buy.

python -m tools.bench.prepare orders_data:build | orders_data:plan N    (both may be run again)
"""

import random
from typing import Any

from django.utils import timezone

from rebond.catalogue.enums import DeliveryMode, ItemState
from rebond.catalogue.models import Item
from rebond.core.statistics import renew_statistics
from rebond.network.enums import AgreementKind, CarriageMode, OrganisationKind
from rebond.network.models import Agreement, Carriage, CarriageStep, Organisation

# Objects in a basket, then of how many sellers: most buy one thing, one in six from several.
SIZES = ((1, 1), (1, 1), (1, 1), (2, 1), (2, 2), (3, 3))
STEPS = ((500, 520), (2_000, 890), (10_000, 1_990), (30_000, 2_990))
SCANNED = 100_000  # objects from which baskets are drawn


def build() -> dict[str, int]:
    """The operator, an agreement and a carrier for each seller: what a sale and a parcel need."""
    operator, _ = Organisation.objects.get_or_create(
        slug="mesure-operateur", defaults={"name": "Mesure", "kind": OrganisationKind.OPERATOR}
    )
    day = timezone.localdate()
    for seller in Organisation.objects.selling().exclude(agreements__operator=operator):
        agreement = Agreement.objects.create(
            organisation=seller, operator=operator, kind=AgreementKind.BRICK, commission_bp=1_200, solidarity_bp=200,
            starts_on=day, signed_on=day,
        )  # fmt: skip
        table = Carriage.objects.create(agreement=agreement, mode=CarriageMode.HOME, carrier="Mesure", source="mesure")
        CarriageStep.objects.bulk_create(CarriageStep(carriage=table, up_to_g=g, cents=c) for g, c in STEPS)
    renew_statistics()
    return {"sellers": Agreement.objects.filter(operator=operator).count()}


def plan(number: str = "1000") -> list[list[str]]:
    """Codes of `number` baskets of objects that nobody has, each object in one."""
    draw = random.Random(7)
    rows = Item.objects.filter(state=ItemState.ON_SALE, reserved=0, quantity=1, price_cents__gt=0)
    by_seller: dict[int, list[str]] = {}
    for code, seller, modes in rows.order_by("-pk").values_list("code", "seller", "delivery_modes")[:SCANNED]:
        if DeliveryMode.HOME in modes:
            by_seller.setdefault(seller, []).append(code)
    found: list[list[str]] = []
    while len(found) < int(number):
        count, sellers = draw.choice(SIZES)
        ready = [codes for codes in by_seller.values() if len(codes) >= count]
        if len(ready) < sellers:
            break
        chosen: list[Any] = draw.sample(ready, sellers)
        found.append([chosen[n % sellers].pop() for n in range(count)])
    return found
