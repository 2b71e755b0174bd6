"""Badges of the demo: what workshops give, to whom, one of them shown and one taken back, by the real actions."""

import datetime
import random
from collections.abc import Sequence

from rebond.accounts.models import User
from rebond.front.demo.clock import moment
from rebond.front.demo.network import Network
from rebond.journal.models import OutgoingMail
from rebond.network.models import Membership, Organisation
from rebond.skills.actions.award import issue_award, revoke_award, share_award
from rebond.skills.actions.badge import Words, make_badge
from rebond.skills.actions.key import renew_key
from rebond.skills.enums import BadgeKind, BadgeSign, BadgeTint
from rebond.skills.models import Award, Badge
from rebond.skills.queries.documents import Proof

BADGES = (
    (
        Words(
            "Préparer un colis fragile",
            "Choisir le carton et le calage, fermer et étiqueter un colis qui arrive entier.",
            "Préparer vingt colis fragiles. Aucun ne revient cassé. Expliquer à un collègue comment caler un objet.",
            sign=BadgeSign.PACKAGE, tint=BadgeTint.CIEL,
        ),
        Proof("Vingt-quatre colis de vaisselle", "Préparés en deux mois ; aucun retour pour casse."),
    ),
    (
        Words(
            "Photographier un objet pour la vente",
            "Des photos nettes, cadrées et honnêtes : les défauts se voient.",
            "Photographier trente objets acceptés sans retouche. Montrer chaque défaut. Ranger le poste en partant.",
            sign=BadgeSign.CAMERA, tint=BadgeTint.PECHE,
        ),
        Proof("Trente-deux lampes et chaises", "Photographiées pour la boutique en ligne, toutes acceptées."),
    ),
    (
        Words(
            "Accueillir un don",
            "Recevoir une personne qui donne, peser, dire merci, et dire non quand il le faut.",
            "Tenir l’accueil cinq demi-journées avec un collègue, puis seul. Peser et noter sans erreur.",
            kind=BadgeKind.ACHIEVEMENT, sign=BadgeSign.HEART, tint=BadgeTint.MENTHE,
        ),
        Proof("Cinq demi-journées au quai", "Soixante dons reçus, pesés et notés."),
    ),
)  # fmt: skip


def make_badges(rng: random.Random, network: Network, now: datetime.datetime) -> int:
    """Each workshop with people on the sign-in page gives three badges; its key was renewed once. The awards there are."""
    if Badge.objects.exists():
        return Award.objects.count()
    rows = Organisation.objects.filter(memberships__role="supervisor", memberships__user__demo_role__gt="")
    for organisation in rows.order_by("pk").distinct()[:3]:
        giver = User.objects.filter(memberships__organisation=organisation, memberships__role="supervisor").first()
        team = Membership.objects.filter(organisation=organisation, role="worker", ended_at__isnull=True)
        people = [row.user for row in team.select_related("user").order_by("-user__demo_role", "pk")[:6]]
        _give(organisation, giver, people, now)
    return Award.objects.count()


def _give(organisation: Organisation, giver: User | None, people: Sequence[User], now: datetime.datetime) -> None:
    badges = [(make_badge(organisation=organisation, words=words, by=giver), proof) for words, proof in BADGES]
    for place, person in enumerate(people):
        for number, (badge, proof) in enumerate(badges[: 1 + place % 3]):
            when = moment(now, 120 - 15 * place - number)
            award = issue_award(badge=badge, user=person, proofs=[proof], by=giver, now=when)
            OutgoingMail.objects.filter(key=f"award:{award.public_id}:given").update(created_at=when)
            if place == 0:
                share_award(award=award, is_shared=True, by=person)
            if (place, number) == (5, 2):
                revoke_award(award=award, reason="Remis par erreur à la mauvaise personne.", by=giver)
        if place == 2:
            renew_key(organisation=organisation, by=giver, now=moment(now, 70))
