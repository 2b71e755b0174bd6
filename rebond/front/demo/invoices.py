"""Mandates of the sellers and the invoices of the last weeks, with invented buyers and the credit notes of refunds."""

import datetime
import random

from django.utils import timezone

from rebond.front.demo.network import Network
from rebond.front.demo.stories import FIRST_NAMES
from rebond.front.demo.works import words
from rebond.ledger.actions.credit_note import issue_credit_note
from rebond.ledger.actions.invoice import ask_invoice, issue_by_number, issue_invoice, refund_entries
from rebond.ledger.errors import InvoiceWaits
from rebond.ledger.invoicing import Party
from rebond.ledger.models import Entry, Invoice, InvoiceMandate, Sale
from rebond.ledger.queries.mandates import CONTEST_DAYS, VERSION, mandate_text
from rebond.network.models import Membership, Organisation

SINCE = datetime.timedelta(days=45)
MOST = 240
TOWNS = (("47200", "Marmande"), ("47000", "Agen"), ("33000", "Bordeaux"), ("31000", "Toulouse"), ("69003", "Lyon"))
STREETS = ("rue des Lilas", "place du Marché", "chemin de la Garenne", "avenue de la Gare")


def make_invoices(rng: random.Random, network: Network, now: datetime.datetime) -> int:
    """Every seller has accepted but the last one to sell, of those nobody may be; its sales wait: this is seen too."""
    if Invoice.objects.exists():
        return Invoice.objects.count()
    sales = Sale.objects.filter(operator=network.operator, on__gte=timezone.localdate(now - SINCE))
    recent = list(sales.select_related("seller", "operator", "entry").order_by("-pk")[:MOST])[::-1]
    shown = set(Membership.objects.filter(user__demo_role__gt="").values_list("organisation_id", flat=True))
    late = next((sale.seller_id for sale in reversed(recent) if sale.seller_id not in shown), None)
    _accept(network.operator, late, now)
    events: list[tuple[datetime.datetime, Sale | Entry]] = []
    for sale in recent:
        ask_invoice(sale_key=sale.key, buyer=_buyer(rng), language="fr")
        events.append((sale.entry.at, sale))
        events += [(entry.at, entry) for entry in Entry.objects.filter(pk__in=refund_entries(sale)).order_by("pk")]
    for at, what in sorted(events, key=lambda event: event[0]):
        _issue(what, at)
    return Invoice.objects.count()


def _issue(what: Sale | Entry, at: datetime.datetime) -> None:
    if isinstance(what, Entry):
        issue_credit_note(entry=what, now=at)
        return
    try:
        issue_invoice(sale=what, now=at)
    except InvoiceWaits:
        issue_by_number(sale_id=what.pk)  # says what is missing


def _accept(operator: Organisation, late: int | None, now: datetime.datetime) -> None:
    """Those who have not yet: a demo that is made again adds nothing."""
    sellers = Organisation.objects.filter(seller_state="admitted").exclude(pk__in=(operator.pk, late or 0))
    known = InvoiceMandate.objects.filter(operator=operator, ended_at__isnull=True)
    sellers = sellers.exclude(pk__in=known.values("seller"))
    InvoiceMandate.objects.bulk_create(
        InvoiceMandate(
            seller=seller,
            operator=operator,
            version=VERSION,
            text=mandate_text(seller, operator),
            contest_days=CONTEST_DAYS,
            accepted_at=now - datetime.timedelta(days=400),
            accepted_by="Personne inventée",
        )
        for seller in sellers.order_by("pk")
    )


def _buyer(rng: random.Random) -> Party:
    code, town = rng.choice(TOWNS)
    name = f"{rng.choice(FIRST_NAMES)} {rng.choice(words()['last'])}"
    return Party(name=name, address=f"{rng.randint(1, 60)} {rng.choice(STREETS)}", postal_code=code, city=town)
