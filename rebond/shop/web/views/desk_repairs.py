"""Repairs after the sale, at the desk: the object came, and goes back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rebond.core.access import requires
from rebond.core.web import page
from rebond.shop.actions.repair import Gone, end_repair, note_repair_here
from rebond.shop.errors import RepairStateError
from rebond.shop.models import Conversation, Repair
from rebond.shop.web.aftersales_forms import RepairEndForm
from rebond.shop.web.views.desk_conversations import context_of, load_conversation


def _load(request: HttpRequest, public_id: str, repair_id: str) -> tuple[Conversation, Repair]:
    """The seller's own: who reads a conversation as a conciliator repairs nothing."""
    found = load_conversation(request, public_id)
    own = Repair.objects.filter(settlement__conversation=found, line__part__seller=request.access.organisation)  # type: ignore[attr-defined]
    return found, get_object_or_404(own, public_id=repair_id)


@requires("shop.conversation.decide")
@require_POST
def repair_here(request: HttpRequest, public_id: str, repair_id: str) -> HttpResponse:
    found, repair = _load(request, public_id, repair_id)
    try:
        note_repair_here(repair=repair, by=request.user)
    except RepairStateError:
        messages.error(request, _("Somebody else noted it meanwhile, or another thing was decided."))
    else:
        messages.success(request, _("Noted. The buyer knows that it is here."))
    return redirect("shop:conversation-detail", found.public_id)


@requires("shop.conversation.decide")
@require_POST
def repair_end(request: HttpRequest, public_id: str, repair_id: str) -> HttpResponse:
    found, repair = _load(request, public_id, repair_id)
    form = RepairEndForm(request.POST, repair=repair)
    if form.is_valid():
        try:
            end_repair(repair=repair, gone=Gone(**form.cleaned_data), by=request.user)
        except RepairStateError:
            form.add_error("verb", _("Not possible: note first that it came, or somebody else noted it meanwhile."))
        else:
            messages.success(request, _("Noted. The buyer is told that it goes back."))
            return redirect("shop:conversation-detail", found.public_id)
    context = context_of(request, found, end_form=form)
    return page(request, "shop/conversation_detail.html", context, status=422)
