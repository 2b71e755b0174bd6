"""One item at the desk: its page, and the verbs of its life."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rebond.catalogue.actions import item as actions
from rebond.catalogue.actions.hold import hold_and_tell
from rebond.catalogue.enums import ITEM_TRANSITIONS, ItemState
from rebond.catalogue.errors import CatalogueError, ItemHeld, ItemUnsafe, PublishRefused
from rebond.catalogue.label_choice import kept_format
from rebond.catalogue.models import Item
from rebond.catalogue.panels import item_panels
from rebond.catalogue.queries import categories
from rebond.catalogue.queries.item_facts import attribute_rows, history_of, price_chart, price_points, sale_obstacles
from rebond.catalogue.verbs import verbs_of
from rebond.catalogue.web.forms.verbs import HoldForm, PriceForm, RestockForm, SellForm, SendBackForm, WithdrawForm
from rebond.catalogue.web.loading import holds, load_item, with_link
from rebond.catalogue.web.views.photos import panel_context
from rebond.core.access import requires
from rebond.core.once import made_once
from rebond.core.toasts import undoable
from rebond.core.web import act_of, page

CHANGE = "catalogue.item.change"
WITHDRAW = "catalogue.item.withdraw"


@requires("catalogue.item.view")
@require_GET
def item_detail(request: HttpRequest, code: str) -> HttpResponse:
    item = load_item(request, code)
    can_change = holds(request, item, CHANGE)
    category = categories.get(item.category_id)
    points = price_points(item)
    decisions = list(item.holds.open().order_by("-placed_at", "-pk"))
    may = {verb: item.state in states for verb, (states, _to) in ITEM_TRANSITIONS.items()}
    may["publish"] = may["publish"] and not decisions
    context = panel_context(request, item) | {
        "item": item,
        "category": category,
        "category_path": categories.path_label(category),
        "attributes": attribute_rows(item),
        "flaws": list(item.flaws.all()),
        "facts": history_of(item),
        "points": points,
        "chart": price_chart(points),
        "obstacles": sale_obstacles(item) if item.state in ITEM_TRANSITIONS["publish"][0] else [],
        "decisions": decisions,
        "can_change": can_change,
        "can_withdraw": holds(request, item, WITHDRAW),
        "may": may,
        "label_format": kept_format(request),
        "verbs": verbs_of(item, lambda permission: holds(request, item, permission)),
        "panels": item_panels(request, item),
    }
    return page(request, "catalogue/item_detail.html", context)


def _say(request: HttpRequest, call: Callable[[], Any], said: str) -> bool:
    """Run an action and tell how it went."""
    try:
        call()
    except CatalogueError as error:
        messages.error(request, str(error))
        return False
    messages.success(request, said)
    return True


def _back(item: Item) -> HttpResponse:
    return redirect("catalogue:item-detail", item.code.lower())


@requires(CHANGE)
@require_POST
def item_publish(request: HttpRequest, code: str) -> HttpResponse:
    item = load_item(request, code, CHANGE)
    try:
        actions.publish_item(item=item, by=request.user)
        messages.success(request, _("It is on sale. The shop shows it within seconds."))
    except ItemUnsafe as error:
        messages.error(request, _("Not put on sale. %(reason)s") % {"reason": error})
    except PublishRefused as error:
        messages.error(request, with_link(error))
    except CatalogueError as error:
        messages.error(request, str(error))
    return _back(item)


@requires(CHANGE)
@require_POST
def item_submit(request: HttpRequest, code: str) -> HttpResponse:
    item = load_item(request, code, CHANGE)
    _say(request, lambda: actions.submit_item(item=item, by=request.user), _("Given to be checked."))
    return _back(item)


@requires(CHANGE)
@require_POST
def item_duplicate(request: HttpRequest, code: str) -> HttpResponse:
    item = load_item(request, code, CHANGE)
    try:
        copy = made_once(Item, act_of(request), lambda: actions.duplicate_item(item=item, by=request.user))
    except ItemHeld as error:
        messages.error(request, str(error))
        return _back(item)
    messages.success(request, _("Here is the copy, with its own code. Flaws and photos are to be made."))
    return redirect("catalogue:item-change", copy.code.lower())


def _verb_page(
    request: HttpRequest, item: Item, form: Any, *, verb: str, call: Callable[[Any], Any], said: str, undo: str = ""
) -> HttpResponse:
    """A page that asks one thing, then does it; with `undo`, what is said has a button that posts there."""
    if form.is_bound and form.is_valid():
        try:
            call(form.cleaned_data)
        except CatalogueError as error:
            form.add_error(None, str(error))
        else:
            if undo:
                undoable(request, said, undo_url=undo)
            else:
                messages.success(request, said)
            return _back(item)
    can_sell = item.state in ITEM_TRANSITIONS["sell"][0] and holds(request, item, CHANGE)
    context = {"form": form, "item": item, "verb": verb, "can_sell": can_sell}
    return page(request, "catalogue/item_verb.html", context, status=422 if form.is_bound else 200)


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def item_price(request: HttpRequest, code: str) -> HttpResponse:
    item = load_item(request, code, CHANGE)

    def call(data: dict[str, Any]) -> None:
        actions.change_price(
            item=item,
            price_cents=data["price"],
            reason=data["reason"],
            is_progressive=data["is_progressive"],
            by=request.user,
        )

    form = PriceForm(request.POST or None, initial={"price": item.price_cents})
    return _verb_page(request, item, form, verb="price", call=call, said=_("The price is changed."))


@requires(WITHDRAW)
@require_http_methods(["GET", "POST"])
def item_withdraw(request: HttpRequest, code: str) -> HttpResponse:
    item = load_item(request, code, WITHDRAW)
    if not holds(request, item, CHANGE):
        return _decide_off_sale(request, item)

    def call(data: dict[str, Any]) -> None:
        actions.withdraw_item(item=item, reason=data["reason"], note=data["note"], by=request.user)

    was_on_sale = item.state == ItemState.ON_SALE and holds(request, item, CHANGE)
    undo = reverse("catalogue:item-publish", args=[item.code.lower()]) if was_on_sale else ""
    form = WithdrawForm(request.POST or None)
    return _verb_page(request, item, form, verb="withdraw", call=call, said=_("It is withdrawn."), undo=undo)


def _decide_off_sale(request: HttpRequest, item: Item) -> HttpResponse:
    """By somebody of the network: the item is held, and its seller reads why and how to contest (DSA art. 17, 20)."""

    def call(data: dict[str, Any]) -> None:
        hold_and_tell(item=item, by=request.user, **data)

    form = HoldForm(request.POST or None)
    said = _("It is off sale. Its seller receives the reasons.")
    return _verb_page(request, item, form, verb="hold", call=call, said=said)


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def item_sell(request: HttpRequest, code: str) -> HttpResponse:
    """At the counter: pieces that nobody holds leave the stock, the last one with the item itself."""
    item = load_item(request, code, CHANGE)

    def call(data: dict[str, Any]) -> None:
        actions.sell_item(item=item, n=data.get("n", 1), is_held=False, note=data["note"], by=request.user)

    form = SellForm(request.POST if request.method == "POST" else None, free=item.quantity - item.reserved)
    said = _("Noted as sold. The shop says so within seconds.")
    return _verb_page(request, item, form, verb="sell", call=call, said=said)


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def item_restock(request: HttpRequest, code: str) -> HttpResponse:
    item = load_item(request, code, CHANGE)

    def call(data: dict[str, Any]) -> None:
        actions.restock_item(item=item, reason=data["reason"], by=request.user)

    form = RestockForm(request.POST if request.method == "POST" else None)
    said = _("Back in your stock, off sale: put it on sale again when it is ready.")
    return _verb_page(request, item, form, verb="restock", call=call, said=said)


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def item_send_back(request: HttpRequest, code: str) -> HttpResponse:
    item = load_item(request, code, CHANGE)

    def call(data: dict[str, Any]) -> None:
        actions.send_back_item(item=item, reason=data["reason"], by=request.user)

    form = SendBackForm(request.POST or None)
    return _verb_page(request, item, form, verb="send-back", call=call, said=_("Sent back to be completed."))
