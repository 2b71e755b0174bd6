"""Data for the yearly declaration (DAC7, rules.md F5): given, verified, one to verify, one that never came."""

import datetime
import random

from django.utils import timezone

from rebond.accounts.models import User
from rebond.front.demo.admissions import IBAN, Cast
from rebond.front.demo.buying import member_of, team_of, without_tasks
from rebond.front.demo.network import Network
from rebond.ledger.actions.tax_file import give_tax_file, tax_file_of, verify_tax_file
from rebond.ledger.actions.tax_reminder import remind_sellers
from rebond.ledger.actions.tax_return import make_returns
from rebond.ledger.models import Sale, TaxFile, TaxReturn
from rebond.ledger.queries.payouts import dues_of
from rebond.ledger.queries.tax import TaxRow, known_of, rows_of
from rebond.network.models import Membership, Organisation

GIVEN, VERIFIED = 210, 200  # days ago
REMINDED = (70, 49, 28)  # asked, then twice again: after sixty days payouts wait


def make_taxes(rng: random.Random, network: Network, now: datetime.datetime) -> int:
    """The data of every seller of the year, and last year's declaration."""
    if TaxFile.objects.exists() or TaxReturn.objects.exists():
        return TaxFile.objects.count()
    operator, team = network.operator, team_of(network.operator)
    if "finance" not in team or not Sale.objects.exists():
        return 0
    cast = Cast(team["coordinator"], [], now)
    today = timezone.localdate(now)
    with without_tasks():
        _give(cast, operator, team["finance"], rows_of(operator, today.year))
        for days in REMINDED:
            with cast.at(days) as when:
                remind_sellers(now=when)
        made = min(datetime.date(today.year, 1, 20), today)
        with cast.at((today - made).days) as when:
            make_returns(operator=operator, year=today.year - 1, by=team["finance"], now=when)
    return TaxFile.objects.count()


def _give(cast: Cast, operator: Organisation, treasurer: User, rows: list[TaxRow]) -> None:
    """Everybody gave them long ago and they were read; one answered yesterday, one never did."""
    known = {row.seller.pk for row in rows}
    before = Organisation.objects.filter(pk__in=Sale.objects.order_by().values("seller")).exclude(pk__in=known)
    sellers = [*(row.seller for row in rows), *before.order_by("pk")]
    asked = [seller for seller in sellers if member_of(seller, "manager") is not None]  # they are written to
    owed = {due.account.owner_id: due.cents for due in dues_of(operator) if not due.held}
    owed |= dict.fromkeys(
        Membership.objects.filter(user__demo_role__gt="").values_list("organisation_id", flat=True), 0
    )
    untold = max(asked[1:], key=lambda seller: owed.get(seller.pk, 0), default=None)  # the most that is held by it
    unread = asked[0] if len(asked) > 1 else None
    for seller in sellers:
        if seller == untold:
            continue
        by = member_of(seller, "manager") or member_of(seller, "seller")
        if by is None:
            continue
        with cast.at(1 if seller == unread else GIVEN) as when:
            told = known_of(seller) | {"iban": IBAN, "account_holder": seller.legal_name or seller.name}
            give_tax_file(organisation=seller, fields=told | {"establishments": []}, by=by, now=when)
        if seller != unread:
            with cast.at(VERIFIED) as when:
                verify_tax_file(file=tax_file_of(seller), by=treasurer, now=when)
