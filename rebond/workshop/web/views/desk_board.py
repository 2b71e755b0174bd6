"""The supervisor's board of the chain, today's people and stations, and what waits for the supervisor."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET, require_http_methods

from rebond.core.access import requires
from rebond.core.desk import Waiting
from rebond.core.exports import wanted_export
from rebond.core.web import page, wants_fragment
from rebond.workshop.actions.supervise import set_limits
from rebond.workshop.contributions import needs_of
from rebond.workshop.desk import waiting_people
from rebond.workshop.errors import FieldInvalid
from rebond.workshop.kinds import is_known, kind_of
from rebond.workshop.models import Station
from rebond.workshop.queries.board import Stage, bottleneck, on_sale, stages_of, with_items
from rebond.workshop.queries.skills import willing
from rebond.workshop.queries.today import figures_of, kept_figures, people_at, posts_of, unseen_devices
from rebond.workshop.web.exports import STAGES
from rebond.workshop.web.forms import LimitsForm
from rebond.workshop.web.sites import sites_of

VIEW, TASKS, STATIONS = "workshop.chain.view", "workshop.task.change", "workshop.station.change"


def tabs_for(request: HttpRequest, tab: str) -> dict[str, Any]:
    """What the head of each page of this desk shows."""
    access = request.access  # type: ignore[attr-defined]
    return {"tab": tab, "may_run": access.can(TASKS), "may_set": access.can(STATIONS)}


@requires(VIEW)
@require_GET
def board(request: HttpRequest) -> HttpResponseBase:
    """What waits at each stage, since when, against which limit, and what holds the chain up."""
    chosen = sites_of(request)
    context: dict[str, Any] = tabs_for(request, "board") | {"sites": chosen}
    if chosen.site is None:
        return page(request, "workshop/desk/board.html", context)
    stages = stages_of(chosen.site)
    if (download := wanted_export(request, stages, STAGES, _("chain"))) is not None:
        return download
    with_items([task for stage in stages for task in stage.cards])
    slow = bottleneck(stages)
    is_again = wants_fragment(request)  # the page looks again by itself: what changes slowly is not counted anew
    context |= {
        "stages": stages,
        "sale": on_sale(chosen.site),
        "figures": kept_figures(chosen.site) if is_again else figures_of(chosen.site),
        "people": len(people_at(chosen.site)) if context["may_run"] else None,
        "slow": slow,
        "willing": willing(chosen.site, slow.kind.code) if slow and context["may_run"] else [],
        "late": sum(stage.late for stage in stages),
        "blocked": sum(stage.blocked for stage in stages),
        "today": timezone.localdate(),
        "now": timezone.now(),
    }
    return page(request, "workshop/desk/board.html", context, partial="chain")


@requires(TASKS)
@require_GET
def today(request: HttpRequest) -> HttpResponse:
    """Who is at which station, the tablets, and what waits for the supervisor. Nothing is counted by person."""
    chosen = sites_of(request)
    context: dict[str, Any] = tabs_for(request, "today") | {"sites": chosen, "today": timezone.localdate()}
    if chosen.site is not None:
        context |= {
            "posts": posts_of(chosen.site),
            "needs": [*waiting_people(request), *_needs(request, chosen.site)],
        }
    return page(request, "workshop/desk/today.html", context)


def _needs(request: HttpRequest, site: Any) -> list[Waiting]:
    stages = stages_of(site, with_cards=False)
    found = [line for stage in stages for line in _of_stage(stage, site)]
    unseen = unseen_devices(site)
    if unseen:
        title = ngettext("A tablet was not seen for a week", "%(n)s tablets were not seen for a week", len(unseen))
        names = ", ".join(device.name for device in unseen[:3])
        url = reverse("workshop-desk:station-detail", args=[unseen[0].station.public_id])
        found.append(
            _line("tablet-smartphone", "ciel", title % {"n": len(unseen)}, names, url, pgettext("need", "Look"))
        )
    return found + needs_of(request, site, timezone.localdate())


def _of_stage(stage: Stage, site: Any) -> Iterable[Waiting]:
    """What a stage asks of the supervisor: listings to read, work given back or left, an old or long queue."""
    tint = stage.kind.tint
    base = f"{reverse('workshop-desk:task-list')}?site={site.public_id}&etape={stage.kind.code}"

    def line(icon: str, colour: str, words: str, text: str, state: str = "") -> Waiting:
        url = f"{base}&etat={state}" if state else base
        title = _("%(stage)s: %(what)s") % {"stage": stage.kind.label, "what": words}
        return _line(icon, colour, title, text, url, pgettext("need", "Look"))

    if stage.kind.asks_skill and stage.waiting:
        words = ngettext("%(n)s to read", "%(n)s to read", stage.waiting) % {"n": stage.waiting}
        yield line(stage.kind.icon, tint, words, _("Only who knows how to does it."))
    if stage.returned:
        words = ngettext("%(n)s given back", "%(n)s given back", stage.returned) % {"n": stage.returned}
        yield line("undo-2", "rose", words, _("Read why, help or give it to somebody else."), "rendues")
    if stage.paused:
        words = ngettext("%(n)s paused", "%(n)s paused", stage.paused) % {"n": stage.paused}
        yield line("pause", "sable", words, _("Kept for the person who began it."), "pause")
    if stage.late:
        words = ngettext("%(n)s for more than 7 days", "%(n)s for more than 7 days", stage.late) % {"n": stage.late}
        yield line("clock-alert", "peche", words, _("The oldest first."), "anciennes")
    if stage.is_over:
        words = _("%(n)s wait, for a limit of %(limit)s") % {"n": stage.total, "limit": stage.limit}
        yield line("triangle-alert", "peche", words, _("More hands here, or less work before."))


def _line(icon: str, tint: str, title: str, text: str, url: str, action: str) -> Waiting:
    return Waiting(icon=icon, tint=tint, title=title, text=text, url=url, action=action)


@requires(STATIONS)
@require_http_methods(["GET", "POST"])
def limits_change(request: HttpRequest) -> HttpResponse:
    """How many objects may wait before the stations of one stage."""
    site = sites_of(request).required
    code = request.GET.get("etape", "")
    stations: Sequence[Station] = list(Station.objects.open().filter(site=site).order_by("position", "pk"))
    if is_known(code):
        stations = [one for one in stations if one.kind in kind_of(code).stations]
    form = LimitsForm(request.POST or None, stations=stations)
    if request.method == "POST" and form.is_valid():
        try:
            set_limits(site=site, limits=form.cleaned_data, by=request.user)
        except FieldInvalid as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            return redirect(f"{reverse('workshop-desk:board')}?site={site.public_id}")
    context = {"form": form, "site": site, "stations": stations}
    return page(request, "workshop/desk/limits.html", context, status=422 if form.is_bound else 200)
