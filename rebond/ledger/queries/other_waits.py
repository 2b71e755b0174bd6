"""What of the books waits for a second person with states of its own: payouts, files for the bank, rates."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Min, Q, Sum
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from rebond.ledger.enums import BatchState, PayoutState, RateState
from rebond.ledger.models import LegalRate, PaymentBatch, Payout
from rebond.ledger.other_waits import AT_MOST, OtherWait, WaitSource, all_waits, register_wait
from rebond.network.models import Organisation


def payouts_to_grant(operator: Organisation, user: Any) -> Iterable[OtherWait]:
    """Those that one person prepared on one day are granted together: one line."""
    rows = Payout.objects.filter(account__operator=operator, state=PayoutState.ASKED)
    rows = rows.filter(~Q(asked_by_id=user.public_id) | Q(needs_two=False)).order_by()
    sums = rows.values("asked_on", "asked_by").annotate(n=Count("pk"), cents=Sum("cents"), first=Min("pk"))
    for one in sums.order_by("asked_on", "first")[:AT_MOST]:
        said = ngettext("%(n)s payout to a seller", "%(n)s payouts to sellers", one["n"]) % {"n": one["n"]}
        yield OtherWait(said, one["cents"], one["asked_by"], one["asked_on"], ("ledger:payout-list", ()))


def batches_to_grant(operator: Organisation, user: Any) -> Iterable[OtherWait]:
    """Files for the bank that somebody else chose."""
    for batch in _batches(operator, user).order_by("asked_at", "pk")[:AT_MOST]:
        label = _("To be executed on %(day)s") % {"day": date_format(batch.execute_on, "j F Y")}
        page = ("ledger:batch-detail", (batch.public_id,))
        yield OtherWait(label, batch.cents, batch.asked_by, localdate(batch.asked_at), page)


def _batches(operator: Organisation, user: Any) -> Any:
    rows = PaymentBatch.objects.filter(organisation=operator, state=BatchState.ASKED)
    return rows.exclude(asked_by_id=user.public_id)


def rates_to_grant(_operator: Organisation, user: Any) -> Iterable[OtherWait]:
    """Rates of half-years that somebody else entered."""
    rows = LegalRate.objects.filter(state=RateState.ASKED).exclude(asked_by_id=user.public_id)
    for rate in rows.order_by("asked_at", "pk")[:AT_MOST]:
        label = _("Half-year that begins on %(day)s") % {"day": date_format(rate.starts_on, "j F Y")}
        yield OtherWait(label, 0, rate.asked_by, localdate(rate.asked_at), ("ledger:rate-list", ()))


def others_waiting(access: Any, user: Any) -> list[tuple[WaitSource, OtherWait]]:
    """All that this person may grant of these kinds, the oldest first. One query a kind."""
    found = [
        (source, row)
        for source in all_waits()
        if access.can(source.permission)
        for row in source.find(access.organisation, user)
    ]
    return sorted(found, key=lambda pair: pair[1].since)


def number_of_others(access: Any, user: Any) -> int:
    """How many wait of the kinds that the home says nowhere else. One query a kind."""
    counts = [source.count for source in all_waits() if source.count and access.can(source.permission)]
    return sum(count(access.organisation, user) for count in counts)


def register() -> None:
    """Called when the app is ready."""
    for key, permission, words, find, count in (
        ("payout", "ledger.payout.grant", pgettext_lazy("to grant", "Pay sellers"), payouts_to_grant, None),
        (
            "batch",
            "ledger.batch.grant",
            pgettext_lazy("to grant", "Pay suppliers by a file for the bank"),
            batches_to_grant,
            lambda operator, user: _batches(operator, user).count(),
        ),
        ("rate", "ledger.legal_rate.grant", pgettext_lazy("to grant", "Rate of legal interest"), rates_to_grant, None),
    ):
        register_wait(WaitSource(key, permission, words, find, count))
