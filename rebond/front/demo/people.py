"""People who are followed at one workshop of the demo, by the real actions: invented, each with a story of statuses."""

import datetime
import random

from django.utils import timezone

from rebond.accounts.models import User
from rebond.front.demo.contracts import make_contracts
from rebond.front.demo.exits import make_exits
from rebond.front.demo.network import Network
from rebond.insertion.actions.iae_pass import enter_pass, prolong_pass, suspend_pass
from rebond.network.models import Membership
from rebond.people.actions.consent import give_consent, withdraw_consent
from rebond.people.actions.correction import answer_correction, ask_correction
from rebond.people.actions.need import Noted, Whom, note_need, note_trusted
from rebond.people.actions.person import Identity, follow_person, welcome_person
from rebond.people.actions.reading import read_person
from rebond.people.actions.status import begin_status
from rebond.people.models import Person

FIRST = "Samira"  # of the sign-in page: she reads her own file
# first name, family name, born, (status, months ago, months it lasts or None)…, days to the next meeting or None
PEOPLE = (
    (FIRST, "Bensaïd", 1988, (("candidate", 10, None), ("cddi_ei", 9, 11)), 3),
    ("Ibrahim", "Traoré", 1996, (("candidate", 6, None), ("cddi_ei", 5, 6)), -2),
    ("Nadège", "Le Guen", 1971, (("cddi_ei", 20, 24),), 12),
    ("Kévin", "Marchand", 2003, (("candidate", 1, None),), 1),
    ("Oksana", "Kovalenko", 1985, (("cddi_ei", 4, 8), ("learner", 2, 6)), 20),
    ("Jean-Marc", "Delmas", 1965, (("cddi_ei", 23, 22), ("cdi_inclusion", 1, None)), None),
    ("Fatou", "N’Diaye", 1992, (("candidate", 14, None), ("cddi_ei", 13, 11), ("former", 1, None)), None),
    ("Luis", "da Costa", 1979, (("volunteer", 7, None), ("candidate", 0, None)), 6),
    ("Mireille", "Pons", 1982, (("cddi_ei", 8, 9),), -9),
    ("Sofiane", "Haddad", 1999, (("candidate", 3, None), ("cddi_ei", 2, 4)), 30),
)
PASSES = {
    FIRST: 270,
    "Nadège": 600,
    "Jean-Marc": 720,
    "Ibrahim": 150,
    "Oksana": 120,
    "Mireille": 240,
    "Fatou": 390,
}  # begun so many days ago
AGREED = (("photo", "messages"), ("photo", "partners"), ("partners",), ())  # by place
NEEDS = (  # by place: kind, what is so, days to the day of looking again
    (("childcare", ["school", "holidays"], None), ("aptitude", ["loads", "visit"], 21)),
    (("language", ["spoken", "writing", "lessons"], None), ("mobility", ["bus", "far"], None)),
    (("mobility", ["licence"], None),),
    (),
    (("language", ["reading", "writing"], None), ("aptitude", ["standing"], 75)),
)
WRONG = (  # days ago, what she wrote, what her counsellor answered
    (60, "Mon numéro de téléphone a changé.", "Le nouveau numéro est écrit. Merci de l’avoir dit."),
    (6, "J’ai deux enfants, pas trois.", ""),
)
TRUSTED = ("Rosalie", "une amie de Marmande", "06 99 00 13 01")
NOTES = "Souhaite apprendre à conduire un chariot. Préfère les rendez-vous le matin : enfants à l’école à 8 h 30."


def make_people(rng: random.Random, network: Network, now: datetime.datetime) -> int:
    """The files of the organisation that has a counsellor on the sign-in page; how many there are."""
    if Person.objects.exists():
        return Person.objects.count()
    role = Membership.objects.filter(role="counsellor", user__demo_role__gt="").select_related("user").first()
    if role is None:
        return 0
    for place, facts in enumerate(PEOPLE):
        person = _welcomed(role, facts, timezone.localdate(now), place)
        if place < 3:
            read_person(person=person, by=role.user, is_whole=True)
    _passes(timezone.localdate(now))
    make_contracts(timezone.localdate(now))
    _agree(timezone.localdate(now))
    _need(timezone.localdate(now))
    _wrong(timezone.localdate(now))
    make_exits(rng, role, timezone.localdate(now))
    return Person.objects.count()


def _agree(today: datetime.date) -> None:
    """Most signed a paper at their welcome; one took it back, one answers in their own space, one says no to all."""
    for place, person in enumerate(Person.objects.order_by("pk")):
        day = today - datetime.timedelta(days=40 + 7 * place)
        for kind in AGREED[place % len(AGREED)]:
            how = "own" if person.user and kind == "messages" else "paper"
            give_consent(person=person, kind=kind, how=how, given_on=day, by=person.counsellor, today=today)
        if place == 1:
            withdraw_consent(person=person, kind="photo", by=person.counsellor, today=today)


def _need(today: datetime.date) -> None:
    """What was noted at the first meetings; two said whom to call."""
    for place, person in enumerate(Person.objects.order_by("pk")):
        seen, by = person.version, person.counsellor
        for kind, points, days in NEEDS[place % len(NEEDS)]:
            said = Noted(points, "", today + datetime.timedelta(days=days) if days else None)
            note_need(person=person, kind=kind, said=said, seen=seen, by=by, today=today)
            seen += 1
        if place % 5 == 0:
            name, link, phone = TRUSTED
            note_trusted(person=person, whom=Whom(name, phone, link), seen=seen, by=by, today=today)


def _wrong(today: datetime.date) -> None:
    """Who reads their own file found two errors: one corrected, one that waits."""
    person = Person.objects.filter(user__isnull=False).order_by("pk").first()
    if person is None or person.counsellor is None:
        return
    for ago, words, answer in WRONG:
        day = today - datetime.timedelta(days=ago)
        made = ask_correction(person=person, words=words, by=person.user, today=day)
        if answer:
            day += datetime.timedelta(days=4)
            answer_correction(correction=made, state="corrected", answer=answer, by=person.counsellor, today=day)


def _passes(today: datetime.date) -> None:
    """One suspended for a while, one prolonged after a suspension, one that ends soon."""
    for first_name, ago in PASSES.items():
        person = Person.objects.get(first_name=first_name)
        said = {"number": f"99999 24 {10_000 + ago}", "starts_on": today - datetime.timedelta(days=ago), "kind": "EI"}
        held, by = enter_pass(person=person, by=person.counsellor, **said), person.counsellor  # type: ignore[arg-type]
        if first_name == FIRST:
            days = {"start": today - datetime.timedelta(days=77), "end": today - datetime.timedelta(days=49)}
            suspend_pass(iae_pass=held, reason="contract_suspended", by=by, today=today, **days)
        if first_name == "Nadège":
            days = {"start": today - datetime.timedelta(days=90), "end": today - datetime.timedelta(days=60)}
            suspend_pass(iae_pass=held, reason="contract_suspended", by=by, today=today, **days)
            prolong_pass(iae_pass=held, reason="complete_training", days=60, prescriber="", by=by, today=today)


def _welcomed(role: Membership, facts: tuple, today: datetime.date, place: int) -> Person:  # type: ignore[type-arg]
    first_name, family_name, year, statuses, meeting = facts
    said = Identity(
        first_name,
        family_name,
        born_on=datetime.date(year, 1 + place, 3 + 2 * place),
        phone=f"06 99 00 12 {10 + place}",
        address=f"{place + 2}, rue des Tilleuls, 47160 Damazan",
        notes=NOTES if place % 3 == 0 else "",
    )
    days = [_days(today, ago, length) for _kind, ago, length in statuses]
    person = welcome_person(
        organisation=role.organisation, identity=said, kind=statuses[0][0], starts_on=days[0][0], ends_on=days[0][1],
        by=role.user,
    )  # fmt: skip
    for (kind, _ago, _length), (first, last) in zip(statuses[1:], days[1:], strict=True):
        begin_status(person=person, kind=kind, starts_on=first, ends_on=last, by=role.user)
    account = User.objects.filter(name=f"{first_name} {family_name}", demo_role__gt="").first()
    if account is not None:
        Person.objects.filter(pk=person.pk).update(user=account)
    if meeting is not None:
        person.refresh_from_db()
        day = today + datetime.timedelta(days=meeting)
        follow_person(person=person, counsellor=role.user, user=account, meeting_on=day, by=role.user)
    return person


def _days(today: datetime.date, ago: int, length: int | None) -> tuple[datetime.date, datetime.date | None]:
    """Months of 30 days: the last day of one status comes before the first of the next."""
    first = today - datetime.timedelta(days=30 * ago)
    return first, first + datetime.timedelta(days=30 * length - 1) if length else None
