"""What payments add to the desk: disputes, the seller's account at the provider, and what waits of them."""

from collections.abc import Iterable

from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

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


def transfers_to_look_at(request: HttpRequest) -> Iterable[Waiting]:
    """Money that came and that no order took by itself."""
    from rebond.shop.queries.by_hand import waiting_lines  # noqa: PLC0415 -- app registry

    to_see, to_grant = waiting_lines(request.user)
    number = to_see + to_grant
    if number:
        said = ngettext("%(n)s transfer to look at", "%(n)s transfers to look at", number)
        yield Waiting(
            icon="banknote",
            tint="peche",
            title=said % {"n": number},
            text=_("Its reference or its amount is no order’s, or somebody else has to agree."),
            url=reverse("shop:bank-list") + ("" if to_see else "?etat=a-valider"),
            action=_("Look at them"),
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
    bank, counter = gettext_lazy("Transfers received"), pgettext_lazy("desk", "Paid at collection")
    add_rail_entry(RailEntry(money, 38, bank, "banknote", "shop:bank-list", "shop.bank.view"))
    add_rail_entry(RailEntry(gettext_lazy("Sale"), 15, counter, "store", "shop:counter", "shop.counter.view"))
    gestures = pgettext_lazy("rail", "Gestures")
    add_rail_entry(RailEntry(money, 40, gestures, "hand-heart", "shop:gesture-list", "shop.gesture.view"))
    add_waiting(24, "shop.bank.view", transfers_to_look_at)
    add_waiting(2, "shop.dispute.view", disputes_to_answer)
    add_waiting(40, "shop.payment_account.manage", account_to_complete)
