"""An object of the desk goes to the workshop: the first step that it lacks waits there."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rebond.catalogue.models import Item
from rebond.core.access import requires
from rebond.workshop.actions.chain import send_to_workshop, send_to_writing
from rebond.workshop.errors import WorkshopError
from rebond.workshop.kinds import label_of
from rebond.workshop.perms import SUPERVISORS, organisations_of


def _load(request: HttpRequest, code: str) -> Item:
    """An object of an organisation whose workshop the user runs."""
    sellers = organisations_of(request.user, SUPERVISORS)
    rows = Item.objects.filter(seller_id__in=sellers).select_related("seller", "site")
    found: Item = get_object_or_404(rows, code=code.upper())
    return found


@requires("workshop.task.change")
@require_POST
def item_send(request: HttpRequest, code: str) -> HttpResponse:
    item = _load(request, code)
    try:
        task = send_to_workshop(item=item, by=request.user)
        messages.success(request, _("It waits at the workshop: %(step)s.") % {"step": label_of(task.kind)})
    except WorkshopError as refused:
        messages.error(request, str(refused))
    return redirect("catalogue:item-detail", item.code.lower())


@requires("workshop.task.change")
@require_POST
def item_exercise(request: HttpRequest, code: str) -> HttpResponse:
    """For training: the answers are read by a colleague, nothing is written and nothing goes on sale."""
    item = _load(request, code)
    try:
        send_to_writing(item=item, by=request.user, is_training=True)
        messages.success(request, _("The exercise waits at the workshop. Nothing of it goes on sale."))
    except WorkshopError as refused:
        messages.error(request, str(refused))
    return redirect("catalogue:item-detail", item.code.lower())
