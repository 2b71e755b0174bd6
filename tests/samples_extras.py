"""Samples of addresses of what buyers add to an order (tests/samples.py)."""

import datetime

from rebond.shop.links import token_for
from tests import samples_hosting, samples_people, samples_picking, samples_skills
from tests.factories.network import OrganisationFactory


def project_of(_world):
    from rebond.shop.models import SolidarityProject

    made = SolidarityProject.objects.first()
    return made or SolidarityProject.objects.create(
        name="Le jardin", sentence="Des outils.", receiver=OrganisationFactory(), opens_on=datetime.date(2026, 1, 1)
    )


def order_of(world):
    """A paid order in the operator's books."""
    from rebond.shop.models import Order
    from tests.factories.catalogue import ItemFactory
    from tests.factories.shop import paid_order

    assert world.operator
    made = Order.objects.filter(email="geste@example.org").first()
    return made or paid_order(ItemFactory(seller=world.seller, on_sale=True), email="geste@example.org")


def repair_of(world):
    from rebond.shop.models import OrderLine, Repair, Settlement

    made = Repair.objects.first()
    if made is None:
        found = world.conversation
        line = OrderLine.objects.filter(part=found.part_id).first()
        decided = Settlement.objects.create(conversation=found, line=line, outcome="repair", decided_by="Olivia")
        made = Repair.objects.create(settlement=decided, line=line)
    return made


def voucher_of(world):
    from rebond.shop.models import Voucher

    made = Voucher.objects.first()
    return made or Voucher.objects.create(
        code="ABCDEFGHJKMN", name="Rentrée", seller=world.seller, amount_cents=500,
        ends_on=datetime.date(2030, 1, 1), uses_max=5,
    )  # fmt: skip


def gift_card_of(world):
    """A card that the operator sold: the same for each address."""
    from rebond.shop.models import GiftCard
    from tests.factories.gift_cards import sold_card

    return GiftCard.objects.filter(order__email="camille@example.org").first() or sold_card(world.operator)


BY_NAME = (
    {
        **{
            f"shop:gift-{verb}": {"public_id": lambda w: gift_card_of(w).public_id}
            for verb in ("detail", "move", "replace", "waive")
        },
        "shop:gift-give-back": {
            "public_id": lambda w: gift_card_of(w).order.public_id,
            "token": lambda w: token_for("rebond.shop.order", gift_card_of(w).order.public_id),
        },
        **{
            f"shop:project-{verb}": {"public_id": lambda w: project_of(w).public_id}
            for verb in ("detail", "change", "pay")
        },
        **{
            f"shop:repair-{verb}": {
                "public_id": lambda w: w.conversation.public_id,
                "repair_id": lambda w: repair_of(w).public_id,
            }
            for verb in ("here", "end")
        },
        **{f"shop:gesture-{verb}": {"order_id": lambda w: order_of(w).public_id} for verb in ("order", "give")},
        **{f"shop:voucher-{verb}": {"public_id": lambda w: voucher_of(w).public_id} for verb in ("detail", "move")},
    }
    | samples_picking.BY_NAME
    | samples_skills.BY_NAME
    | samples_people.BY_NAME
    | samples_hosting.BY_NAME
)
MAY_BE_MISSING = {
    "shop:gift-buy": "404 where nobody issues gift cards",
    "shop:gift-balance": "404 where nobody ever issued gift cards",
    "shop:stray-tie": "the order is in the form, which is empty here",
    "warehouse:pick-emptied": "the place is in the form, which is empty here",
} | samples_hosting.MAY_BE_MISSING
