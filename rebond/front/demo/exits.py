"""People who left the workshop of the demo over the last years: why, and what became of them, by the real actions."""

import datetime
import random
from decimal import Decimal

from rebond.insertion.actions.exit import Told, record_exit
from rebond.insertion.actions.news import Said, answer_news
from rebond.insertion.models import Exit, ExitReason, FollowUp
from rebond.network.models import Membership
from rebond.people.actions.consent import give_consent
from rebond.people.actions.person import Identity, welcome_person
from rebond.people.actions.status import begin_status
from rebond.people.models import Person, Status

FIRST = (
    "Mariam",
    "Yanis",
    "Sylvie",
    "Bakary",
    "Elena",
    "Thierry",
    "Aïcha",
    "Romain",
    "Hawa",
    "Denis",
    "Leïla",
    "Marek",
)
FAMILY = ("Camara", "Benali", "Roux", "Keita", "Popescu", "Garnier", "Diop", "Lefèvre", "Barry", "Moreau")
# days ago of the exit, days stayed, reason, hours in the year, employer
GONE = (
    (12, 310, "cdi", 820, "Menuiserie Lot-et-Bois"),
    (24, 200, "cdd-court", 640, "Relais logistique d’Agen"),
    (75, 400, "cdd-6-mois", 900, "Ville de Damazan"),
    (96, 330, "formation", 410, "AFPA d’Agen"),
    (130, 52, "chomage", 180, ""),
    (185, 365, "chomage", 700, ""),
    (205, 280, "conge-parental", 300, ""),
    (240, 420, "autre-siae", 260, "Les Jardins du Confluent"),
    *((385 + 11 * n, 250 + 9 * n, reason, 500 + 7 * n, "") for n, reason in enumerate(
        ("cdi", "cdi", "cdd-6-mois", "creation-entreprise", "fonction-publique", "cdd-court", "cdd-court", "cdd-court",
         "contrat-aide", "cdd-court", "formation", "formation", "autre-siae", "formation", "retraite", "chomage",
         "inactif", "chomage", "sans-nouvelle", "chomage", "conge-maladie", "essai")
    )),
    *((745 + 13 * n, 220 + 11 * n, reason, 450 + 9 * n, "") for n, reason in enumerate(
        ("cdi", "cdd-court", "formation", "chomage", "cdi", "cdd-court", "formation", "chomage", "autre-siae", "cdi",
         "sans-nouvelle", "cdd-court", "chomage", "cdd-6-mois")
    )),
)  # fmt: skip
JOBS = frozenset({"durable", "transition"})


def make_exits(rng: random.Random, role: Membership, today: datetime.date) -> int:
    """How many left. Those of the last months have news to ask, late or to come; one came back."""
    reasons = {one.code: one for one in ExitReason.objects.filter(valid_to=None)}
    for place, (ago, stayed, code, hours, employer) in enumerate(GONE):
        person = _person(role, place, today - datetime.timedelta(days=ago + stayed))
        left_on = today - datetime.timedelta(days=ago)
        worked = Decimal(0 if place == 9 else hours)  # one was ill all year
        told = Told(left_on, reasons[code], hours_in_year=worked, employer=employer)
        status = Status.objects.get(person=person)
        gone = record_exit(person=person, status=status, told=told, by=role.user, today=today)
        if place % 3 == 0:
            give_consent(person=person, kind="news", how="paper", given_on=left_on, by=role.user, today=today)
        _ask(rng, gone, role, today)
        if place == 7:
            begin_status(person=person, kind="cddi_ei", starts_on=today - datetime.timedelta(days=30), by=role.user)
    _before(rng, role, today, reasons)
    return len(GONE) + 1


def _before(rng: random.Random, role: Membership, today: datetime.date, reasons: dict[str, ExitReason]) -> None:
    """Whoever has an account here was there once before, left for a training, and came back: they read it."""
    person = Person.objects.filter(organisation=role.organisation, user__isnull=False).order_by("pk").first()
    if person is None:
        return
    first, last = today - datetime.timedelta(days=1_000), today - datetime.timedelta(days=700)
    status = begin_status(person=person, kind="cddi_ei", starts_on=first, ends_on=last, by=role.user)
    told = Told(last, reasons["formation"], hours_in_year=Decimal(210), employer="AFPA d’Agen")
    gone = record_exit(person=person, status=status, told=told, by=role.user, today=today)
    for one in FollowUp.objects.filter(exit=gone):
        answer_news(follow_up=one, said=_said(rng, gone, one), by=role.user, today=today)


def _person(role: Membership, place: int, since: datetime.date) -> Person:
    who = Identity(
        FIRST[place % len(FIRST)],
        FAMILY[(place * 7) % len(FAMILY)],
        born_on=datetime.date(1968 + place % 36, 1 + place % 12, 2 + place % 26),
        phone=f"06 99 00 13 {place:02}",
    )
    return welcome_person(organisation=role.organisation, identity=who, kind="cddi_ei", starts_on=since, by=role.user)


def _ask(rng: random.Random, gone: Exit, role: Membership, today: datetime.date) -> None:
    """All that was due two weeks ago is answered, but for one in five of this year: it is late, or not reached."""
    old = today - datetime.timedelta(days=370)
    for one in FollowUp.objects.filter(exit=gone, due_on__lte=today - datetime.timedelta(days=14)):
        is_missed = rng.random() < 0.2
        if is_missed and gone.left_on > old:
            again = today + datetime.timedelta(days=3)
            said = Said("not_reached", "phone", again_on=again)
            if rng.random() < 0.5:
                answer_news(follow_up=one, said=said, by=role.user, today=today)
            continue
        answer_news(follow_up=one, said=_said(rng, gone, one), by=role.user, today=today)


def _said(rng: random.Random, gone: Exit, one: FollowUp) -> Said:
    """Near to what the exit says."""
    if gone.category in JOBS:
        contract = {"cdi": "cdi", "cdd-court": "short"}.get(gone.reason.code, "long")
        return Said("employed", "phone", contract, described_on=one.due_on, employer=gone.employer)
    if gone.reason.code == "formation" and one.moment != "months6":
        return Said("training", "phone", described_on=one.due_on, employer=gone.employer)
    situation = rng.choice(("searching", "searching", "employed", "neither", "refused"))
    if situation == "refused":
        return Said(situation, "phone")
    return Said(situation, "met", "unknown" if situation == "employed" else "", described_on=one.due_on)
