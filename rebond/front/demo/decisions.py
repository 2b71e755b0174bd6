"""Decisions that keep an object off sale, and what sellers answered (DSA art. 17 and 20)."""

import datetime
import random
from dataclasses import dataclass

from rebond.accounts.models import User
from rebond.catalogue.actions.hold import answer_complaint, complain_about_hold, hold_and_tell
from rebond.catalogue.models import Hold, Item
from rebond.front.demo.admissions import Cast
from rebond.front.demo.clock import moment
from rebond.front.demo.network import Network
from rebond.network.enums import Role
from rebond.network.models import Membership


@dataclass(frozen=True, slots=True)
class Case:
    """`days` ago the moderator decided; the seller contested `complaint` two days later; `answer` upholds it."""

    leaf: str
    days: float
    ground: str
    reason: str
    statement: str
    complaint: str = ""
    answer: str = ""


CASES = (
    Case(
        "soft-toys", 26, "law", "unsafe",
        "Les yeux de cette peluche se détachent\u00a0: un enfant de moins de trois ans pourrait les avaler. La directive sur les jouets interdit de la vendre ainsi.",
    ),
    Case(
        "handbags", 12, "terms", "other",
        "L’annonce cite une grande maison sans preuve. Nos conditions demandent une facture ou un avis d’expert pour une telle marque.",
        "Le sac vient d’un don de la maison elle-même. Nous avons la convention de don, et nous pouvons vous l’envoyer.",
    ),
    Case(
        "radios", 33, "terms", "error",
        "L’annonce dit «\u00a0révisée\u00a0» sans dire ce qui a été fait. Nos conditions demandent de le dire.",
        "L’appareil a été ouvert et nettoyé par notre atelier le mois dernier, la fiche de travail est jointe à l’objet.",
        "La fiche de l’atelier dit bien ce qui a été fait. Nous levons la décision\u00a0; ajoutez ce travail à l’annonce.",
    ),
)  # fmt: skip


def _contesters(leaf: str, before: datetime.datetime) -> list[tuple[Item, User]]:
    """Objects on sale since `before`, each with somebody of its seller who may answer; demo people first."""
    people = Membership.objects.filter(role__in=[Role.MANAGER, Role.SELLER]).select_related("user")
    known = {m.organisation_id: m.user for m in people.order_by("user__demo_role", "-pk")}
    rows = Item.objects.on_sale().filter(category__key=leaf, photo_count__gt=0, reserved=0, seller__in=known)
    rows = rows.filter(published_at__lt=before, updated_at__lt=before)
    found = [(item, known[item.seller_id]) for item in rows.select_related("seller").order_by("pk")[:200]]
    return [pair for pair in found if pair[1].demo_role] or found


def _case(case: Case, rng: random.Random, moderator: User, now: datetime.datetime) -> bool:
    found = _contesters(case.leaf, moment(now, case.days + 1))
    if not found:
        return False
    item, owner = rng.choice(found)
    with Cast(moderator, [], now).at(case.days) as when:
        hold = hold_and_tell(
            item=item, ground=case.ground, statement=case.statement, reason=case.reason, by=moderator, now=when
        )
    if case.complaint:
        with Cast(owner, [], now).at(case.days - 2) as when:
            hold = complain_about_hold(hold=hold, text=case.complaint, by=owner, now=when)
    if case.answer:
        with Cast(moderator, [], now).at(case.days - 5) as when:
            answer_complaint(hold=hold, is_upheld=True, answer=case.answer, by=moderator, now=when)
    return True


def make_decisions(rng: random.Random, network: Network, now: datetime.datetime) -> int:
    """One decision that stands, one contested and waiting for the moderator, one lifted after a complaint."""
    if Hold.objects.exists():
        return Hold.objects.count()
    moderators = Membership.objects.filter(organisation=network.operator, role="moderator").select_related("user")
    if moderator := moderators.first():
        for case in CASES:
            _case(case, rng, moderator.user, now)
    return Hold.objects.count()
