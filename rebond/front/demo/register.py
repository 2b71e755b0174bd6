"""Two registers of objects at work for some weeks: people, companies, small things together, things left at the door.

Written by the register's own actions, day by day, so its chain proves itself. The last arrival waits for who brought
it, and the newest draft for its line: what a manager mends. Names, streets and numbers are invented.
"""

import copy
import datetime
import random
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from rebond.catalogue.models import Item
from rebond.front.demo.clock import moment
from rebond.front.demo.network import Network
from rebond.front.demo.sellers import STREETS
from rebond.front.demo.works import words
from rebond.intake.actions.register import Bringer, cancel_entry
from rebond.intake.actions.register_keep import set_group_limit, switch_register
from rebond.intake.actions.register_lines import correct_entry, make_precise, note_donor, note_object
from rebond.intake.enums import Abandoned, DocumentKind, DonorKind, EntryKind, Source
from rebond.intake.models import Donation, Register, RegisterEntry
from rebond.intake.queries.register import Identity, group_limit_of
from rebond.journal.models import Entry
from rebond.network.models import Membership, Organisation

WEEKS = 3
KEEPERS = ("recyclerie-du-grand-bain", "les-ateliers-du-confluent")
COMPANIES = ("Déménagements Lahaye", "Hôtel du Canal", "Lycée des Métiers Simone-Veil", "Mairie, service jeunesse")
# How things of each origin come to be written: (kind, weight).
KINDS: dict[str, tuple[tuple[DonorKind, int], ...]] = {
    Source.DROP_OFF: ((DonorKind.PERSON, 5), (DonorKind.GROUPED, 4), (DonorKind.ABANDONED, 1)),
    Source.HOME: ((DonorKind.PERSON, 1),),
    Source.WASTE_SITE: ((DonorKind.ABANDONED, 3), (DonorKind.GROUPED, 1)),
}
REASONS = {Source.WASTE_SITE: (Abandoned.WASTE_SITE,), Source.DROP_OFF: (Abandoned.DOOR, Abandoned.BOX, Abandoned.GONE)}
LETTER = "Courrier de la préfecture du 4 mars 2026"


def make_registers(rng: random.Random, network: Network, now: datetime.datetime) -> int:
    """Lines written in all."""
    if not Register.objects.exists():
        for slug in KEEPERS:
            organisation = network.organisations.get(slug)
            if organisation is not None:
                _keep(rng, organisation, now)
    return RegisterEntry.objects.count()


def _keep(rng: random.Random, organisation: Organisation, now: datetime.datetime) -> None:
    by = Membership.objects.filter(organisation=organisation, role="manager").order_by("pk")[0].user
    opened = moment(now, WEEKS * 7)
    at(
        opened,
        lambda: switch_register(organisation=organisation, is_on=True, by=by, declaration="2026-0417", now=opened),
    )
    if organisation.slug == KEEPERS[1]:
        at(opened, lambda: set_group_limit(organisation=organisation, limit_cents=4_000, source=LETTER, by=by))
    acts = [*_arrivals(rng, organisation, by, opened), *_objects(rng, organisation, by, opened)]
    for when, act in sorted(acts, key=lambda one: one[0]):
        at(when, act)
    _mend(organisation, by, now)


def at(when: datetime.datetime, act: Callable[[], Any]) -> Any:
    """Do it, and let the journal say that it was done then."""
    last = Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    made = act()
    Entry.objects.filter(pk__gt=last).update(at=when)
    return made


type Act = tuple[datetime.datetime, Callable[[], Any]]


def _arrivals(rng: random.Random, organisation: Organisation, by: Any, opened: datetime.datetime) -> list[Act]:
    """Every arrival since, but for the last one."""
    rows = Donation.objects.filter(organisation=organisation, day__gte=timezone.localdate(opened))
    found: list[Act] = []
    for donation in list(rows.select_related("organisation").order_by("day", "pk"))[:-1]:
        noon = timezone.make_aware(datetime.datetime.combine(donation.day, datetime.time(10, rng.randint(0, 59))))
        when = max(noon, opened + datetime.timedelta(minutes=1))
        bringer = _bringer(rng, donation.source, donation.day)

        def act(donation: Donation = donation, bringer: Bringer = bringer, when: datetime.datetime = when) -> Any:
            return note_donor(donation=donation, bringer=bringer, by=by, now=when)

        found.append((when, act))
    return found


def _objects(rng: random.Random, organisation: Organisation, by: Any, opened: datetime.datetime) -> list[Act]:
    """Every object made since, but for the newest draft; one in four is entered before anybody knows its value."""
    rows = Item.objects.filter(seller=organisation, created_at__gt=opened).select_related("seller", "site", "category")
    items = list(rows.order_by("created_at", "pk"))
    newest = next((item for item in reversed(items) if item.state == "draft"), None)
    limit = group_limit_of(organisation)
    found: list[Act] = []
    for item in items:
        if item == newest:
            continue
        source = rng.choice((Source.DROP_OFF, Source.DROP_OFF, Source.HOME))
        bringer = _bringer(rng, source, timezone.localdate(item.created_at))
        if bringer.kind == DonorKind.GROUPED and item.price_cents >= limit:
            bringer = Bringer(DonorKind.PERSON, _identity(rng, timezone.localdate(item.created_at)))
        is_bare = rng.random() < 0.25 and bool(item.price_cents)

        def act(item: Item = item, bringer: Bringer = bringer, source: str = source, is_bare: bool = is_bare) -> None:  # noqa: FBT001 -- the loop's own values
            seen = copy.copy(item)
            if is_bare:
                seen.price_cents = 0
            note_object(item=seen, bringer=bringer, origin=source, by=by, now=item.created_at)
            if is_bare:
                make_precise(item, now=item.created_at)

        found.append((item.created_at, act))
    return found


def _bringer(rng: random.Random, source: str, day: datetime.date) -> Bringer:
    kinds = KINDS.get(source, ((DonorKind.COMPANY, 1),))
    kind = rng.choices([kind for kind, _weight in kinds], [weight for _kind, weight in kinds])[0]
    if kind == DonorKind.PERSON:
        return Bringer(kind, _identity(rng, day))
    if kind == DonorKind.COMPANY:
        came = f"{rng.choice(words()['first'])} {rng.choice(words()['last'])}"
        return Bringer(kind, Identity(name=rng.choice(COMPANIES), address=_address(rng), represented_by=came))
    reasons = REASONS.get(Source(source), (Abandoned.DOOR,))
    return Bringer(kind, reason=rng.choice(reasons) if kind == DonorKind.ABANDONED else "")


def _address(rng: random.Random) -> str:
    return f"{rng.randint(2, 96)} {rng.choice(STREETS)}"


def _identity(rng: random.Random, day: datetime.date) -> Identity:
    kind = rng.choices(
        (DocumentKind.IDENTITY_CARD, DocumentKind.LICENCE, DocumentKind.PASSPORT, DocumentKind.RESIDENCE), (7, 4, 1, 1)
    )[0]
    return Identity(
        name=f"{rng.choice(words()['first'])} {rng.choice(words()['last'])}",
        address=_address(rng),
        document_kind=kind,
        document_number=f"EXEMPLE{rng.randint(10_000, 99_999)}",
        document_on=(day - datetime.timedelta(days=rng.randint(60, 3_000))).isoformat(),
        document_by="Préfecture",
    )


def _mend(organisation: Organisation, by: Any, now: datetime.datetime) -> None:
    """Yesterday somebody read a line again: one says it better, one no longer stands."""
    rows = RegisterEntry.objects.filter(organisation=organisation, refers_to=None).select_related(
        "organisation", "site"
    )
    lots = list(rows.filter(kind=EntryKind.LOT, donor_kind=DonorKind.PERSON).order_by("-number")[:2])
    if len(lots) < 2:
        return
    wrong, gone = lots
    why = "Le poids du chariot n’était pas ôté."
    less = {name: getattr(wrong, name) for name in ("nature", "description", "serials", "quantity", "value_cents")}
    less["weight_g"] = max((wrong.weight_g or 0) - 8_000, 100)
    at(now, lambda: correct_entry(entry=wrong, reason=why, changes=less, by=by, now=now))
    at(now, lambda: cancel_entry(entry=gone, reason="Repris par la personne le jour même.", now=now))
