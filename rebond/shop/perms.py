"""Who reads and decides notices (DSA art. 16), who answers buyers, and which rows each user sees."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rebond.core.permissions import describe, register
from rebond.network.enums import Role

MODERATORS = frozenset({"moderator", "coordinator"})

AFTERSALES = frozenset({Role.MANAGER, Role.SELLER, Role.SUPERVISOR})
OWN_READERS = AFTERSALES | {Role.READER}  # who reads what the organisation's own buyers write
CONCILIATORS = frozenset({Role.MODERATOR, Role.COORDINATOR})  # of the network: the room comes to them

register(
    {
        "shop.notice.view": MODERATORS,
        "shop.notice.decide": MODERATORS,
        "shop.return.view": OWN_READERS | CONCILIATORS,
        "shop.return.view_all": CONCILIATORS,
        "shop.return.change": AFTERSALES,
        "shop.return.grant": frozenset({Role.MANAGER}) | CONCILIATORS,
        "shop.conversation.view": OWN_READERS | CONCILIATORS,
        "shop.conversation.answer": AFTERSALES | CONCILIATORS,
        "shop.conversation.decide": AFTERSALES,
    }
)
# Who prepares what was bought at the seller's, who reads it, who lets more money go back than one may alone.
PREPARERS = frozenset({"manager", "seller", "supervisor"})
PART_READERS = PREPARERS | {"reader"}

register(
    {
        "shop.part.view": PART_READERS,
        "shop.part.change": PREPARERS,
        "shop.part.grant": frozenset({"manager"}),
    }
)
describe(
    {
        "shop.part.view": _("See the orders to prepare and those of before"),
        "shop.part.change": _("Send orders, cancel lines, lower prices"),
        "shop.part.grant": _("Grant what gives back more than others may alone"),
    }
)
describe(
    {
        "shop.return.view": _("See what buyers send back, and by when they are refunded"),
        "shop.return.view_all": _("See the returns of every seller"),
        "shop.conversation.view": _("Read what buyers write after a purchase"),
        "shop.conversation.answer": _("Answer buyers"),
        "shop.conversation.decide": _("Decide: refund, lower price, repair, return, refusal"),
        "shop.return.change": _("Note what came back, and refund it"),
        "shop.return.grant": _("Grant that a refund is lowered for what the buyer did to the object"),
        "shop.notice.view": _("Read what visitors report"),
        "shop.notice.decide": _("Decide on reported objects"),
    }
)


register(
    {
        "shop.terms.view": PART_READERS | {"coordinator"},
        "shop.terms.change": frozenset({"manager", "coordinator"}),
        "shop.terms.entrusted": frozenset({"coordinator"}),
        "shop.person.read": frozenset(),  # no role: its owner alone (web.views.personal)
    }
)
describe(
    {
        "shop.terms.view": _("See the terms of sale being written and those published"),
        "shop.terms.change": _("Write and publish terms of sale"),
        "shop.person.read": _("Read the file of a person’s data: nobody but themselves"),
        "shop.terms.entrusted": _("Write the terms of sellers whose agreement entrusts it"),
    }
)

FINANCE = frozenset({"finance"})
register({"shop.reconciliation.view": FINANCE | {"coordinator"}, "shop.reconciliation.run": FINANCE | {"coordinator"}})
describe(
    {
        "shop.reconciliation.view": _("Compare our payments with the provider’s"),
        "shop.reconciliation.run": _("Take what the payment provider made and nobody told"),
    }
)

register(
    {
        "shop.dispute.view": FINANCE | {"coordinator"},
        "shop.dispute.answer": FINANCE | {"coordinator"},
        "shop.dispute.grant": FINANCE | {"coordinator"},
    }
)
describe(
    {
        "shop.dispute.view": _("See the payments that banks contest"),
        "shop.dispute.answer": _("Prepare the answer to a bank"),
        "shop.dispute.grant": _("Send or refuse the answer that somebody else prepared"),
    }
)

register(
    {
        "shop.bank.view": FINANCE | {"coordinator"},
        "shop.bank.enter": FINANCE | {"coordinator"},
        "shop.bank.grant": FINANCE | {"coordinator"},
        "shop.counter.view": PREPARERS,
        "shop.counter.take": PREPARERS,
        "shop.counter.option": frozenset({"manager"}),
    }
)
describe(
    {
        "shop.bank.view": _("See the transfers that arrived"),
        "shop.bank.enter": _("Read bank statements, say what a transfer is for"),
        "shop.bank.grant": _("Agree with what somebody else said of a transfer"),
        "shop.counter.view": _("See the orders that are paid when they are collected"),
        "shop.counter.take": _("Note that a buyer paid at the counter, or never came"),
        "shop.counter.option": _("Choose who may pay at the counter"),
    }
)

GESTURERS = FINANCE | CONCILIATORS  # who apologises for the network
register({"shop.gesture.view": GESTURERS, "shop.gesture.give": GESTURERS})
describe(
    {
        "shop.gesture.view": _("See what the network gave to buyers at its own expense"),
        "shop.gesture.give": _("Give a buyer something at the network’s expense"),
    }
)

register({"shop.project.view": FINANCE | {"coordinator"}, "shop.project.change": frozenset({"coordinator"})})
describe(
    {
        "shop.project.view": _("See the projects that buyers round up for, and what they received"),
        "shop.project.change": _("Propose projects to buyers who round up"),
    }
)

# Vouchers: a seller's own at its expense; those of the network at the operator's.
VOUCHER_READERS = frozenset({"manager", "seller", "reader"})
NETWORK_VOUCHERS = FINANCE | {"coordinator"}
register(
    {
        "shop.voucher.view": VOUCHER_READERS | NETWORK_VOUCHERS,
        "shop.voucher.change": frozenset({"manager"}) | NETWORK_VOUCHERS,
        "shop.voucher.network": NETWORK_VOUCHERS,
    }
)
describe(
    {
        "shop.voucher.view": _("See vouchers, and the orders that used them"),
        "shop.voucher.change": _("Make, pause and end vouchers"),
        "shop.voucher.network": _("Keep the vouchers of the network, which the operator pays"),
    }
)


def visible_vouchers(user: Any) -> Q:
    """Those of the user's own organisations; all of them for whoever keeps the network's."""
    if not getattr(user, "is_authenticated", False):
        return Q(pk__in=[])
    rows = list(user.memberships.filter(ended_at__isnull=True).values_list("organisation_id", "role"))
    if any(role in NETWORK_VOUCHERS for _organisation, role in rows):
        return Q()
    return Q(seller__in=[pk for pk, role in rows if role in VOUCHER_READERS])


# Gift cards: who issues them is the operator's own decision, and takes two people.
register(
    {
        "shop.gift_card.view": NETWORK_VOUCHERS,
        "shop.gift_card.issue": NETWORK_VOUCHERS,
        "shop.gift_card.block": NETWORK_VOUCHERS,
        "shop.gift_card.replace": NETWORK_VOUCHERS,
    }
)
describe(
    {
        "shop.gift_card.view": _("See the gift cards that were sold, and what they still hold"),
        "shop.gift_card.block": _("Block a lost gift card, or free it again"),
        "shop.gift_card.replace": _("Send another code for a lost gift card"),
        "shop.gift_card.issue": _("Name the issuer of gift cards, or end it"),
    }
)


register({"shop.payment_account.manage": frozenset({"manager"})})
describe({"shop.payment_account.manage": _("Open and complete the organisation’s account at the payment provider")})


def visible_reconciliations(user: Any) -> Q:
    """Days compared with the provider are for who keeps the operator's money."""
    if not getattr(user, "is_authenticated", False):
        return Q(pk__in=[])
    is_one = user.memberships.filter(ended_at__isnull=True, role__in=FINANCE | {"coordinator"}).exists()
    return Q() if is_one else Q(pk__in=[])


def visible_bank_lines(user: Any) -> Q:
    """Money that came: for who keeps the operator's; on an operator's own account, for who keeps that one's."""
    if not getattr(user, "is_authenticated", False):
        return Q(pk__in=[])
    keeps = user.memberships.filter(ended_at__isnull=True, role__in=FINANCE | {"coordinator"})
    own = set(keeps.values_list("organisation_id", flat=True))
    return Q(operator=None) | Q(operator_id__in=own) if own else Q(pk__in=[])


def visible_notices(user: Any) -> Q:
    """Notices are for the network's moderators only: a seller learns of a decision by its statement of reasons."""
    if not getattr(user, "is_authenticated", False):
        return Q(pk__in=[])
    if user.memberships.filter(ended_at__isnull=True, role__in=MODERATORS).exists():
        return Q()
    return Q(pk__in=[])


def visible_returns(user: Any) -> Q:
    """Returns of the user's own organisations; all of them for the network's conciliators."""
    if not getattr(user, "is_authenticated", False):
        return Q(pk__in=[])
    rows = list(user.memberships.filter(ended_at__isnull=True).values_list("organisation_id", "role"))
    if any(role in CONCILIATORS for _organisation, role in rows):
        return Q()
    own = [pk for pk, role in rows if role in OWN_READERS]
    return Q(part__seller__in=own)


def visible_strays(user: Any) -> Q:
    """Parcels that came back to the user's own organisations, and that nobody expected."""
    if not getattr(user, "is_authenticated", False):
        return Q(pk__in=[])
    rows = user.memberships.filter(ended_at__isnull=True, role__in=OWN_READERS)
    return Q(seller_id__in=set(rows.values_list("organisation_id", flat=True)))


def visible_parts(user: Any) -> Q:
    """What was bought from the user's own organisations."""
    if not getattr(user, "is_authenticated", False):
        return Q(pk__in=[])
    rows = user.memberships.filter(ended_at__isnull=True, role__in=PART_READERS)
    return Q(seller_id__in=set(rows.values_list("organisation_id", flat=True)))


def visible_conversations(user: Any) -> Q:
    """Those of the user's own organisations; for the network's conciliators, those that called them only."""
    if not getattr(user, "is_authenticated", False):
        return Q(pk__in=[])
    rows = list(user.memberships.filter(ended_at__isnull=True).values_list("organisation_id", "role"))
    own = Q(part__seller__in=[pk for pk, role in rows if role in OWN_READERS])
    if any(role in CONCILIATORS for _organisation, role in rows):
        return own | Q(called_at__isnull=False)
    return own


# Opinions of buyers: read and replied to by the seller; the network's people read all of them.
RATING_READERS = AFTERSALES | {Role.READER} | CONCILIATORS
register(
    {
        "shop.rating.view": RATING_READERS,
        "shop.rating.reply": AFTERSALES,
        "shop.quality.view": RATING_READERS,
        "shop.quality.view_all": CONCILIATORS,
    }
)
describe(
    {
        "shop.quality.view": _("See satisfaction, refund requests and what causes them"),
        "shop.quality.view_all": _("See these figures of every seller"),
        "shop.rating.view": _("Read what buyers say of their purchases"),
        "shop.rating.reply": _("Reply publicly to an opinion, once"),
    }
)


def visible_ratings(user: Any) -> Q:
    """Those on the user's own organisations; all of them for the network's moderators and coordinators."""
    if not getattr(user, "is_authenticated", False):
        return Q(pk__in=[])
    rows = list(user.memberships.filter(ended_at__isnull=True).values_list("organisation_id", "role"))
    if any(role in CONCILIATORS for _organisation, role in rows):
        return Q()
    return Q(seller__in=[pk for pk, role in rows if role in RATING_READERS])


# Appointments: openings are set by whoever runs the place, the day is worked by whoever prepares.
register(
    {
        "shop.appointment.view": PART_READERS,
        "shop.appointment.take": PREPARERS,
        "shop.agenda.change": frozenset({"manager", "supervisor"}),
    }
)
describe(
    {
        "shop.appointment.view": _("See who comes today, and where the van goes"),
        "shop.appointment.take": _("Note that a parcel was handed over, or that nobody was there"),
        "shop.agenda.change": _("Set when buyers may collect, and the days of own deliveries"),
    }
)


def visible_agendas(user: Any) -> Q:
    """Those of the user's own organisations."""
    if not getattr(user, "is_authenticated", False):
        return Q(pk__in=[])
    rows = user.memberships.filter(ended_at__isnull=True, role__in=PART_READERS)
    return Q(organisation_id__in=set(rows.values_list("organisation_id", flat=True)))
