"""My path: what a person finds of themselves, in easy words, and who read it."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from rebond.core.access import signed_in
from rebond.core.seo import Seo
from rebond.core.web import page
from rebond.people.models import Person
from rebond.people.queries.own import files_of


@signed_in
@require_safe
@never_cache
def my_path(request: HttpRequest) -> HttpResponse:
    """One part for each organisation that follows the person."""
    people = Person.objects.of_user(request.user).select_related("organisation", "counsellor").order_by("-pk")[:10]
    seo = Seo(title=_("My path"), path=request.path, robots="noindex")
    return page(request, "people/own/path.html", {"files": files_of(list(people)), "seo": seo})
