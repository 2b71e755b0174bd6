"""My badges: what a person received, theirs to take along and to show."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from rebond.core.access import signed_in
from rebond.core.paging import key_in, page_before
from rebond.core.seo import Seo
from rebond.core.web import page
from rebond.skills.actions.award import share_award
from rebond.skills.addresses import award_address
from rebond.skills.models import Award
from rebond.skills.queries.files import file_of
from rebond.skills.web.sending import sent_file

PER_PAGE = 20


def _load(request: HttpRequest, award_id: str) -> Award:
    """One of the person's own; raise Http404."""
    rows = Award.objects.of_person(request.user).select_related("badge", "organisation")
    found: Award = get_object_or_404(rows, public_id=award_id)
    return found


@signed_in
@require_safe
@never_cache
def badge_list(request: HttpRequest) -> HttpResponse:
    before = request.GET.get("avant", "")
    rows = Award.objects.of_person(request.user).select_related("badge", "organisation").order_by("-pk")
    found, next_key = page_before(rows, key_in(before), PER_PAGE)
    context = {
        "awards": [(award, award_address(award.token)) for award in found],
        "next_key": next_key,
        "is_first": not before,
        "seo": Seo(title=_("My badges"), path=request.path, robots="noindex"),
    }
    return page(request, "skills/my_badges.html", context)


@signed_in
@require_POST
def share(request: HttpRequest, award_id: str) -> HttpResponse:
    """`shown=1` lets the badge's address answer; anything else hides it."""
    award = share_award(award=_load(request, award_id), is_shared=request.POST.get("shown") == "1", by=request.user)
    if award.is_shared:
        messages.success(request, _("Whoever has its address can read and verify this badge now."))
    else:
        messages.success(request, _("This badge is hidden: its address answers nothing."))
    return redirect("my-badges:list")


@signed_in
@require_safe
@never_cache
def download(request: HttpRequest, award_id: str, form: str) -> HttpResponseBase:
    found = file_of(_load(request, award_id), form)
    if found is None:
        raise Http404
    return sent_file(found)
