"""Sentences of the journal."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, Promise | str] = {
    "ledger.buyers.forgotten": _("The names of buyers of sales older than ten years were erased"),
    "ledger.chart.set": _("%(actor)s chose the numbers of accounts of the exports"),
    "ledger.entry.reversed": _("%(actor)s reversed an entry of the books: %(subject)s"),
    "ledger.invoice.contested": _("%(actor)s contested the invoice %(subject)s"),
    "ledger.invoice.answered": _("%(actor)s answered about the invoice %(subject)s"),
    "ledger.mandate.accepted": _("%(actor)s accepted the mandate to invoice of %(subject)s"),
    "ledger.mandate.ended": _("%(actor)s ended the mandate to invoice of %(subject)s"),
    "ledger.payout.asked": _("%(actor)s prepared a payout to %(subject)s"),
    "ledger.payout.granted": _("%(actor)s granted the payout to %(subject)s"),
    "ledger.payout.refused": _("%(actor)s refused the payout to %(subject)s"),
    "ledger.payout.came_back": _("The payout to %(subject)s came back"),
    "ledger.payout.held": _("%(actor)s held payouts to %(subject)s"),
    "ledger.payout.released": _("%(actor)s released payouts to %(subject)s"),
    "ledger.payout.terms_set": _("%(actor)s set when payouts are made: %(subject)s"),
    "ledger.legal_rate.asked": _("%(actor)s entered the rate of legal interest of %(subject)s"),
    "ledger.legal_rate.granted": _("%(actor)s granted the rate of legal interest of %(subject)s"),
    "ledger.legal_rate.refused": _("%(actor)s refused the rate of legal interest of %(subject)s"),
    "ledger.request.asked": _("%(actor)s asked that somebody else grants: %(subject)s"),
    "ledger.request.granted": _("%(actor)s granted what somebody else asked: %(subject)s"),
    "ledger.request.sole": _("%(actor)s did it alone, nobody else could grant it: %(subject)s"),
    "ledger.request.refused": _("%(actor)s refused what somebody else asked: %(subject)s"),
    "ledger.request.withdrawn": _("%(actor)s took back what they had asked: %(subject)s"),
    "ledger.limit.set": _("%(actor)s set what each role does alone with money: %(subject)s"),
    "ledger.rule.set": _("%(actor)s set what is taken from sales: %(subject)s"),
    "ledger.supplier.added": _("%(actor)s added the supplier’s invoice %(subject)s"),
    "ledger.tax_file.given": _("%(actor)s gave the tax data of %(subject)s"),
    "ledger.tax_file.returned": _("%(actor)s asked again for the tax data of %(subject)s"),
    "ledger.tax_file.verified": _("%(actor)s verified the tax data of %(subject)s"),
    "ledger.tax_return.read": _("%(actor)s read the file of the yearly declaration %(subject)s"),
    "ledger.tax_return.tried": _("%(actor)s made a trial file of the yearly declaration of %(subject)s"),
    "ledger.tax_return.made": _("%(actor)s made the yearly declaration %(subject)s"),
    "ledger.rule.stopped": _("%(actor)s stopped a rule on sales: %(subject)s"),
}
