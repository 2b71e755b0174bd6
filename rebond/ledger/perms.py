"""Who reads the books, who acts on them, and which rows each user sees."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rebond.core.permissions import describe, register

# Role keys as strings: perms are leaves, and the roles' own room is below (network.enums).
FINANCE = frozenset({"finance"})
SELLERS = frozenset({"manager", "seller", "reader"})
# Who asks for acts on money, or grants them: which ones and how much, `money_acts` says.
REQUESTERS = FINANCE | {"coordinator", "moderator", "manager", "seller", "supervisor"}
LIMITERS = FINANCE | {"coordinator", "manager"}

register(
    {
        "ledger.account.view_all": FINANCE,
        "ledger.account.view": SELLERS,
        "ledger.entry.view": FINANCE,
        "ledger.entry.correct": FINANCE,
        "ledger.rule.view": FINANCE | {"coordinator"},
        "ledger.rule.change": FINANCE,
        "ledger.legal_rate.view": FINANCE | {"coordinator"},
        "ledger.legal_rate.ask": FINANCE,
        "ledger.legal_rate.grant": FINANCE | {"coordinator"},
        "ledger.payout.view": FINANCE | {"coordinator"},
        "ledger.payout.ask": FINANCE,
        "ledger.payout.grant": FINANCE | {"coordinator"},
        "ledger.payout.grant_any": frozenset({"coordinator"}),
        "ledger.payout.hold": FINANCE,
        "ledger.invoice.view": SELLERS | FINANCE,
        "ledger.invoice.contest": frozenset({"manager", "seller"}),
        "ledger.invoice.answer": FINANCE,
        "ledger.invoice.view_all": FINANCE,
        "ledger.mandate.accept": frozenset({"manager"}),
        "ledger.chart.change": FINANCE,
        "ledger.entry.export": FINANCE,
        "ledger.supplier.view": SELLERS | FINANCE,
        "ledger.supplier.add": frozenset({"manager"}) | FINANCE,
        "ledger.batch.view": FINANCE | {"coordinator"},
        "ledger.batch.ask": FINANCE,
        "ledger.batch.grant": FINANCE | {"coordinator"},
        "ledger.service.view": FINANCE | {"coordinator"},
        "ledger.service.bill": FINANCE,
        "ledger.tax.view": FINANCE,
        "ledger.tax.make": FINANCE,
        "ledger.tax.verify": FINANCE,
        "ledger.tax.give": frozenset({"manager"}),
        "ledger.request.view": REQUESTERS,
        "ledger.request.decide": REQUESTERS,
        "ledger.limit.view": LIMITERS,
        "ledger.limit.change": LIMITERS,
    }
)
describe(
    {
        "ledger.account.view_all": _("See every account of the books"),
        "ledger.account.view": _("See what is owed to the organisation, line by line"),
        "ledger.entry.view": _("Open an entry of the books"),
        "ledger.entry.correct": _("Correct the books by a reversing entry"),
        "ledger.rule.view": _("See what is taken from sales"),
        "ledger.rule.change": _("Set and stop what is taken from sales"),
        "ledger.legal_rate.view": _("See the rates of legal interest"),
        "ledger.legal_rate.ask": _("Enter the rate of legal interest of a half-year"),
        "ledger.legal_rate.grant": _("Grant or refuse a rate of legal interest that somebody else entered"),
        "ledger.payout.view": _("See payouts to sellers"),
        "ledger.payout.ask": _("Prepare payouts to sellers"),
        "ledger.payout.grant": _("Grant or refuse payouts that somebody else prepared"),
        "ledger.payout.grant_any": _("Grant payouts of any amount"),
        "ledger.payout.hold": _("Hold and release payouts to a seller, set when they are made"),
        "ledger.invoice.view": _("See and download the organisation’s invoices and credit notes"),
        "ledger.invoice.view_all": _("See and download the invoices made for every seller"),
        "ledger.invoice.contest": _("Contest an invoice made in the organisation’s name"),
        "ledger.invoice.answer": _("Answer a seller who contests an invoice"),
        "ledger.mandate.accept": _("Accept and end the mandate to invoice"),
        "ledger.chart.change": _("Choose the numbers of accounts of the exports"),
        "ledger.entry.export": _("Download the entries for the accountant and the tax office"),
        "ledger.supplier.view": _("See and download the invoices of the organisation’s suppliers"),
        "ledger.supplier.add": _("Add an invoice of a supplier"),
        "ledger.batch.view": _("See the payments of the operator’s suppliers"),
        "ledger.batch.ask": _("Choose suppliers’ invoices to pay, download and send the bank’s file"),
        "ledger.batch.grant": _("Grant or refuse a payment of suppliers that somebody else chose"),
        "ledger.service.view": _("See the services that the operator bills"),
        "ledger.service.bill": _("Bill a service to an organisation, or credit one"),
        "ledger.tax.view": _("See who is declared to the tax office, and what is missing"),
        "ledger.tax.make": _("Make the yearly declaration to the tax office"),
        "ledger.tax.verify": _("Verify the tax data of sellers, or ask for them again"),
        "ledger.request.view": _("See what somebody asked to do with money, and what came of it"),
        "ledger.request.decide": _("Grant or refuse what somebody else asked, within the limits of each role"),
        "ledger.limit.view": _("See how much each role does alone, and grants"),
        "ledger.limit.change": _("Ask that the limits of a role be changed"),
        "ledger.tax.give": _("Give the organisation’s data for the yearly declaration"),
    }
)


def organisations_with(user: Any, roles: frozenset[str]) -> set[int]:
    """Keys of the organisations where `user` holds one of `roles`."""
    if not getattr(user, "is_authenticated", False):
        return set()
    rows = user.memberships.filter(ended_at__isnull=True, role__in=roles)
    return set(rows.values_list("organisation_id", flat=True))


def visible_accounts(user: Any, prefix: str = "") -> Q:
    """Accounts (found by `prefix`) of the books that `user` keeps, and those that are owed to the user's own."""
    keeps, own = organisations_with(user, FINANCE), organisations_with(user, SELLERS)
    return Q(**{f"{prefix}operator_id__in": keeps}) | Q(**{f"{prefix}owner_id__in": own, f"{prefix}kind": "seller"})


def visible_books(user: Any) -> Q:
    """Rows of an operator (entries, rules) whose books `user` keeps."""
    return Q(operator_id__in=organisations_with(user, FINANCE))


def visible_invoices(user: Any) -> Q:
    """Invoices in the books that `user` keeps, those of the user's own organisations, and services billed to them."""
    keeps, own = organisations_with(user, FINANCE), organisations_with(user, SELLERS)
    return Q(operator_id__in=keeps) | Q(seller_id__in=own) | Q(service__customer_id__in=own)


def visible_services(user: Any) -> Q:
    """Services billed by the operators whose books `user` keeps, or grants."""
    return Q(operator_id__in=organisations_with(user, FINANCE | {"coordinator"}))


def visible_requests(user: Any) -> Q:
    """What was asked in the user's own organisations."""
    return Q(organisation_id__in=organisations_with(user, REQUESTERS))


def visible_supplier_invoices(user: Any) -> Q:
    """Invoices received by the user's own organisations."""
    return Q(organisation_id__in=organisations_with(user, SELLERS | FINANCE))


def visible_batches(user: Any) -> Q:
    """Payments of suppliers of the operators whose books `user` keeps, or grants."""
    return Q(organisation_id__in=organisations_with(user, FINANCE | {"coordinator"}))
