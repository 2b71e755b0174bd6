"""Exits of a period with the rate and what makes it, for counsellors; numbers of a year, for directors."""

import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from rebond.core.access import requires
from rebond.core.exports import wanted_export
from rebond.core.paging import key_in, page_dated_before
from rebond.core.web import page
from rebond.insertion.queries.exits import exits_between, summary_of, told_of
from rebond.insertion.queries.news import situations_between
from rebond.insertion.web.exit_forms import ExitsForm
from rebond.insertion.web.exports import EXITS
from rebond.people.actions.reading import read_list

PER_PAGE, YEARS = 50, 5


def _period(form: ExitsForm, today: datetime.date) -> tuple[datetime.date, datetime.date]:
    """The days of the form, else this year until today."""
    first = form.cleaned_data.get("du") or today.replace(month=1, day=1)
    return first, form.cleaned_data.get("au") or max(today, first)


@requires("insertion.exit.view")
@require_safe
@never_cache
def exit_list(request: HttpRequest) -> HttpResponseBase:
    """The last ones first. The list is one entry of the journal, and so is a download."""
    organisation, today = request.access.organisation, timezone.localdate()  # type: ignore[attr-defined]
    form = ExitsForm(request.GET)
    form.is_valid()
    first, last = _period(form, today)
    chosen = {
        name: form.cleaned_data.get(word) or "" for name, word in (("category", "categorie"), ("counting", "compte"))
    }
    rows = exits_between(organisation, first, last, **chosen).select_related("person", "status")
    if "export" in request.GET:
        read_list(organisation=organisation, number=rows.count(), by=request.user)
    if (download := wanted_export(request, rows, EXITS, "-".join((_("exits"), str(first), str(last))))) is not None:
        return download
    before = request.GET.get("avant", "")
    found, next_key = page_dated_before(rows, key_in(before), PER_PAGE, by="left_on")
    read_list(organisation=organisation, number=len(found), by=request.user)
    context: dict[str, Any] = {
        "exits": found,
        "next_key": next_key,
        "is_first": not before,
        "first": first,
        "last": last,
    }
    shown = ExitsForm({"du": first, "au": last, "categorie": chosen["category"], "compte": chosen["counting"]})
    context |= {"form": shown, "summary": summary_of(organisation, first, last), "years": _years(today)}
    context["situations"] = situations_between(organisation, first, last)
    return page(request, "insertion/exit_list.html", context, partial="results")


def _years(today: datetime.date) -> list[int]:
    return [today.year - ago for ago in range(YEARS)]


@requires("insertion.exit.figures")
@require_safe
def exit_figures(request: HttpRequest) -> HttpResponse:
    """A whole year: shorter periods, compared, would tell of one person."""
    years = _years(timezone.localdate())
    asked = request.GET.get("annee", "")
    year = int(asked) if asked in map(str, years) else years[0]
    first, last = datetime.date(year, 1, 1), datetime.date(year, 12, 31)
    told = told_of(summary_of(request.access.organisation, first, last))  # type: ignore[attr-defined]
    return page(request, "insertion/exit_figures.html", {"told": told, "year": year, "years": years})
