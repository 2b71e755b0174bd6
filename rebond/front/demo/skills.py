"""Skills shown by the work, at each workshop: months of evidence, levels said and acknowledged, by the real actions."""

import datetime
import random

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from rebond.accounts.models import User
from rebond.front.demo.clock import moment
from rebond.front.demo.network import DOMAIN, PASSWORD, Network
from rebond.network.models import Membership, Organisation
from rebond.people.actions.consent import give_consent
from rebond.people.actions.person import Identity, welcome_person
from rebond.people.models import Person
from rebond.skills.actions.evidence import write_evidence
from rebond.skills.actions.level import answer_level, assess_self, hide_card, observe_level
from rebond.skills.models import Assessment, Evidence
from rebond.workshop.models import Station, Worker, WorkerSkill

SINCE = 240  # days since the files were opened
PHONE = "Nadia"  # on the sign-in page: she reads her own space
# first name at the stations, family name, status: those without a file have no log
FILES = (
    (PHONE, "Ferrand", "cddi_aci"),
    ("Awa", "Sarr", "cddi_aci"),
    ("Karim", "Benali", "cddi_aci"),
    ("Inès", "Lopez", "learner"),
    ("Jo", "Perrin", "companion"),  # asked for nothing: nothing is counted
    ("Moussa", "Diop", "companion"),  # asked for it 120 days ago
)
ASKED = {"Moussa": 120}
# who, card, level, how many days ago, where, what was seen, the person's answer and its words
SEEN = (
    (PHONE, "photograph", 2, 95, "Table photo 2", "Six lampes, photos nettes. J’ai aidé pour la lumière.", "agrees", ""),
    (PHONE, "photograph", 3, 18, "Table photo 1", "Vingt objets dans la matinée, sans aide. Chaque défaut est montré.", "", ""),
    (PHONE, "store", 2, 60, "Allée B", "Range seule les petits objets.", "contests", "Je range aussi les cartons lourds, avec le diable."),
    ("Awa", "photograph", 4, 30, "Table photo 1", "A montré le poste à Inès, calmement.", "agrees", ""),
    ("Awa", "write", 3, 45, "La salle calme", "Dix annonces acceptées sans correction.", "agrees", "Merci."),
    ("Moussa", "store", 3, 25, "Allées A à D", "Tout est à sa place, même le fragile.", "agrees", ""),
)  # fmt: skip
SAID = (
    (PHONE, "write", 2, "J’écris avec Karim à côté de moi.", True),
    ("Karim", "write", 4, "J’aide Inès à écrire.", False),
)


def make_skills(rng: random.Random, network: Network, now: datetime.datetime) -> int:
    """Files of the workshops' people, what their steps show, what was said of it; the lines of evidence there are."""
    if Assessment.objects.exists():
        return Evidence.objects.count()
    today = timezone.localdate(now)
    places = Station.objects.order_by().values("site__organisation")
    for organisation in Organisation.objects.filter(pk__in=places).order_by("pk"):
        _files(organisation, today)
        Person.objects.filter(organisation=organisation, user__isnull=False).update(opened_at=moment(now, SINCE))
        write_evidence(organisation=organisation, until=today - datetime.timedelta(days=1))
        _levels(organisation, today)
        _on_the_phone(organisation)
    return Evidence.objects.count()


def _files(organisation: Organisation, today: datetime.date) -> None:
    """One for each of FILES, linked to their account at the stations; one of them learns the shelves."""
    for first_name, family_name, kind in FILES:
        worker = Worker.objects.get(organisation=organisation, first_name=first_name)
        person = welcome_person(
            organisation=organisation, identity=Identity(first_name, family_name), kind=kind,
            starts_on=today - datetime.timedelta(days=SINCE + 20), by=None,
        )  # fmt: skip
        Person.objects.filter(pk=person.pk).update(user=worker.user)
        if first_name in ASKED:
            day = today - datetime.timedelta(days=ASKED[first_name])
            give_consent(person=person, kind="skills", how="paper", given_on=day, by=None, today=today)
        if first_name == PHONE:
            WorkerSkill.objects.filter(worker=worker, kind="warehouse.store").update(level="learning")


def _on_the_phone(organisation: Organisation) -> None:
    """An account with an e-mail and a password: her own space, beside her badge."""
    user = Worker.objects.get(organisation=organisation, first_name=PHONE).user
    email = f"{PHONE.lower()}.{organisation.slug}@{DOMAIN}"
    says = f"Aux photos et aux rayonnages, et sur son téléphone, {organisation.name}"
    User.objects.filter(pk=user.pk).update(email=email, password=make_password(PASSWORD), demo_role=says)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)


def _levels(organisation: Organisation, today: datetime.date) -> None:
    boss = Membership.objects.filter(organisation=organisation, role="supervisor").order_by("pk")[0].user
    people = {one.first_name: one for one in Person.objects.filter(organisation=organisation, user__isnull=False)}
    for name, card, level, ago, context, words, answer, said in SEEN:
        if (person := people.get(name)) is None:
            continue
        day = today - datetime.timedelta(days=ago)
        seen = observe_level(
            person=person, card=card, level=level, day=day, context=context, words=words, by=boss, today=day
        )
        if answer:
            answer_level(assessment=seen, kind=answer, words=said, by=person.user, today=day)
    for name, card, level, words, is_confirmed in SAID:
        if (person := people.get(name)) is None:
            continue
        own = assess_self(person=person, card=card, level=level, words=words, by=person.user)
        if is_confirmed:
            answer_level(assessment=own, kind="agrees", by=boss)
    if "Karim" in people:
        hide_card(person=people["Karim"], card="photograph", is_hidden=True, by=people["Karim"].user)
