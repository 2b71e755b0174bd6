"""What payments add to the desk: disputes, the seller's account at the provider, and what waits of them."""

from collections.abc import Iterable

from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from rebond.core.desk import Waiting, add_waiting
from rebond.core.rail import RailEntry, add_rail_entry


def disputes_to_answer(request: HttpRequest) -> Iterable[Waiting]:
    """Banks that wait for an answer, by the nearest deadline: without one, the money is lost."""
    from rebond.shop.queries.disputes import open_disputes  # noqa: PLC0415 -- app registry

    rows = open_disputes(request.user)
    if not rows:
        return
    due = rows[0].due_at
    text = _("The first by %(day)s.") % {"day": date_format(localtime(due), "j F Y")} if due else ""
    said = ngettext("%(n)s bank waits for an answer", "%(n)s banks wait for an answer", len(rows))
    one = reverse("shop:dispute-detail", args=[rows[0].public_id])
    yield Waiting(
        icon="scale",
        tint="rose",
        title=said % {"n": len(rows)},
        text=text,
        url=one if len(rows) == 1 else reverse("shop:dispute-list"),
        action=_("Answer"),
        urgent=True,
    )


def account_to_complete(request: HttpRequest) -> Iterable[Waiting]:
    """Nothing can be paid to the organisation before its account at the provider is complete."""
    from rebond.shop.queries.accounts import account_waits  # noqa: PLC0415 -- app registry

    if account_waits(request.access.organisation):  # type: ignore[attr-defined]
        yield Waiting(
            icon="landmark",
            tint="peche",
            title=_("Your payment account is not complete"),
            text=_("Nothing can be paid to you before it is."),
            url=reverse("shop:payment-account"),
            action=_("Complete it"),
        )


def register() -> None:
    """Called once, by the app's `ready`."""
    money = gettext_lazy("Money")
    disputes, account = gettext_lazy("Disputes"), gettext_lazy("Payment account")
    add_rail_entry(RailEntry(money, 36, disputes, "scale", "shop:dispute-list", "shop.dispute.view"))
    add_rail_entry(RailEntry(money, 37, account, "landmark", "shop:payment-account", "shop.payment_account.manage"))
    add_waiting(2, "shop.dispute.view", disputes_to_answer)
    add_waiting(40, "shop.payment_account.manage", account_to_complete)
