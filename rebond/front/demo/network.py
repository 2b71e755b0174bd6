"""Organisations, places, people and agreements of the demo, in bulk."""

import datetime
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.utils.text import slugify

from rebond.accounts.models import User
from rebond.front.demo.clock import moment
from rebond.front.demo.sellers import DATA, OPERATOR_LETTERS, STREETS, Seller, communes, luhn
from rebond.front.demo.stories import FIRST_NAMES
from rebond.front.demo.works import words
from rebond.journal.models import Entry
from rebond.network.models import Agreement, Closure, Membership, Organisation, OrganisationAttribute, Site
from rebond.network.queries.agreements import DEFAULT_SCOPES
from rebond.network.queries.places import communes_of

PASSWORD = "tout rebondit ici"  # noqa: S105 -- shown on the demo's sign-in page
DOMAIN = "exemple.rebond.localhost"
OPERATOR = ("Rebond, la coopérative", "rebond")
PHONES = {"1": "01 99 00", "2": "02 61 91", "3": "03 53 01", "4": "04 65 71", "5": "05 36 49"}  # ARCEP: for fiction
OTHERS = (  # kind, name, town, tagline
    ("donor_company", "Jouets du Léman", "Annecy", "Fabricant de jouets en bois"),
    ("donor_company", "Tissages Morel et sœurs", "Roanne", "Linge de maison"),
    ("donor_company", "Papeteries du Rhône", "Vienne", "Cahiers et carnets"),
    ("donor_company", "Altior Sport", "Grenoble", "Matériel de montagne"),
    ("school", "L’École du rebond", "Montreuil", "Apprendre le commerce en ligne, sans le bac"),
    ("fund", "Fonds Ricochet", "Lyon", "Finance la transition numérique des associations"),
    ("agency", "Agence Trajectoires", "Montreuil", "Sites web faits par d’anciens apprenants"),
    ("carrier", "Colis Doux", "Orléans", "Points de retrait et vélos-cargos"),
    ("funder", "Département de la Vézère", "Périgueux", "Financeur public"),
)


@dataclass(slots=True)
class Network:
    """Rows by slug of their organisation."""

    operator: Organisation
    organisations: dict[str, Organisation] = field(default_factory=dict)
    sites: dict[str, Site] = field(default_factory=dict)
    people: dict[str, list[User]] = field(default_factory=dict)


def make_network(rng: random.Random, *, sellers: Sequence[Seller], now: datetime.datetime) -> Network:
    """Insert everybody. The caller holds the transaction; the database holds nobody yet."""
    today = now.date()
    made = _organisations(rng, sellers, now)
    operator = made[OPERATOR[1]]
    sites = _sites(rng, sellers, made)
    _attributes(rng, sellers, made, today)
    _agreements(rng, sellers, made, operator, today)
    _closures(rng, sellers, made, today)
    people = _people(rng, sellers, made, now)
    Entry.objects.bulk_create([_entry(row, operator, people, now) for row in made.values()])
    return Network(operator, made, sites, people)


def find_network(sellers: Sequence[Seller]) -> Network | None:
    """What an earlier run made, or None."""
    operator = Organisation.objects.filter(slug=OPERATOR[1], kind="operator").first()
    rows = {row.slug: row for row in Organisation.objects.filter(slug__in=[s.slug for s in sellers]).order_by("pk")}
    if operator is None or len(rows) < len(sellers):
        return None
    sites = {
        site.organisation.slug: site
        for site in Site.objects.filter(is_main=True).select_related("organisation").order_by("pk")
    }
    people: dict[str, list[User]] = defaultdict(list)
    for membership in (
        Membership.objects.filter(ended_at=None)
        .exclude(role__in=["reader", "counsellor"])
        .select_related("user", "organisation")
        .order_by("pk")
    ):
        people[membership.organisation.slug].append(membership.user)
    return Network(operator, rows, sites, people)


def _organisations(rng: random.Random, sellers: Sequence[Seller], now: datetime.datetime) -> dict[str, Organisation]:
    rows = [
        Organisation(
            kind="operator",
            name=OPERATOR[0],
            legal_name="SCIC Rebond",
            slug=OPERATOR[1],
            letters=OPERATOR_LETTERS,
            siren=luhn("00099999"),
            email=f"bonjour@{DOMAIN}",
            phone="02 61 91 24 00",  # ARCEP: for fiction
            mediator="Médiateurs de l’économie sociale, 3 quai de la Fosse, 44000 Nantes, mediateurs-ess.example",
            tagline="Des objets et des personnes qui repartent",
            created_at=moment(now, 3_200),
        )
    ]
    rows += [_seller_row(rng, seller, now) for seller in sellers]
    for place, (kind, name, _town, tagline) in enumerate(OTHERS):
        slug = slugify(name.replace("’", " "))
        rows.append(
            Organisation(
                kind=kind, name=name, legal_name=name, slug=slug, siren=luhn(f"0009{place:04d}"), tagline=tagline,
                email=f"bonjour@{slug}.{DOMAIN}", tint="sable", created_at=moment(now, rng.randint(100, 1_500)),
            )
        )  # fmt: skip
    Organisation.objects.bulk_create(rows)
    return {row.slug: row for row in rows}


def _seller_row(rng: random.Random, seller: Seller, now: datetime.datetime) -> Organisation:
    zone = PHONES[_zone(seller.commune.department)]
    return Organisation(
        kind=seller.kind,
        name=seller.name,
        legal_name=seller.legal_name,
        slug=seller.slug,
        letters=seller.letters,
        siren=seller.siren,
        email=f"bonjour@{seller.domain}",
        phone=f"{zone} {rng.randint(10, 99)} {rng.randint(10, 99)}",
        mediator=seller.mediator,
        tagline=seller.tagline,
        story=seller.story,
        criteria_met=seller.criteria,
        tint=seller.tint,
        seller_state="admitted",
        admitted_on=seller.admitted_on,
        certified_at=moment(now, (now.date() - seller.admitted_on).days + 40),
        ships_in_days=seller.ships_in_days,
        delivery_modes=seller.modes,
        created_at=moment(now, (now.date() - seller.admitted_on).days + rng.randint(20, 90)),
    )


def _zone(department: str) -> str:
    """First digit of a telephone number in metropolitan France, by department."""
    zones = {
        "1": "75 77 78 91 92 93 94 95",
        "2": "14 18 22 27 28 29 35 36 37 41 44 45 49 50 53 56 61 72 76 85",
        "3": "02 08 10 21 25 39 51 52 54 55 57 58 59 60 62 67 68 70 71 80 88 89 90",
        "5": "09 12 16 17 19 23 24 31 32 33 40 46 47 64 65 79 81 82 86 87",
    }
    return next((zone for zone, codes in zones.items() if department in codes.split()), "4")


def _sites(rng: random.Random, sellers: Sequence[Seller], made: dict[str, Organisation]) -> dict[str, Site]:
    main, more = {}, []
    for seller in sellers:
        base = _where(rng, seller, made[seller.slug])
        kind, name = ("workshop", "L’atelier et sa boutique") if not seller.shop else ("workshop", "L’atelier")
        main[seller.slug] = Site(
            **base, kind=kind, name=name, siret=seller.siret(), address=seller.address, hours=seller.hours,
            is_pickup_point="pickup" in seller.modes, is_main=True,
        )  # fmt: skip
        if seller.shop:
            more.append(
                Site(
                    **base,
                    kind="shop",
                    name="La boutique",
                    siret=seller.siret(2),
                    hours="Mercredi et samedi, 10 h à 18 h",
                    address=f"{rng.randint(1, 60)} {seller.shop}",
                )
            )
    for kind, name, town_name, _tagline in OTHERS:
        town = next(c for c in communes() if c.name == town_name)
        more.append(
            _office(rng, made[slugify(name.replace("’", " "))], town.name, town.postal_code, town.department, kind)
        )
    more.append(_office(rng, made[OPERATOR[1]], "Noisy-le-Sec", "93130", "93", "operator"))
    Site.objects.bulk_create([*main.values(), *more])
    return main


def _where(rng: random.Random, seller: Seller, row: Organisation) -> dict[str, Any]:
    """Commune and coordinates, a few hundred metres from its centre."""
    town = seller.commune
    found = next((c for c in communes_of(town.postal_code) if c.name.split("-")[0] == town.name.split("-")[0]), None)
    shift = (rng.uniform(-0.012, 0.012), rng.uniform(-0.012, 0.012))
    return {
        "organisation": row,
        "postal_code": town.postal_code,
        "city": town.name,
        "commune": found.code if found else "",
        "department": town.department,
        "latitude": f"{float(found.latitude if found and found.latitude else town.latitude) + shift[0]:.5f}",
        "longitude": f"{float(found.longitude if found and found.longitude else town.longitude) + shift[1]:.5f}",
    }


def _office(rng: random.Random, row: Organisation, city: str, postal_code: str, department: str, kind: str) -> Site:
    return Site(
        organisation=row, kind="warehouse" if kind in {"operator", "carrier"} else "office", name="Le siège", city=city,
        postal_code=postal_code, department=department, address=f"{rng.randint(1, 90)} {rng.choice(STREETS)}", is_main=True,
    )  # fmt: skip


def _attributes(
    rng: random.Random, sellers: Sequence[Seller], made: dict[str, Organisation], today: datetime.date
) -> None:
    """Dated facts with who verified them; a few VAT regimes changed on a first of January (rules.md F7)."""
    rows = []
    seen = datetime.datetime.combine(today, datetime.time(9), tzinfo=datetime.UTC) - datetime.timedelta(days=40)
    for seller in sellers:
        start = datetime.date(max(seller.since, 1990), 1, 1)
        fact = {
            "organisation": made[seller.slug],
            "verified_at": seen,
            "verified_by": "Hélène Faure",
            "note": "Pièce vue à l’admission",
        }
        turn = datetime.date(today.year - 1, 1, 1)
        rows.append(OrganisationAttribute(**fact, kind="legal_form", value=seller.form, valid_from=start))
        if rng.random() < 0.15 and seller.vat != "franchise_293B":
            last = turn - datetime.timedelta(days=1)
            rows.append(
                OrganisationAttribute(
                    **fact, kind="vat_regime", value="franchise_293B", valid_from=start, valid_to=last
                )
            )
            rows.append(OrganisationAttribute(**fact, kind="vat_regime", value=seller.vat, valid_from=turn))
        else:
            rows.append(OrganisationAttribute(**fact, kind="vat_regime", value=seller.vat, valid_from=start))
        rows += _approvals(rng, seller, fact, today, start)
    OrganisationAttribute.objects.bulk_create(rows)


def _approvals(
    rng: random.Random, seller: Seller, fact: dict[str, Any], today: datetime.date, start: datetime.date
) -> list[OrganisationAttribute]:
    rows = []
    if seller.kind in {"ei", "aci"} or rng.random() < 0.3:
        since = datetime.date(today.year - rng.randint(1, 4), rng.randint(1, 12), 1)
        rows.append(
            OrganisationAttribute(**fact, kind="esus", valid_from=since, valid_to=since.replace(year=since.year + 5))
        )
    if seller.kind in {"aci", "ei", "ai"}:
        rows.append(
            OrganisationAttribute(
                **fact,
                kind="insertion_agreement",
                valid_from=datetime.date(today.year, 1, 1),
                valid_to=datetime.date(today.year, 12, 31),
            )
        )
    if seller.form == "association_1901" and rng.random() < 0.4:
        rows.append(OrganisationAttribute(**fact, kind="gift_receipts", valid_from=start))
    return rows


def _agreements(
    rng: random.Random,
    sellers: Sequence[Seller],
    made: dict[str, Organisation],
    operator: Organisation,
    today: datetime.date,
) -> None:
    """The four kinds of rules.md 0.9; commission and solidarity levy are two parameters (rules.md A2)."""
    rows = []
    for place, seller in enumerate(sellers):
        kind = "integrated" if place == 2 else ("brick", "tutored", "franchise", "brick", "brick")[place % 5]
        signed = seller.admitted_on + datetime.timedelta(days=25)
        rows.append(
            Agreement(
                organisation=made[seller.slug],
                operator=operator,
                kind=kind,
                scope=DEFAULT_SCOPES[kind],
                commission_bp={"integrated": 2_400, "brick": 1_200, "franchise": 800, "tutored": 1_000}[kind],
                solidarity_bp=rng.choice([0, 100, 200]),
                monthly_fee_cents=4_900 if kind == "franchise" else 0,
                entry_fee_cents=150_000 if kind == "franchise" else 0,
                shipping={"relay_cents": 490, "home_cents": 690},
                brand="Rebond" if kind == "franchise" else "",
                document_given_on=signed - datetime.timedelta(days=25) if kind == "franchise" else None,
                signed_on=signed,
                starts_on=signed + datetime.timedelta(days=5),
            )
        )
    Agreement.objects.bulk_create(rows)


def _closures(
    rng: random.Random, sellers: Sequence[Seller], made: dict[str, Organisation], today: datetime.date
) -> None:
    rows = []
    for place, seller in enumerate(rng.sample(list(sellers), min(14, len(sellers)))):
        start = today + datetime.timedelta(days=(-3, -1, 5, 12, 26)[place % 5])
        hides = place % 5 == 1
        message = (
            "L’équipe est en inventaire." if hides else "Les colis partent un peu plus tard, merci de votre patience."
        )
        end = start + datetime.timedelta(days=7 + place % 4)
        rows.append(
            Closure(organisation=made[seller.slug], starts_on=start, ends_on=end, hides_items=hides, message=message)
        )
    Closure.objects.bulk_create(rows)


def _address(name: str) -> str:
    return f"{slugify(name).replace('-', '.')}@{DOMAIN}"


def named_people() -> list[tuple[str, str, str, str]]:
    """(organisation's slug or "", role, name, what the sign-in page says) of the people one may be."""
    found = []
    for line in (DATA / "people.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            slug, role, name, told = (part.strip() for part in line.split("|"))
            found.append(("" if slug == "-" else slug, role, name, told))
    return found


def _people(
    rng: random.Random, sellers: Sequence[Seller], made: dict[str, Organisation], now: datetime.datetime
) -> dict[str, list[User]]:
    """The named people, then one or two colleagues for each other seller. One hash for all: it is public."""
    password = make_password(PASSWORD)
    users: list[User] = []
    roles: list[tuple[str, str]] = []
    named = named_people()
    for slug, role, name, told in named:
        if not slug or slug in made:
            users.append(
                User(email=_address(name), name=name, password=password, demo_role=told, created_at=moment(now, 440))
            )
            roles.append((slug, role))
    taken = {user.email for user in users}
    with_people = {slug for slug, _role in roles}
    for seller in sellers:
        for role in () if seller.slug in with_people else ("manager", "seller")[: rng.choice([1, 2])]:
            name = next(
                n
                for n in iter(lambda: f"{rng.choice(FIRST_NAMES)} {rng.choice(words()['last'])}", "")
                if _address(n) not in taken
            )
            taken.add(_address(name))
            users.append(User(email=_address(name), name=name, password=password, created_at=moment(now, 300)))
            roles.append((seller.slug, role))
    User.objects.bulk_create(users)
    EmailAddress.objects.bulk_create(
        [EmailAddress(user=user, email=user.email or "", verified=True, primary=True) for user in users]
    )
    people: dict[str, list[User]] = defaultdict(list)
    memberships = []
    for user, (slug, role) in zip(users, roles, strict=True):
        if slug:
            memberships.append(Membership(user=user, organisation=made[slug], role=role, started_at=moment(now, 290)))
            if role not in {"reader", "counsellor"}:
                people[slug].append(user)
    Membership.objects.bulk_create(memberships)
    return people


def _entry(row: Organisation, operator: Organisation, people: dict[str, list[User]], now: datetime.datetime) -> Entry:
    by = people[operator.slug][0]
    return Entry(
        at=row.created_at, action="network.organisation.created", subject_kind="network.organisation", subject_id=row.public_id,
        subject_label=row.name, actor_id=by.public_id, actor_label=by.display_name, organisation_id=operator.public_id,
        organisation_label=operator.name,
    )  # fmt: skip
