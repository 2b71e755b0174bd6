"""A chain at work: stations, people of every status, the steps of the last twelve months, tasks that wait.

Two sellers have it: their supervisors and their people at the stations are on the demo's sign-in page.
"""

import datetime
import random
from collections.abc import Collection

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.text import slugify

from rebond.accounts.models import User
from rebond.core.ids import hash_secret
from rebond.front.demo.chain import Floor, make_chain
from rebond.front.demo.clock import moment
from rebond.front.demo.network import DOMAIN, PASSWORD, Network
from rebond.network.models import Membership, Organisation, Site
from rebond.workshop.kinds import all_kinds
from rebond.workshop.models import Device, Station, Step, Worker, WorkerSkill

SELLERS = 2  # with a workshop
STATIONS = (  # kind, name, hint, limit
    ("dock", "Quai", "la grande porte", 20),
    ("sorting", "Table de tri", "au milieu de la salle", 60),
    ("photo", "Table photo 1", "près de la fenêtre", 30),
    ("photo", "Table photo 2", "au fond", 30),
    ("writing", "Poste d’écriture", "la salle calme", 30),
    ("review", "Relecture", "le bureau vitré", 15),
    ("shelves", "Rayonnages", "allées A à D", 40),
    ("packing", "Emballage", "la grande table, près du quai", 25),
    ("after_sales", "Retours", "à côté du quai", 10),
)
PEOPLE = (  # first name, status, is named in public, stations known
    ("Awa", "cddi", True, ("photo", "writing")),
    ("Jo", "companion", False, ("dock", "sorting")),
    ("Karim", "cddi", True, ("writing", "photo")),
    ("Inès", "learner", True, ("writing",)),
    ("Thierry", "volunteer", False, ("sorting", "dock")),
    ("Nadia", "cddi", False, ("photo", "shelves")),
    ("Moussa", "companion", True, ("shelves", "dock")),
    ("Lucie", "staff", True, ("review", "sorting")),
    ("Fatou", "cddi", True, ("packing",)),
)
SUPERVISORS = (("Solène Kerbrat", "Encadrante"), ("Gaël Morvan", "Encadrant"))


def demo_secret(device: Device) -> str:
    """What the demo's sign-in page puts in the cookie of a demo tablet: known to this installation only."""
    return salted_hmac("rebond.front.demo.device", device.public_id, algorithm="sha256").hexdigest()


def make_workshops(rng: random.Random, network: Network, now: datetime.datetime) -> int:
    """Stations, people, steps and tasks of the sellers that have a person on the sign-in page; the steps there are."""
    if Station.objects.exists():
        return Step.objects.count()
    rows = Organisation.objects.filter(
        seller_state="admitted", memberships__role="manager", memberships__user__demo_role__gt=""
    )
    for place, organisation in enumerate(rows.order_by("pk").distinct()[:SELLERS]):
        site = organisation.sites.order_by("-is_main", "pk")[0]
        boss = _supervisor(organisation, *SUPERVISORS[place], now)
        stations = make_stations(site, boss, now)
        people = _people(organisation, stations, now)
        known = [known for _name, _status, _is_public, known in PEOPLE]
        make_chain(rng, Floor(organisation, site, stations, people, known), now)
    return Step.objects.count()


def _supervisor(organisation: Organisation, name: str, title: str, now: datetime.datetime) -> User:
    first, last = name.split(" ", 1)
    email = f"{slugify(first)}.{slugify(last)}@{DOMAIN}"
    user = User.objects.create(
        email=email, name=name, password=make_password(PASSWORD), demo_role=f"{title}, {organisation.name}",
        created_at=moment(now, 380),
    )  # fmt: skip
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    Membership.objects.create(user=user, organisation=organisation, role="supervisor", started_at=moment(now, 380))
    return user


def make_stations(
    site: Site, boss: User, now: datetime.datetime, *, kinds: Collection[str] | None = None
) -> dict[str, Station]:
    """Stations with one tablet each, by kind (the first of a kind): all of them, or those of these `kinds`."""
    made: dict[str, Station] = {}
    for position, (kind, name, hint, limit) in enumerate(STATIONS):
        if kinds is not None and kind not in kinds:
            continue
        station = Station.objects.create(
            site=site, kind=kind, name=name, hint=hint, limit=limit, position=position, created_at=moment(now, 370)
        )
        device = Device(
            organisation=site.organisation, station=station, name=f"Tablette, {name.lower()}", enrolled_by=boss
        )
        device.enrolled_at, device.seen_on = moment(now, 360), timezone.localdate(now)
        device.secret_hash = hash_secret(demo_secret(device))
        device.save()
        made.setdefault(kind, station)
    return made


def _people(organisation: Organisation, stations: dict[str, Station], now: datetime.datetime) -> list[Worker]:
    """Workers without an e-mail; the first ones are on the sign-in page, at the station that they know best."""
    labels = {
        "photo": "à la table photo", "dock": "au quai", "writing": "à l’écriture", "sorting": "au tri",
        "shelves": "aux rayonnages", "packing": "à l’emballage",
    }  # fmt: skip
    made = []
    for place, (first_name, status, is_public, known) in enumerate(PEOPLE):
        where = labels.get(known[0], "") if place < 4 or known[0] in {"shelves", "packing"} else ""
        user = User.objects.create(
            email=None,
            name=first_name,
            demo_role=f"{where[:1].upper()}{where[1:]}, {organisation.name}" if where else "",
            created_at=moment(now, 365),
        )
        user.set_unusable_password()
        user.save(update_fields=["password"])
        Membership.objects.create(user=user, organisation=organisation, role="worker", started_at=moment(now, 365))
        worker = Worker.objects.create(
            user=user, organisation=organisation, first_name=first_name, status=status, is_name_public=is_public,
            consent_at=moment(now, 300) if is_public else None, reviewed_percent=(100, 50, 20)[place % 3],
            started_on=timezone.localdate(moment(now, 365)),
        )  # fmt: skip
        skills = [kind for kind in all_kinds() if kind.stations & set(known)]
        WorkerSkill.objects.bulk_create(
            [WorkerSkill(worker=worker, kind=kind.code, level="able", wish="more" if n == 0 else "") for n, kind in enumerate(skills)]
        )  # fmt: skip
        made.append(worker)
    return made
