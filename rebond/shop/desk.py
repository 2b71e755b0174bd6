"""What the shop adds to the desk: reports of visitors in the rail, and those that wait for a decision."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

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
            text=_("The oldest: %(name)s") % {"name": rows[0].title},
            url=reverse("shop:notice-list"),
            action=_("Decide"),
            urgent=True,
        )


def contests_to_answer(request: HttpRequest) -> Iterable[Waiting]:
    """Buyers who contest the withdrawal of their comment (DSA art. 20: a person answers)."""
    from rebond.shop.models import CommentRemoval  # noqa: PLC0415 -- app registry

    if number := CommentRemoval.objects.filter(complaint_state="received").count():
        yield Waiting(
            icon="message-square-warning",
            tint="rose",
            title=ngettext("%(n)s withdrawn comment contested", "%(n)s withdrawn comments contested", number)
            % {"n": number},
            text=_("The author gets an answer with its reasons."),
            url=f"{reverse('shop:notice-list')}?etat=contestes",
            action=_("Answer"),
        )


def figures_that_crossed(request: HttpRequest) -> Iterable[Waiting]:
    """Public figures under or above their threshold: the seller's own, all of them for the network."""
    from rebond.shop.queries.quality import named, open_alerts, page_of, said_of  # noqa: PLC0415 -- app registry

    access: Any = request.access  # type: ignore[attr-defined]
    scope = None if access.can("shop.quality.view_all") else access.organisation
    for alert in open_alerts(scope)[:5]:
        yield Waiting(
            icon="gauge",
            tint="rose",
            title=named(alert),
            text=said_of(alert),
            url=page_of(alert),
            action=_("See what causes it"),
            urgent=True,
        )


def buyers_to_answer(request: HttpRequest) -> Iterable[Waiting]:
    """Conversations that wait for the organisation: as a seller, or as the network's conciliator."""
    from rebond.shop.queries.conversations import waiting_conversations  # noqa: PLC0415 -- app registry

    access: Any = request.access  # type: ignore[attr-defined]
    if number := waiting_conversations(access.organisation, access.roles):
        yield Waiting(
            icon="message-circle",
            tint="peche",
            title=ngettext("%(n)s buyer waits for an answer", "%(n)s buyers wait for an answer", number)
            % {"n": number},
            text=_("Each conversation says until when."),
            url=reverse("shop:conversation-list"),
            action=_("Answer"),
        )


def returns_to_refund(request: HttpRequest) -> Iterable[Waiting]:
    """Returns whose money has to go back."""
    from rebond.shop.queries.returns import waiting_returns  # noqa: PLC0415 -- app registry

    if number := waiting_returns(request.access.organisation):  # type: ignore[attr-defined]
        yield Waiting(
            icon="undo-2",
            tint="peche",
            title=ngettext("%(n)s return to refund", "%(n)s returns to refund", number) % {"n": number},
            text=_("A refund that comes later than the law says costs a surcharge."),
            url=reverse("shop:return-list"),
            action=_("Refund them"),
        )


def strays_to_clear(request: HttpRequest) -> Iterable[Waiting]:
    """Parcels that came back and that nobody expected."""
    from rebond.shop.queries.strays import open_strays  # noqa: PLC0415 -- app registry

    if number := open_strays(request.access.organisation):  # type: ignore[attr-defined]
        yield Waiting(
            icon="package-x",
            tint="peche",
            title=ngettext("%(n)s unknown parcel came back", "%(n)s unknown parcels came back", number) % {"n": number},
            text=_("Find its order with the pictures, or say what becomes of it."),
            url=reverse("shop:stray-list"),
            action=_("Look at them"),
        )


def buyers_awaited(request: HttpRequest) -> Iterable[Waiting]:
    """Who comes today, and where the van goes."""
    from rebond.shop.queries.desk_slots import awaited_today  # noqa: PLC0415 -- app registry

    collected, brought = awaited_today(request.access.organisation, timezone.now())  # type: ignore[attr-defined]
    if number := collected + brought:
        yield Waiting(
            icon="calendar-days",
            tint="ciel",
            title=ngettext("%(n)s appointment today", "%(n)s appointments today", number) % {"n": number},
            text=_("The list says who, when, and the code to see."),
            url=reverse("shop:slot-day") + ("" if collected else "?genre=local"),
            action=_("See the day"),
        )


def requests_to_grant(request: HttpRequest) -> Iterable[Waiting]:
    """Changes of orders that give back more than who asked may alone."""
    from rebond.shop.enums import PartRequestState  # noqa: PLC0415 -- app registry
    from rebond.shop.models import PartRequest  # noqa: PLC0415 -- app registry

    seller = request.access.organisation  # type: ignore[attr-defined]
    rows = PartRequest.objects.filter(state=PartRequestState.ASKED, part__seller=seller).select_related("part")
    for asked in rows.exclude(asked_by_id=request.user.public_id).order_by("pk")[:5]:  # type: ignore[union-attr]
        yield Waiting(
            icon="hand",
            tint="peche",
            title=_("%(who)s asks to give money back") % {"who": asked.asked_by},
            text=_("Order %(code)s") % {"code": asked.part.public_id},
            url=reverse("shop:part-detail", args=[asked.part.public_id]),
            action=_("Look at it"),
        )


def gaps_waiting(request: HttpRequest) -> Iterable[Waiting]:
    """Days whose payments are not the provider's."""
    from rebond.shop.models import Reconciliation  # noqa: PLC0415 -- app registry

    days = Reconciliation.objects.visible_to(request.user).filter(open_gaps__gt=0).count()
    if days:
        said = ngettext("%(n)s day differs from the provider’s", "%(n)s days differ from the provider’s", days)
        yield Waiting(
            icon="git-compare",
            tint="peche",
            title=said % {"n": days},
            text=_("Payments, refunds or payouts that are here or there only, or with another amount."),
            url=reverse("shop:reconciliation-list"),
            action=_("Look at them"),
            urgent=True,
        )


def register() -> None:
    """Called once, by the app's `ready`."""
    sale, returns, after = gettext_lazy("Sale"), gettext_lazy("Returns"), gettext_lazy("After-sales")
    add_rail_entry(RailEntry(sale, 13, after, "message-circle", "shop:conversation-list", "shop.conversation.view"))
    add_rail_entry(RailEntry(sale, 14, returns, "undo-2", "shop:return-list", "shop.return.view"))
    opinions = pgettext_lazy("rail", "Opinions")
    add_rail_entry(RailEntry(sale, 15, opinions, "star", "shop:rating-list", "shop.rating.view"))
    quality = pgettext_lazy("rail", "Quality")
    add_rail_entry(RailEntry(sale, 16, quality, "gauge", "shop:quality-desk", "shop.quality.view"))
    add_waiting(28, "shop.quality.view", figures_that_crossed)
    add_waiting(151, "shop.notice.decide", contests_to_answer)
    add_waiting(26, "shop.conversation.view", buyers_to_answer)
    add_waiting(27, "shop.return.view", returns_to_refund)
    add_waiting(27, "shop.return.change", strays_to_clear)
    network, reports = gettext_lazy("Network"), gettext_lazy("Reports")
    sale, orders = gettext_lazy("Sale"), pgettext_lazy("seller", "Orders")
    add_rail_entry(RailEntry(sale, 12, orders, "shopping-bag", "shop:part-list", "shop.part.view"))
    add_rail_entry(
        RailEntry(sale, 18, gettext_lazy("Terms of sale"), "scroll-text", "shop:terms-desk", "shop.terms.view")
    )
    appointments = pgettext_lazy("rail", "Appointments")
    add_rail_entry(RailEntry(sale, 12, appointments, "calendar-days", "shop:slot-day", "shop.appointment.view"))
    add_waiting(22, "shop.appointment.take", buyers_awaited)
    add_waiting(30, "shop.part.grant", requests_to_grant)
    add_rail_entry(RailEntry(network, 60, reports, "flag", "shop:notice-list", "shop.notice.view", notices_waiting))
    money, compared = gettext_lazy("Money"), gettext_lazy("Reconciliation")
    view = "shop.reconciliation.view"
    add_rail_entry(RailEntry(money, 34, compared, "git-compare", "shop:reconciliation-list", view))
    add_waiting(25, view, gaps_waiting)
    add_waiting(150, "shop.notice.decide", notices_to_decide)
