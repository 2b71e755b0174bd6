"""The demo's books: what the busiest sellers sold over the past months, what was given back, what was paid out.

Each order is of objects that the demo's catalogue says are sold, on the day it says (orders.py). The provider is the
one for trials: no money moves.
"""

import datetime
import random
from collections import defaultdict
from typing import Any

from django.db.models import Count
from django.utils import timezone

from rebond.accounts.models import User
from rebond.catalogue.enums import ItemState
from rebond.catalogue.models import Item
from rebond.front.demo.admissions import Cast
from rebond.front.demo.network import DOMAIN, Network
from rebond.front.demo.orders import Bought, OrderMaker, forget_tasks, give_back
from rebond.ledger import providers
from rebond.ledger.actions.night import check_at_night
from rebond.ledger.actions.payout import (
    ask_due_payouts,
    ask_payout,
    grant_payout,
    hold_payouts,
    send_payout,
    settle_payout,
)
from rebond.ledger.enums import PayoutState
from rebond.ledger.models import Account, Sale
from rebond.ledger.queries.payouts import dues_of
from rebond.network.models import Admission, Membership, Organisation, TraderFile

SELLERS = 40  # the busiest ones; the last two have no verified file, so that a held payout is seen
WITHOUT_FILE = 2
SEVERAL_IN = 6
ONE_REFUND_IN = 50  # sales: below three in a hundred (rules.md 0.2)
GIVEN_BACK_AFTER = datetime.timedelta(days=12)


def make_books(rng: random.Random, network: Network, now: datetime.datetime) -> int:
    """Sales in the order of their days, payouts at the first of each month; the rows of sales there are."""
    if Sale.objects.exists():
        return Sale.objects.count()
    team = _team(network.operator)
    sellers = _busiest()
    for place, seller in enumerate(sellers):
        _file(seller, now, is_verified=place < len(sellers) - WITHOUT_FILE)
    month, maker = None, OrderMaker(rng, now)
    cast = Cast(team["coordinator"], [], now)
    for number, bought in enumerate(_orders(_baskets(sellers)), start=1):
        at = bought[-1].at
        day = timezone.localdate(at)
        if month is not None and day.replace(day=1) != month:
            _pay(network.operator, team, day.replace(day=1), now)
        month = day.replace(day=1)
        part, back = maker.make(bought, number)[0], at + GIVEN_BACK_AFTER
        if number % ONE_REFUND_IN == 0 and back < now:
            with cast.at((now - back) / datetime.timedelta(days=1)):
                give_back(part, back, number)
    forget_tasks()
    if month is not None and timezone.localdate(now).replace(day=1) != month:
        _pay(network.operator, team, timezone.localdate(now).replace(day=1), now)
    _hold_one(sellers, team)
    _ask_one(network.operator, team, cast, now)
    check_at_night(now=now)
    return Sale.objects.count()


def _team(operator: Organisation) -> dict[str, User]:
    rows = Membership.objects.filter(organisation=operator, ended_at=None).select_related("user").order_by("-pk")
    return {row.role: row.user for row in rows}


def _busiest() -> list[Organisation]:
    """The sellers with the most objects sold."""
    rows = Item.objects.filter(state=ItemState.SOLD).order_by().values("seller_id").annotate(n=Count("pk"))
    keys = [row["seller_id"] for row in rows.order_by("-n", "seller_id")[:SELLERS]]
    found = {row.pk: row for row in Organisation.objects.filter(pk__in=keys)}
    return [found[key] for key in keys]


def _file(seller: Organisation, now: datetime.datetime, *, is_verified: bool) -> None:
    """The admission of long ago with its file of identity and account (invented, without document)."""
    if TraderFile.objects.filter(organisation=seller).exists():
        return
    then = now - datetime.timedelta(days=500)
    admission = Admission.objects.create(
        name=seller.name, email=seller.email or f"bonjour@{DOMAIN}", grid_version=1, state="admitted",
        organisation=seller, created_at=then, submitted_at=then, decided_at=then, reasons="Critères réunis.",
    )  # fmt: skip
    TraderFile.objects.create(
        admission=admission, organisation=seller, legal_name=seller.legal_name or seller.name,
        representative="Personne inventée", address="Adresse inventée", phone=seller.phone, email=admission.email,
        identity_kind="id_card", account_holder=seller.legal_name or seller.name, iban="FR7630006000011234567890189",
        iban_end="0189", register="sirene", register_number=seller.siren, certified_at=then,
        verified_at=then if is_verified else None, verified_by="Hélène Faure" if is_verified else "",
    )  # fmt: skip


def _baskets(sellers: list[Organisation]) -> list[Bought]:
    """What was sold, by seller and day, the oldest first."""
    rows = Item.objects.filter(state=ItemState.SOLD, seller__in=sellers, price_cents__gt=0).select_related("category")
    found: dict[tuple[int, datetime.date], list[Item]] = defaultdict(list)
    for item in rows.order_by("sold_at", "pk"):
        found[item.seller_id, timezone.localdate(item.sold_at)].append(item)
    by_key = {seller.pk: seller for seller in sellers}
    baskets = [Bought(_at(items), by_key[key], items) for (key, _day), items in found.items()]
    return sorted(baskets, key=lambda basket: (basket.at, basket.seller.pk))


def _orders(baskets: list[Bought]) -> list[list[Bought]]:
    """Every sixth buyer took objects of two sellers on that day, where there are two."""
    found: list[list[Bought]] = []
    for basket in baskets:
        last = found[-1] if found else []
        is_near = bool(last) and timezone.localdate(last[0].at) == timezone.localdate(basket.at)
        if len(found) % SEVERAL_IN == 0 and len(last) == 1 and is_near and last[0].seller.pk != basket.seller.pk:
            last.append(basket)
        else:
            found.append([basket])
    return found


def _at(items: list[Item]) -> datetime.datetime:
    at = items[-1].sold_at
    assert at is not None  # noqa: S101 -- what is sold has its moment: a check of the database
    return at


def _pay(operator: Organisation, team: dict[str, Any], day: datetime.date, now: datetime.datetime) -> None:
    """The treasurer prepares, the coordinator grants, the provider for trials pays."""
    if not providers.is_set() or "finance" not in team:
        return
    cast = Cast(team["coordinator"], [], now)
    with cast.at((timezone.localdate(now) - day).days) as when:
        for payout in ask_due_payouts(operator=operator, by=team["finance"], day=day):
            if payout.needs_two:
                grant_payout(payout=payout, by=team["coordinator"], may_grant_any=True)
            if send_payout(payout=payout, now=when).state == PayoutState.SENT:
                settle_payout(payout=payout, now=when)


def _ask_one(operator: Organisation, team: dict[str, Any], cast: Cast, now: datetime.datetime) -> None:
    """One payout that the treasurer asked for waits for somebody else to grant it."""
    if not providers.is_set() or "finance" not in team:
        return
    day = timezone.localdate(now)
    due = next((due for due in dues_of(operator, day=day) if due.is_ready(day)), None)
    if due is not None:
        with cast.at(0.2):
            ask_payout(account=due.account, by=team["finance"], day=day)


def _hold_one(sellers: list[Organisation], team: dict[str, Any]) -> None:
    """One seller is held by hand, with a reason it reads."""
    account = Account.objects.filter(owner=sellers[4], kind="seller").first() if len(sellers) > 4 else None
    if account is not None and "finance" in team:
        hold_payouts(account=account, reason="Changement de compte bancaire en cours.", by=team["finance"])
