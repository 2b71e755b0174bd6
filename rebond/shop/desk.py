"""What the shop adds to the desk: reports of visitors in the rail, and those that wait for a decision."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from rebond.core.desk import Waiting, add_waiting
from rebond.core.rail import RailEntry, add_rail_entry


def notices_waiting(access: Any) -> int:
    """The number beside "Reports" in the rail."""
    from rebond.shop.enums import NoticeState  # noqa: PLC0415 -- app registry
    from rebond.shop.models import Notice  # noqa: PLC0415 -- app registry

    return Notice.objects.filter(state=NoticeState.RECEIVED).count()


def notices_to_decide(request: HttpRequest) -> Iterable[Waiting]:
    """Reports that nobody decided yet, the oldest named (DSA art. 16: a decision without undue delay)."""
    from rebond.shop.enums import NoticeState  # noqa: PLC0415 -- app registry
    from rebond.shop.models import Notice  # noqa: PLC0415 -- app registry

    rows = list(Notice.objects.filter(state=NoticeState.RECEIVED).order_by("created_at", "pk")[:100])
    if rows:
        yield Waiting(
            icon="flag",
            tint="rose",
            title=ngettext("%(n)s report to decide", "%(n)s reports to decide", len(rows)) % {"n": len(rows)},
            text=_("The oldest: %(name)s") % {"name": rows[0].item_title},
            url=reverse("shop:notice-list"),
            action=_("Decide"),
            urgent=True,
        )


def returns_to_refund(access: Any) -> int:
    """The number beside "Returns" in the rail."""
    from rebond.shop.queries.returns import waiting_returns  # noqa: PLC0415 -- app registry

    return waiting_returns(access.organisation)


def register() -> None:
    """Called once, by the app's `ready`."""
    sale, returns = gettext_lazy("Sale"), gettext_lazy("Returns")
    add_rail_entry(RailEntry(sale, 14, returns, "undo-2", "shop:return-list", "shop.return.view", returns_to_refund))
    network, reports = gettext_lazy("Network"), gettext_lazy("Reports")
    add_rail_entry(RailEntry(network, 60, reports, "flag", "shop:notice-list", "shop.notice.view", notices_waiting))
    add_waiting(150, "shop.notice.decide", notices_to_decide)
