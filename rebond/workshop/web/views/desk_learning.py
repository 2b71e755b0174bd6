"""The mentor's page: who learns now, at which station, where they stand, what to show them."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from rebond.core.access import requires
from rebond.core.web import page
from rebond.workshop.queries.learning import learners_at
from rebond.workshop.web.sites import sites_of
from rebond.workshop.web.views.desk_board import TASKS, tabs_for


@requires(TASKS)
@require_GET
def learning(request: HttpRequest) -> HttpResponse:
    """People by first name, never by what they do well or not; nothing is counted by person."""
    chosen = sites_of(request)
    context: dict[str, Any] = tabs_for(request, "learning") | {"sites": chosen}
    if chosen.site is not None:
        context["learners"] = learners_at(chosen.site)
    return page(request, "workshop/desk/learning.html", context)
