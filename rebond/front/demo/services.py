"""What the operator bills apart from sales: a shop window, and a training that waits for a second person."""

import datetime
import random
import uuid

from rebond.front.demo.admissions import Cast
from rebond.front.demo.buying import team_of
from rebond.front.demo.network import Network
from rebond.ledger.actions.asked_services import BILL, ServiceBill
from rebond.ledger.actions.money_request import ask_money
from rebond.ledger.models import BilledService
from rebond.network.models import Organisation, OrganisationAttribute

MEMBER = "les-ateliers-du-confluent"
BILLED, ASKED = 21, 1  # days ago
VAT_SINCE = datetime.date(2020, 1, 1)
NONE = dict.fromkeys(("name", "siren", "address", "postal_code", "city", "email"), "")


def make_services(rng: random.Random, network: Network, now: datetime.datetime) -> int:
    """Billed services; one more waits under "To grant"."""
    operator, team = network.operator, team_of(network.operator)
    member = Organisation.objects.filter(slug=MEMBER).first()
    if BilledService.objects.exists() or "finance" not in team or member is None:
        return BilledService.objects.count()
    cast, by = Cast(team["finance"], [], now), team["finance"]
    regime = {"organisation": operator, "kind": "vat_regime"}
    if not OrganisationAttribute.objects.filter(**regime).exists():
        OrganisationAttribute.objects.create(**regime, value="standard", valid_from=VAT_SINCE)
    window = ServiceBill("shop_window", "Vitrine de la page d’accueil, une semaine", 4_800, member.public_id,
                         operation=str(_operation("window")), **NONE)  # fmt: skip
    training = ServiceBill("training", "Formation à la photo d’objets, deux jours", 72_000, member.public_id,
                           operation=str(_operation("training")), **NONE)  # fmt: skip
    for data, days in ((window, BILLED), (training, ASKED)):
        with cast.at(days) as when:
            name = _operation(f"ask {data.label}")
            ask_money(act=BILL, organisation=operator, data=data, by=by, operation=name, now=when)
    return BilledService.objects.count()


def _operation(name: str) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"demo money of the operator: {name}")
