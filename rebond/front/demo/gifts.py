"""The demo's projects that buyers round up for, invented like the organisations that receive them."""

import datetime
import random

from rebond.front.demo.network import DOMAIN, Network
from rebond.front.demo.sellers import luhn
from rebond.ledger.actions.amounts import post_round_up
from rebond.ledger.events import AmountEvent, Subject
from rebond.network.models import Organisation
from rebond.shop.models import Order, RoundUp, SolidarityProject
from rebond.shop.money_enums import RoundUpState

# name, sentence, who receives (name, slug)
PROJECTS = (
    (
        "Un four à pain pour le quartier",
        "Trois euros font un pain partagé, pétri par des personnes qui apprennent le métier.",
        "Les Fournées de la Tuilerie (inventé)",
        "fournees-de-la-tuilerie",
    ),
    (
        "Des outils pour apprendre à réparer",
        "Un euro achète une lame de scie, vingt un fer à souder pour l’atelier ouvert du samedi.",
        "L’Établi du Samedi (inventé)",
        "etabli-du-samedi",
    ),
)
ONE_IN = 7  # orders
ROUND_AMOUNTS = (100, 200, 100, 500)


def make_projects(rng: random.Random, network: Network, now: datetime.datetime) -> int:
    """Two projects, open for as long as the demo's orders go back."""
    if SolidarityProject.objects.exists():
        return SolidarityProject.objects.count()
    since = now - datetime.timedelta(days=800)
    for place, (name, sentence, receiver, slug) in enumerate(PROJECTS):
        organisation = Organisation.objects.create(
            kind="association", name=receiver, legal_name=receiver, slug=slug, siren=luhn(f"0007{place:04d}"),
            email=f"bonjour@{slug}.{DOMAIN}", created_at=since,
        )  # fmt: skip
        SolidarityProject.objects.create(
            name=name, sentence=sentence, receiver=organisation, opens_on=since.date(), created_at=since
        )
    return SolidarityProject.objects.count()


def gift_for(number: int, base_cents: int, projects: list[SolidarityProject]) -> tuple[SolidarityProject, int] | None:
    """What the buyer of the order with this number adds: mostly the cents to the next euro."""
    if not projects or number % ONE_IN:
        return None
    turn = number // ONE_IN
    cents = ROUND_AMOUNTS[turn // 3 % len(ROUND_AMOUNTS)] if turn % 3 == 0 else 100 - base_cents % 100
    return projects[turn % len(projects)], cents


def add_gift(order: Order, project: SolidarityProject, cents: int) -> None:
    """Given with the payment of the order, as the actions would write it."""
    told = {"project": project.name, "sentence": project.sentence, "receiver": project.receiver.name}
    at = order.created_at
    gift = RoundUp.objects.create(
        order=order, project=project, cents=cents, told=told, state=RoundUpState.GIVEN, created_at=at, settled_at=at
    )
    subject = Subject("shop.roundup", gift.public_id, str(order))
    post_round_up(event=AmountEvent(key=gift.public_id, cents=cents, subject=subject, owner=project.receiver), now=at)
