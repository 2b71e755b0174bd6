"""What people do around the items: collections, favourites, searches kept, notices, candidatures, imports, mail.

Each stage returns how many rows there are, and does nothing where an earlier run has made them.
"""

import datetime
import random
from collections.abc import Callable

from django.db.models import F

from rebond.front.demo.admissions import make_admissions, make_invitations
from rebond.front.demo.aftersales import make_aftersales
from rebond.front.demo.again import make_again
from rebond.front.demo.arrivals import make_arrivals
from rebond.front.demo.badges import make_badges
from rebond.front.demo.books import make_books
from rebond.front.demo.by_hand import make_by_hand
from rebond.front.demo.carriers import make_carriers
from rebond.front.demo.chain import write_figures
from rebond.front.demo.collections import make_collections
from rebond.front.demo.decisions import make_decisions
from rebond.front.demo.delivery import make_carriages, make_points
from rebond.front.demo.disputes import make_disputes
from rebond.front.demo.floor import make_floor
from rebond.front.demo.gift_cards import make_gift_cards
from rebond.front.demo.gifts import make_projects
from rebond.front.demo.hosting import make_hosting
from rebond.front.demo.imports import make_imports
from rebond.front.demo.invoices import make_invoices
from rebond.front.demo.network import Network
from rebond.front.demo.opinions import make_opinions
from rebond.front.demo.people import make_people
from rebond.front.demo.recalls import make_recalls
from rebond.front.demo.register import make_registers
from rebond.front.demo.services import make_services
from rebond.front.demo.shopping import make_alerts, make_favourites, make_notices
from rebond.front.demo.skills import make_skills
from rebond.front.demo.slots import make_agendas
from rebond.front.demo.stock import make_stock_at_work
from rebond.front.demo.suppliers import make_suppliers
from rebond.front.demo.taxes import make_taxes
from rebond.front.demo.terms import make_terms
from rebond.front.demo.vouchers import make_vouchers
from rebond.front.demo.warehouse import make_warehouse
from rebond.front.demo.waves import make_waves
from rebond.front.demo.week import make_week
from rebond.front.demo.workshop import make_workshops
from rebond.journal.models import MailState, OutgoingMail

type Stage = Callable[[random.Random, Network, datetime.datetime], int]


def send_old_mails(rng: random.Random, network: Network, now: datetime.datetime) -> int:
    """What was written to invented people days ago has left: only the mails of the last hour wait for the worker."""
    old = OutgoingMail.objects.filter(
        created_at__lt=now - datetime.timedelta(hours=1), to__endswith=".rebond.localhost"
    )
    waiting = old.filter(state=MailState.QUEUED)
    return waiting.update(state=MailState.SENT, attempts=1, sent_at=F("created_at") + datetime.timedelta(seconds=20))


STAGES: tuple[tuple[str, Stage], ...] = (
    ("collections", make_collections),
    ("delivery", make_carriages),
    ("pick-up points", make_points),
    ("terms", make_terms),
    ("admissions", make_admissions),
    ("invitations", make_invitations),
    ("imports", make_imports),
    ("warehouse", make_warehouse),
    ("favourites", make_favourites),
    ("alerts", make_alerts),
    ("notices", make_notices),
    ("decisions", make_decisions),
    ("recalls", make_recalls),
    ("workshops", make_workshops),
    ("badges", make_badges),
    ("people", make_people),
    ("skills", make_skills),
    ("stock", make_stock_at_work),
    ("arrivals", make_arrivals),
    ("registers", make_registers),
    ("figures", write_figures),
    ("projects", make_projects),
    ("vouchers", make_vouchers),
    ("books", make_books),
    ("orders of the week", make_week),
    ("gift cards", make_gift_cards),
    ("paid by hand", make_by_hand),
    ("appointments", make_agendas),
    ("carriers", make_carriers),
    ("storing agreements", make_hosting),
    ("after-sales", make_aftersales),
    ("parcels that came back", make_again),
    ("opinions", make_opinions),
    ("invoices", make_invoices),
    ("disputes", make_disputes),
    ("tax data", make_taxes),
    ("suppliers", make_suppliers),
    ("services", make_services),
    ("missing objects", make_floor),
    ("waves", make_waves),
    ("mails", send_old_mails),
)
