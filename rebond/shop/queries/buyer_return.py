"""A return as its buyer follows it: found by a signed link, with where it goes and what to put on the parcel."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from rebond.catalogue.queries.labels import qr_svg
from rebond.core.pdf import render_pdf
from rebond.network.models import Site
from rebond.shop.links import is_ours, token_for
from rebond.shop.models import OrderLine, Return, Settlement
from rebond.shop.queries.withdrawal import place_of

SALT = "rebond.shop.return"


@dataclass(frozen=True, slots=True)
class BuyerReturn:
    """`is_paid_by_seller`: the way back of a defect costs the buyer nothing (L217-11); `words` are the seller's."""

    back: Return
    lines: list[OrderLine]
    site: Site | None
    is_paid_by_seller: bool
    words: str


def return_path(back: Return, name: str = "return-back") -> str:
    """The signed address of a return, for guests and accounts alike."""
    return reverse(f"shop:{name}", args=[back.public_id, token_for(SALT, back.public_id)])


def find_return(public_id: str, token: str) -> Return | None:
    """The return of a signed link; None for a wrong token."""
    if not is_ours(SALT, public_id, token):
        return None
    rows = Return.objects.select_related("part__seller", "part__order", "refund", "withdrawal")
    return rows.filter(public_id=public_id).first()


def buyer_return(back: Return) -> BuyerReturn:
    """Three queries: its objects, the place, what the seller said where it was agreed after the sale."""
    lines = list(OrderLine.objects.filter(coming_back__back=back).select_related("item").order_by("pk"))
    said = Settlement.objects.filter(line__in=lines, outcome="return").order_by("-pk").first()
    return BuyerReturn(
        back=back,
        lines=lines,
        site=place_of(back.part.seller),
        is_paid_by_seller=back.withdrawal_id is None,
        words=said.words if said is not None else "",
    )


def return_label(back: Return) -> bytes:
    """The sheet to stick on the parcel: the seller's address large, and inside, number, order and objects.

    The square code is the order's number: the return station reads it (queries/scan.py).
    """
    shown, order = buyer_return(back), back.part.order
    site = shown.site
    seller = back.part.seller
    town = f"{site.postal_code} {site.city}" if site is not None else ""
    with translation.override(order.language):
        data = {
            "lang": order.language[:2],
            "title": _("Return"),
            "number": back.public_id,
            "code": qr_svg(back.part.public_id),
            "to": [line for line in (seller.name, site.address if site is not None else "", town) if line],
            "from": [line for line in (order.name, order.address, f"{order.postal_code} {order.city}".strip()) if line],
            "from_label": _("From"),
            "facts": [
                [_("Return"), back.public_id],
                [pgettext("seller", "Order"), order.public_id],
                [_("Give back by"), date_format(back.due_on, "j F Y")],
            ],
            "rows": [[line.title, line.item.display_code] for line in shown.lines],
            "head": [_("Object"), _("Code")],
            "cut": _("Stick the upper part on the parcel, put the lower one inside."),
        }
        return render_pdf("shop/return_label", data, now=back.created_at)
