"""Sentences of the journal."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, Promise | str] = {
    "ledger.entry.reversed": _("%(actor)s reversed an entry of the books: %(subject)s"),
    "ledger.rule.set": _("%(actor)s set what is taken from sales: %(subject)s"),
    "ledger.rule.stopped": _("%(actor)s stopped a rule on sales: %(subject)s"),
}
