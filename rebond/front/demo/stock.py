"""The demo's stock at work: a count under way, a transport on the way, a reduction agreed for what stays unsold."""

import datetime
import random

from django.utils import timezone

from rebond.front.demo.network import Network
from rebond.network.models import Organisation, Site
from rebond.warehouse.actions.count import count_object, finish_bin, open_count, start_bin
from rebond.warehouse.actions.loading import load_object
from rebond.warehouse.actions.markdown import run_rules, set_rule
from rebond.warehouse.actions.transport import leave, plan_transport
from rebond.warehouse.models import Count, CountBin, Holding, MarkdownRule, Place, Transport
from rebond.workshop.actions.step import Hands
from rebond.workshop.models import Station, Worker

BINS = 6  # counted; one of them twice, by two people who miss the same object
LOADED, WAITING = 8, 3  # objects in the vehicle on the way, and in the one being loaded
OLD_DAYS = 240  # what the demo's rule calls unsold


def make_stock_at_work(rng: random.Random, network: Network, now: datetime.datetime) -> int:
    """At each seller with a workshop and shelves; the rows there are."""
    if Count.objects.exists() or MarkdownRule.objects.exists():
        return Count.objects.count() + Transport.objects.count()
    for station in Station.objects.filter(kind="shelves").select_related("site__organisation").order_by("pk"):
        people = list(Worker.objects.filter(organisation=station.site.organisation).order_by("pk")[:2])
        if len(people) == 2:
            _count(station, people)
            _transports(station.site, people, now)
            _rule(station.site.organisation, now)
    run_rules(now=now)
    return Count.objects.count() + Transport.objects.count()


def _count(station: Station, people: list[Worker]) -> None:
    """The first bay with things in it: most bins right, one counted twice and to decide, the others still to do."""
    held = Holding.objects.filter(place__site=station.site, place__is_storage=True, place__parent__isnull=False)
    first = held.select_related("place__parent__parent").order_by("place__label").first()
    if first is None:
        return
    place = first.place.parent.parent or first.place.parent
    count = open_count(place=place, by=None)
    bins = CountBin.objects.filter(count=count, place__holdings__isnull=False).select_related("place")
    for number, bin_ in enumerate(bins.order_by("place__label").distinct()[:BINS]):
        missed = 1 if number == 0 else 0
        for person in people[: missed + 1]:
            _round(bin_, Hands(worker=person, station=station), missed)


def _round(bin_: CountBin, hands: Hands, missed: int) -> None:
    """All that lies there but the first `missed` objects."""
    start_bin(bin=bin_, hands=hands)
    rows = list(Holding.objects.filter(place=bin_.place).select_related("item").order_by("item_id"))[missed:]
    for row in rows:
        act = Hands(worker=hands.worker, station=hands.station)
        count_object(bin=bin_, item=row.item, hands=act, units=row.units)
    finish_bin(bin=bin_, hands=hands, is_empty=not rows)


def _transports(site: Site, people: list[Worker], now: datetime.datetime) -> None:
    """One that left this morning for the organisation's shop, one that is being loaded."""
    owner = site.organisation
    shop = owner.sites.exclude(pk=site.pk).order_by("pk").first() or Site.objects.create(
        organisation=owner, name=f"Boutique de {site.city}", kind="shop", postal_code=site.postal_code, city=site.city,
        department=site.department,
    )  # fmt: skip
    shelves = Place.objects.storage().filter(site=site).exclude(kind="waiting").used()
    last = list(shelves.order_by("-label", "-pk")[:30])
    held = Holding.objects.filter(place__in=last, item__state="on_sale", item__reserved=0).select_related("item")
    rows = list(held.order_by("item_id")[: LOADED + WAITING])
    for objects, is_leaving in ((rows[:LOADED], True), (rows[LOADED:], False)):
        if not objects:
            return
        transport = plan_transport(
            from_site=site, to_site=shop, planned_on=timezone.localdate(now), by=None,
            driver="Moussa" if is_leaving else "", vehicle="Le fourgon blanc" if is_leaving else "",
        )  # fmt: skip
        for row in objects:
            load_object(transport=transport, item=row.item, hands=Hands(worker=people[0]))
        if is_leaving:
            leave(transport=transport, by=None)


def _rule(organisation: Organisation, now: datetime.datetime) -> None:
    set_rule(
        organisation=organisation, category=None, after_days=OLD_DAYS, percent=20, cuts=2, every_days=30,
        floor_cents=200, end="shop", end_days=360, mode="propose", agreed_with=organisation.name,
        agreed_on=timezone.localdate(now) - datetime.timedelta(days=90), by=None,
    )  # fmt: skip
