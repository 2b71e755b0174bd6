"""A return, by its signed link: where it goes and by when, the label, "I gave it back", the refund that follows."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from rebond.core.access import public, same_origin_post, visitor
from rebond.core.seo import Seo
from rebond.core.throttle import throttled
from rebond.core.web import page
from rebond.shop.actions.returning import tell_sent
from rebond.shop.enums import ReturnState
from rebond.shop.errors import ReturnStateForbidsError
from rebond.shop.models import Return
from rebond.shop.queries.buyer_return import buyer_return, find_return, return_label, return_path
from rebond.shop.queries.conversations import help_path
from rebond.shop.queries.orders import order_path
from rebond.shop.web.withdrawal_forms import SentForm


@public
@require_safe
@never_cache
def return_back(request: HttpRequest, public_id: str, token: str) -> HttpResponse:
    return page(request, "shop/return_back.html", _context(request, _load(public_id, token), SentForm()))


@public
@require_safe
@never_cache
def label(request: HttpRequest, public_id: str, token: str) -> HttpResponse:
    """The sheet for the parcel, as a PDF."""
    back = _load(public_id, token)
    headers = {"Content-Disposition": f'inline; filename="retour-{back.public_id}.pdf"', "X-Robots-Tag": "noindex"}
    return HttpResponse(return_label(back), content_type="application/pdf", headers=headers)


@public
@require_POST
@same_origin_post
@throttled("withdraw")
def sent(request: HttpRequest, public_id: str, token: str) -> HttpResponse:
    back = _load(public_id, token)
    form = SentForm(request.POST)
    if not form.is_valid():
        return page(request, "shop/return_back.html", _context(request, back, form), status=422)
    try:
        tell_sent(back=back, by=visitor(request), **form.cleaned_data)
    except ReturnStateForbidsError:
        messages.error(request, _("This was told already, or the objects are back. The page shows where they are."))
    else:
        messages.success(request, _("Thank you. The seller knows that it is on its way."))
    return HttpResponseRedirect(return_path(back))


def _context(request: HttpRequest, back: Return, form: SentForm) -> dict[str, Any]:
    return {
        "shown": buyer_return(back),
        "back": back,
        "seller": back.part.seller,
        "sent_form": form,
        "may_tell": back.state == ReturnState.AWAITED,
        "sent_url": return_path(back, "return-sent"),
        "label_url": return_path(back, "return-label"),
        "help_url": help_path(back.part),
        "order_url": order_path(back.part.order),
        "seo": Seo(title=_("Your return"), path=request.path, robots="noindex"),
    }


def _load(public_id: str, token: str) -> Return:
    back = find_return(public_id, token)
    if back is None:
        raise Http404
    return back
