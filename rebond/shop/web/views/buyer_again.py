"""A parcel that came back, by its signed link: its buyer says where it goes."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from rebond.core.access import public, same_origin_post, visitor
from rebond.core.seo import Seo
from rebond.core.throttle import throttled
from rebond.core.web import page
from rebond.shop.actions.again import confirm_address
from rebond.shop.errors import StrayStateError
from rebond.shop.queries.again import Leaving, find_stray, leaving_again
from rebond.shop.queries.conversations import help_path
from rebond.shop.queries.orders import order_path
from rebond.shop.web.address_forms import PostalForm
from rebond.warehouse.carriers.contract import Address

SHOWN = ("name", "phone", "address", "postal_code", "city")


@public
@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_post
@never_cache
@throttled("message")
def again(request: HttpRequest, public_id: str, token: str) -> HttpResponse:
    """At the same pick-up point, or at the address written here; nothing is asked once it left, or comes back."""
    stray = find_stray(public_id, token)
    leaving = leaving_again(stray) if stray is not None else None
    if stray is None or stray.part is None or leaving is None:
        raise Http404
    form, is_sent = _form(request, leaving), request.method == "POST"
    if is_sent and (form is None or form.is_valid()):
        typed = form.cleaned_data if form is not None else {}
        receiver = Address(**{name: typed[name] for name in SHOWN}) if typed else leaving.receiver
        try:
            confirm_address(stray=stray, receiver=receiver, by=visitor(request))
        except StrayStateError:
            messages.error(request, _("This parcel has moved on meanwhile. This page shows where it is."))
        else:
            messages.success(request, _("Thank you. The seller sends it there, and you get a mail when it leaves."))
        return HttpResponseRedirect(request.path)
    context = {
        "stray": stray,
        "part": stray.part,
        "leaving": leaving,
        "form": form,
        "help_url": help_path(stray.part),
        "order_url": order_path(stray.part.order),
        "withdraw_url": order_path(stray.part.order, "order-withdraw"),
        "seo": Seo(title=_("Where shall your parcel go?"), path=request.path, robots="noindex"),
    }
    return page(request, "shop/again.html", context, status=422 if is_sent else 200)


def _form(request: HttpRequest, leaving: Leaving) -> PostalForm | None:
    """None where it goes to a pick-up point: there is nothing to write."""
    if leaving.point:
        return None
    initial = {name: getattr(leaving.receiver, name) for name in SHOWN}
    return PostalForm(request.POST or None, initial=initial)
