"""The journal of an organisation."""

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from rebond.core.access import requires
from rebond.core.exports import wanted_export
from rebond.core.forms import count_chosen
from rebond.core.web import page
from rebond.journal.queries.entries import EntryFilter, find_entries, page_before
from rebond.journal.sentences import sentence
from rebond.journal.web.exports import ENTRIES
from rebond.journal.web.forms import EntryFilterForm


@requires("journal.entry.list")
@require_safe
def entry_list(request: HttpRequest) -> HttpResponseBase:
    access = request.access  # type: ignore[attr-defined]
    form = EntryFilterForm(request.GET)
    form.is_valid()
    given = form.cleaned_data
    sees_all = access.can("journal.entry.list_all")
    asked = EntryFilter(
        words=given.get("q", ""),
        room=given.get("sujet", ""),
        since=given.get("du"),
        until=given.get("au"),
        organisation=given.get("structure", "") if sees_all else "",
    )
    rows = find_entries(access, asked)
    if (download := wanted_export(request, rows, ENTRIES, "journal")) is not None:
        return download
    entries, next_key = page_before(rows, given.get("avant"))
    context = {
        "form": form,
        "chosen": count_chosen(form, but=("q", "avant")),
        "lines": [(entry, sentence(entry)) for entry in entries],
        "next_key": next_key,
        "is_first": not given.get("avant"),
        "sees_all": sees_all,
    }
    return page(request, "journal/entry_list.html", context, partial="results")
