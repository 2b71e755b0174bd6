"""Orders paid otherwise than by card: by transfer, read from two statements of the bank, and at the seller's counter."""

import csv
import datetime
import io
import random
from collections.abc import Sequence

from django.utils import timezone

from rebond.accounts.models import User
from rebond.catalogue.models import Item
from rebond.front.demo.admissions import Cast
from rebond.front.demo.buying import Buyer, buy, invoice, known_buyers, member_of, on_sale, team_of, without_tasks
from rebond.front.demo.network import Network
from rebond.network.models import Organisation, Site
from rebond.shop.actions.bank import ask_use, ignore_line, read_file
from rebond.shop.actions.by_hand import pay_later, set_pay_option, take_at_collection
from rebond.shop.actions.part import deliver_part, ship_part
from rebond.shop.models import BankLine, Order, Payment, SellerPayOption, Statement
from rebond.shop.money_enums import COLLECTION, TRANSFER, Means, WhoPaysThere
from rebond.shop.queries.by_hand import reference_of

SCHOOL = "l-ecole-du-rebond"  # buys furniture for its classes, and pays by transfer
SELLER = "recyclerie-du-grand-bain"
COUNTER = "les-ateliers-du-confluent"  # takes money at its counter
SHIPPING = 1_490
WANTED, SMALL = (6_000, 40_000), (800, 6_000)  # cents: tables and sideboards; what one comes for on foot
STARTED, CAME, ASKED, TODAY = 24, 19, 4, 1  # days ago: the first order, its transfer, the others, the last statement

type Row = tuple[float, int, str, str]  # days ago, cents, words, who


def make_by_hand(rng: random.Random, network: Network, now: datetime.datetime) -> int:
    """An order paid by transfer, two that wait for theirs, lines of nobody; one order paid at the counter, one to come."""
    if Statement.objects.exists() or SellerPayOption.objects.exists():
        return Statement.objects.count()
    team = team_of(network.operator)
    school = Organisation.objects.filter(slug=SCHOOL).first()
    by = member_of(school, "manager") if school is not None else None
    seat = Site.objects.filter(organisation=school, is_main=True).first() if school is not None else None
    if by is None or school is None or seat is None or "finance" not in team:
        return 0
    cast = Cast(team["coordinator"], [], now)
    buyer = Buyer(by, seat.postal_code, seat.city, school)
    with without_tasks():
        _by_transfer(cast, team, buyer)
        _at_the_counter(cast)
    return Statement.objects.count()


def _by_transfer(cast: Cast, team: dict[str, User], buyer: Buyer) -> None:
    items = on_sale(SELLER, 6, cents=WANTED, since=cast.now - datetime.timedelta(days=STARTED + 1))
    each = len(items) // 3
    if not each:
        return
    first = _order(cast, buyer, items[:each], STARTED)
    _read(cast, team, CAME, [
        (CAME, first.amount_cents, f"VIR L ECOLE DU REBOND {reference_of(first)}", "L ECOLE DU REBOND"),
        (CAME, 24_000, "VIR REMBOURSEMENT ASSURANCE DOSSIER 8841", "MUTUELLE EXEMPLE"),
    ])  # fmt: skip
    line = BankLine.objects.filter(payment=None).first()
    if line is not None:
        with cast.at(CAME - 1):
            ignore_line(line=line, by=team["finance"], note="Remboursement de l’assurance des locaux.")
    _send(cast, first.order)
    short, mute = (
        _order(cast, buyer, items[each : 2 * each], ASKED),
        _order(cast, buyer, items[2 * each :], ASKED - 0.5),
    )
    _read(cast, team, TODAY, [
        (TODAY, short.amount_cents - 1_490, f"VIR {reference_of(short)} FRAIS DEDUITS", "L ECOLE DU REBOND"),
        (TODAY, mute.amount_cents, "VIREMENT MOBILIER SALLE 3", "L ECOLE DU REBOND"),
        (TODAY, 8_400, "VIR COTISATION 2026", "ASSOCIATION DES VOISINS"),
    ])  # fmt: skip
    line = BankLine.objects.filter(cents=mute.amount_cents, payment=None).first()
    if line is not None:  # the treasurer says what it is for; somebody else agrees
        with cast.at(0.2):
            ask_use(line=line, payment=mute, by=team["finance"])


def _order(cast: Cast, buyer: Buyer, items: Sequence[Item], days: float) -> Payment:
    with cast.at(days) as when:
        order = buy(buyer, items, shipping=SHIPPING, now=when)
        return pay_later(order=order, provider=TRANSFER, by=buyer.user, organisation=buyer.organisation, now=when)


def _read(cast: Cast, team: dict[str, User], days: float, rows: Sequence[Row]) -> None:
    """A statement as the bank's site gives it; lines with the reference and the price of an order pay it."""
    made = io.StringIO()
    out = csv.writer(made, delimiter=";")
    out.writerow(["Date", "Montant", "Libellé", "Émetteur"])
    with cast.at(days) as when:
        on = timezone.localdate(when).strftime("%d/%m/%Y")
        for _days, cents, words, who in rows:
            out.writerow([on, f"{cents // 100},{cents % 100:02d}", words, who])
        name = f"releve-{timezone.localdate(when):%Y-%m-%d}.csv"
        read_file(name=name, content=made.getvalue().encode(), by=team["finance"], now=when)


def _send(cast: Cast, order: Order) -> None:
    """Two days after the money came it left, two days after that it was there."""
    invoice(order)
    for part in order.parts.select_related("seller", "order").order_by("pk"):
        by = member_of(part.seller, "seller") or member_of(part.seller, "manager")
        with cast.at(CAME - 2) as when:
            ship_part(part=part, carrier="Colis Tranquille (exemple)", tracking="CT4700031207", by=by, now=when)
        with cast.at(CAME - 4) as when:
            deliver_part(part=part, by=by, now=when)


def _at_the_counter(cast: Cast) -> None:
    """Camille paid one order in cash the day before yesterday; Mehdi comes for his one of these days."""
    seller = Organisation.objects.filter(slug=COUNTER).first()
    by = member_of(seller, "manager") if seller is not None else None
    if seller is None or by is None:
        return
    with cast.at(60):
        set_pay_option(organisation=seller, at_collection=WhoPaysThere.ALL, by=by)
    items = on_sale(COUNTER, 2, cents=SMALL, since=cast.now - datetime.timedelta(days=5), is_collected=True)
    people = known_buyers()
    for (buyer, days), item in zip(((people[0], 4), (people[1], 1)), items, strict=False) if len(people) > 1 else ():
        with cast.at(days) as when:
            order = buy(buyer, [item], now=when)
            pay_later(order=order, provider=COLLECTION, by=buyer.user, organisation=None, now=when)
        if days > 2:
            with cast.at(2) as when:
                take_at_collection(part=order.parts.get(), means=Means.CASH, by=by, now=when)
            invoice(order)
