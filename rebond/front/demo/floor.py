"""One floor of the demo at work: what was picked this morning is packed, a wave is half walked, the next one waits.

By the acts of the people who do it, so that each page of its desk has what it is for: objects that were missing or
broken in each state, rounds on the plan, learners with what a scan stopped, a list of the carrier that fills.
"""

import datetime
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef

from rebond.accounts.models import User
from rebond.catalogue.enums import DeliveryMode
from rebond.catalogue.models import Item
from rebond.front.demo.admissions import Cast
from rebond.front.demo.buying import Buyer, buy, invoice, member_of, without_tasks
from rebond.front.demo.carriers import SENDING
from rebond.front.demo.network import DOMAIN, Network
from rebond.front.demo.waves import EFFORT, SLOTS, keep_cartons, remember
from rebond.front.demo.workshop import make_stations
from rebond.network.models import Organisation, Site
from rebond.shop.actions.parcel_out import cancel_missing
from rebond.shop.actions.parcels import announce_parcels
from rebond.shop.actions.provider import make_refund
from rebond.shop.actions.trial import charge_card
from rebond.shop.enums import RefundState, TrialCard
from rebond.shop.models import Refund
from rebond.warehouse.actions.label import label_packed
from rebond.warehouse.actions.manifest import open_manifest, scan_parcel
from rebond.warehouse.actions.packing import begin_packing, choose, pack_parcel, scan_in
from rebond.warehouse.actions.pick import miss_line, pick_line
from rebond.warehouse.actions.planning import plan_wave
from rebond.warehouse.actions.stock_out_end import (
    find_stock_out,
    lose_stock_out,
    mend_stock_out,
    recycle_stock_out,
)
from rebond.warehouse.actions.wave import make_wave
from rebond.warehouse.data import PACK, PICK
from rebond.warehouse.enums import DifferenceReason, ParcelState, PickState, ShipmentState
from rebond.warehouse.models import Holding, Parcel, Place, Round, Shipment, StockOut, Wave
from rebond.warehouse.queries.packing import expected_weight, inside, propose
from rebond.warehouse.queries.waves import lines_of_round, tasks_of
from rebond.workshop.actions.learning import note_caught
from rebond.workshop.actions.sign_in import note
from rebond.workshop.actions.step import Hands
from rebond.workshop.actions.task import take_task
from rebond.workshop.actions.worker import add_worker, set_skill
from rebond.workshop.models import Device, Station, Worker

SELLER = SENDING[0]
# first name, status, where, {work: level}, on the sign-in page
PEOPLE = (
    ("Chantal", "cddi", "packing", {PACK: "teaches", PICK: "able"}, "Montre l’emballage"),
    ("Léo", "learner", "packing", {PACK: "learning"}, "Apprend l’emballage"),
    ("Mamadou", "cddi", "shelves", {PICK: "teaches"}, "Aux rayonnages"),
    ("Salimata", "cddi", "shelves", {PICK: "learning"}, "Apprend les rayonnages"),
)
CENTS = (600, 4_000)  # what one person gives back alone
DEAR = (6_000, 30_000)  # what waits for another one's agreement
FIRST, UNDER_WAY, NEXT = 6, 7, 4  # orders of each wave
PACKED, SCANNED = 5, 3  # parcels that are ready today, and in the carrier's cage
GUESTS = (
    ("Anne Kerdoncuff", "29000", "Quimper"),
    ("Rachid Amar", "38000", "Grenoble"),
    ("Julie Bonnet", "86000", "Poitiers"),
    ("Paul Etcheverry", "64000", "Pau"),
    ("Sonia Meunier", "51100", "Reims"),
)
GRAMS = 640  # of the broken object that goes to the recycler


@dataclass(frozen=True, slots=True)
class Floor:
    """`people` and `stations` by first name and by kind; `boss` decides at the desk."""

    cast: Cast
    site: Site
    boss: User
    stations: Mapping[str, Station]
    people: Mapping[str, Worker]

    def hands(self, name: str) -> Hands:
        """Of one act."""
        where = next(row[2] for row in PEOPLE if row[0] == name)
        return Hands(worker=self.people[name], station=self.stations[where])


def make_floor(_rng: random.Random, network: Network, now: datetime.datetime) -> int:
    """Where the seller has enough on sale and no station yet; what was missing or broken in all."""
    seller = network.organisations.get(SELLER)
    boss = member_of(seller, "manager") if seller is not None else None
    if seller is None or boss is None or Station.objects.filter(site__organisation=seller).exists():
        return StockOut.objects.count()
    cheap = sorted(_own(seller, FIRST + UNDER_WAY + NEXT - 1, CENTS, now), key=lambda item: item.price_cents or 0)
    dear = _own(seller, 1, DEAR, now)
    if len(cheap) + len(dear) < FIRST + UNDER_WAY + NEXT:
        return StockOut.objects.count()
    with without_tasks():
        floor = _open(seller, boss, now)
        _first_wave(floor, cheap[:FIRST])
        _pack(floor)
        _under_way(floor, [*dear, *cheap[FIRST : FIRST + UNDER_WAY - 1]])
        _order(floor, cheap[-NEXT:], 0.05)
        _wave(floor, now)
        remember(floor.site, now)
    return StockOut.objects.count()


def _own(seller: Organisation, count: int, cents: tuple[int, int], now: datetime.datetime) -> list[Item]:
    """Single objects of a price on sale for a week, what was put away first."""
    rows = Item.objects.on_sale().filter(seller=seller, price_cents__range=cents, quantity=1, reserved=0)
    rows = rows.filter(photo_count__gt=0, published_at__lt=now - datetime.timedelta(days=7)).select_related("seller")
    is_stored = Exists(Holding.objects.filter(item=OuterRef("pk")).exclude(place__kind="waiting"))
    found = rows.annotate(is_stored=is_stored).order_by("-is_stored", "pk")[: 10 * count]
    return [item for item in found if DeliveryMode.HOME in item.delivery_modes][:count]


def _open(seller: Organisation, boss: User, now: datetime.datetime) -> Floor:
    """Two stations with their tablets, four people whose badges were read there this morning, cartons."""
    site = seller.sites.order_by("-is_main", "pk")[0]
    stations, people = make_stations(site, boss, now, kinds={"shelves", "packing"}), {}
    for name, status, where, known, words in PEOPLE:
        worker = people[name] = add_worker(organisation=seller, first_name=name, status=status, by=boss)
        for kind, level in known.items():
            set_skill(worker=worker, kind=kind, level=level, wish="", by=boss)
        User.objects.filter(pk=worker.user_id).update(demo_role=f"{words}, {seller.name}")
        note("badge.read", device=Device.objects.get(station=stations[where]), worker=worker)
    keep_cartons(site)
    return Floor(Cast(boss, [], now), site, boss, stations, people)


def _order(floor: Floor, items: Iterable[Item], days: float) -> None:
    """Each bought alone by somebody, paid so many days ago, and asked of the site."""
    for turn, item in enumerate(items):
        name, code, city = GUESTS[turn % len(GUESTS)]
        with floor.cast.at(days) as when:
            guest = Buyer(None, code, city, guest=name, guest_email=f"colis{item.pk}@{DOMAIN}")
            order = buy(guest, [item], shipping=690, now=when)
            charge_card(payment=order.payments.get(), card=TrialCard.ACCEPTED, now=when)
            announce_parcels(order_id=order.pk)
        invoice(order)


def _wave(floor: Floor, when: datetime.datetime) -> list[Round]:
    """Of all that waits now, laid; its rounds."""
    waiting = Parcel.objects.filter(site=floor.site, state=ParcelState.ASKED, wave=None).order_by("-leave_by")
    wave: Wave = make_wave(site=floor.site, leave_by=waiting[0].leave_by, slots=SLOTS, weight_g=25_000, by=floor.boss)
    Wave.objects.filter(pk=wave.pk).update(created_at=when)
    plan_wave(wave_id=wave.pk, effort=EFFORT)
    return list(wave.rounds.order_by("number"))


def _walk(
    floor: Floor, one: Round, name: str, when: datetime.datetime, *, missed: Mapping[int, str], stops: int | None = None
) -> None:
    """Somebody goes along a round, or makes some `stops` of it; `missed` says what is not there, or broken, by object."""
    (task,) = tasks_of([one]).values()
    take_task(task=task, worker=floor.people[name], now=when)
    waiting = [line for line in lines_of_round(one) if line.state == PickState.TO_PICK]
    if stops is not None:
        waiting.sort(key=lambda line: line.item_id not in missed)
    for line in waiting[:stops]:
        hands = floor.hands(name)
        if line.item_id in missed:
            miss_line(line=line, task=task, reason=missed[line.item_id], hands=hands, now=when)
        else:
            slot = line.slot or line.parcel.slot or 0
            pick_line(line=line, task=task, code=line.item_code, slot=slot, hands=hands, now=when)


def _first_wave(floor: Floor, items: Sequence[Item]) -> None:
    """All was walked; what was missing or broken is in each state since."""
    _order(floor, items, 2.2)
    lost, recycled, mended, found = items[:4]
    missing, damaged = str(PickState.MISSING), str(PickState.DAMAGED)
    missed = {lost.pk: missing, recycled.pk: damaged, mended.pk: damaged, found.pk: missing}
    with floor.cast.at(0.25) as when:
        for one in _wave(floor, when):
            _walk(floor, one, "Mamadou", when, missed=missed)
        for item in (lost, recycled, mended):
            _give_back(floor, item, missed[item.pk], when)
    with floor.cast.at(0.2) as when:
        about: dict[str, Any] = {"by": floor.boss, "now": when}
        lose_stock_out(stock_out=_missed(lost), why=DifferenceReason.NOT_FOUND, note="Cherché deux fois.", **about)
        recycle_stock_out(stock_out=_missed(recycled), weight_g=GRAMS, **about)
        mend_stock_out(stock_out=_missed(mended), by=floor.boss)
        again = _missed(found)
        place = again.place or Place.objects.storage().filter(site=floor.site).order_by("pk")[0]
        find_stock_out(stock_out=again, place=place, is_on_sale=False, **about)
        _walk(floor, Round.objects.get(parcels__lines=again.line_id), "Mamadou", when, missed={})


def _missed(item: Item) -> StockOut:
    found: StockOut = StockOut.objects.get(item=item)
    return found


def _give_back(floor: Floor, item: Item, why: str, when: datetime.datetime) -> None:
    """What the worker does of what is missing: its buyer is told and refunded, where one person may decide that."""
    order_code = _missed(item).line.parcel.order_code
    picker = floor.people["Mamadou"].user_id
    cancel_missing(order_code=order_code, item_id=item.pk, state=why, by_id=picker)
    for refund in Refund.objects.filter(payment__order__public_id=order_code, state=RefundState.ASKED):
        make_refund(refund_id=refund.pk)
        Refund.objects.filter(pk=refund.pk).update(made_at=when)


def _pack(floor: Floor) -> None:
    """Most of what was picked is packed and labelled, some of it in the cage; one is open before a learner."""
    rows = Parcel.objects.filter(site=floor.site, state=ParcelState.PICKED).select_related("site", "organisation")
    picked = list(rows.order_by("leave_by", "pk")[: PACKED + 1])
    for parcel in picked[1:]:
        _packed(floor, parcel)
    ready = Shipment.objects.filter(parcel__in=picked, state=ShipmentState.READY, manifest=None)
    for shipment in ready.select_related("account").order_by("pk")[:SCANNED]:
        manifest = open_manifest(account=shipment.account, site=floor.site, by=floor.boss, now=floor.cast.now)
        scan_parcel(manifest=manifest, text=shipment.number, by=floor.boss, now=floor.cast.now)
    if picked:
        begin_packing(parcel=picked[0], hands=floor.hands("Léo"))
    for code in ("not-in", "twice"):
        note_caught(worker=floor.people["Léo"], kind=PACK, code=code)


def _packed(floor: Floor, parcel: Parcel) -> None:
    hands = floor.hands("Chantal")
    task = begin_packing(parcel=parcel, hands=hands)
    for one in inside(parcel, task):
        for _unit in range(one.line.units):
            scan_in(task=task, parcel=parcel, item_code=one.line.item_code, hands=floor.hands("Chantal"))
    task.refresh_from_db()
    things = inside(parcel, task)
    proposal = propose(parcel, things)
    carton = proposal.carton or (proposal.others[-1] if proposal.others else None)
    choose(task=task, parcel=parcel, carton=carton, hands=hands)
    pack_parcel(task=task, parcel=parcel, grams=expected_weight(things, carton).high_g, hands=floor.hands("Chantal"))
    label_packed(parcel=parcel, by=hands.user)


def _under_way(floor: Floor, items: Sequence[Item]) -> None:
    """One round is half walked, and misses what another person has to agree to refund; one has just begun."""
    _order(floor, items, 0.15)
    now, lost, missing = floor.cast.now, items[0], str(PickState.MISSING)
    rounds = sorted(_wave(floor, now), key=lambda one: not one.parcels.filter(lines__item=lost).exists())
    _walk(floor, rounds[0], "Mamadou", now, missed={lost.pk: missing}, stops=3)
    _give_back(floor, lost, missing, now)
    for one in rounds[1:2]:
        _walk(floor, one, "Salimata", now, missed={}, stops=1)
        note_caught(worker=floor.people["Salimata"], kind=PICK, code="place")
