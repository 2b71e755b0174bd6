"""News of people who left, at the desk: the list by urgency, one call with its script, its proofs, its link."""

import datetime
import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rebond.core.access import requires
from rebond.core.exports import wanted_export
from rebond.core.forms import bind_errors
from rebond.core.once import made_once
from rebond.core.web import act_of, page, private_file
from rebond.insertion.actions.news import answer_news
from rebond.insertion.actions.news_link import make_news_link, may_be_written
from rebond.insertion.errors import InsertionError
from rebond.insertion.models import FollowUp, FollowUpAnswer
from rebond.insertion.news_dates import AGAIN_DAYS, IMMEDIATE, immediate_window
from rebond.insertion.queries.news import news_of, urgency_of, waiting_news
from rebond.insertion.web.exports import NEWS
from rebond.insertion.web.loading import load_person
from rebond.insertion.web.news_forms import NewsForm
from rebond.journal.actions.files import open_file
from rebond.journal.errors import FileRefusedError
from rebond.journal.models import StoredFile
from rebond.people.actions.reading import read_list, read_person
from rebond.people.models import Person

VIEW, CHANGE = "insertion.exit.view", "insertion.exit.change"
PER_PAGE = 50


@requires(VIEW)
@require_safe
@never_cache
def news_list(request: HttpRequest) -> HttpResponseBase:
    """The longest due first; the list is one entry of the journal, and so is a download."""
    organisation, is_mine = request.access.organisation, request.GET.get("qui") != "tous"  # type: ignore[attr-defined]
    rows = waiting_news(organisation, counsellor=request.user if is_mine else None)
    if "export" in request.GET:
        read_list(organisation=organisation, number=rows.count(), by=request.user)
    if (download := wanted_export(request, rows, NEWS, _("news"))) is not None:
        return download
    found, today = list(rows[: PER_PAGE + 1]), timezone.localdate()
    shown = [(one, urgency_of(one, today)) for one in found[:PER_PAGE]]
    read_list(organisation=organisation, number=len(shown), by=request.user)
    context = {"rows": shown, "is_mine": is_mine, "has_more": len(found) > PER_PAGE, "shown": PER_PAGE}
    return page(request, "insertion/news_list.html", context)


def _load(request: HttpRequest, person_id: str, news_id: str) -> tuple[Person, FollowUp]:
    person = load_person(request, person_id)
    rows = FollowUp.objects.filter(exit__person=person, exit__cancelled_at=None)
    related = "exit__person__organisation", "exit__person__user", "exit__person__counsellor", "exit__reason"
    found: FollowUp = get_object_or_404(rows.select_related(*related), public_id=news_id)
    return person, found


def _page(
    request: HttpRequest, person: Person, found: FollowUp, form: NewsForm, *, url: str = "", refused: str = ""
) -> HttpResponse:
    """`url` is a link that was just made. The page is a reading of the file."""
    read_person(person=person, by=request.user, is_whole=True)
    asked = next(one for one in news_of([found.exit])[found.exit_id] if one.follow_up.pk == found.pk)
    context: dict[str, Any] = {
        "person": person,
        "follow_up": found,
        "asked": asked,
        "answers": found.answers.order_by("-pk"),
        "form": form,
        "can_change": request.access.can(CHANGE),  # type: ignore[attr-defined]
        "may_write": may_be_written(person),
        "url": url,
        "refused": refused,
        "operation": request.POST.get("operation") or uuid.uuid4(),
    }
    return page(request, "insertion/news.html", context, status=422 if form.errors or refused else 200)


def _form(found: FollowUp, data: Any = None, files: Any = None) -> NewsForm:
    """Today is proposed where the ESF+ takes it: a late call asks of another day, which nobody may guess."""
    today = timezone.localdate()
    again = today + datetime.timedelta(days=AGAIN_DAYS)
    is_told = found.moment not in IMMEDIATE or today in immediate_window(found.exit.left_on)
    initial = {"described_on": today if is_told else None, "again_on": again, "how": "phone"}
    return NewsForm(data, files, follow_up=found, initial=initial)


@requires(VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def news_detail(request: HttpRequest, person_id: str, news_id: str) -> HttpResponse:
    person, found = _load(request, person_id, news_id)
    if request.method != "POST":
        return _page(request, person, found, _form(found))
    if not request.access.can(CHANGE):  # type: ignore[attr-defined]
        raise Http404
    form = _form(found, request.POST, request.FILES)

    def note() -> FollowUpAnswer:
        proof = form.cleaned_data["proof"]
        make = lambda: answer_news(follow_up=found, said=form.said, proof=proof, by=request.user)  # noqa: E731 -- once
        return made_once(FollowUpAnswer, act_of(request), make)

    if form.is_valid() and (made := bind_errors(form, note, (InsertionError, FileRefusedError))) is not None:
        asked = next(one for one in news_of([found.exit])[found.exit_id] if one.follow_up.pk == made.follow_up_id)
        messages.success(request, _("It is noted."))
        if asked.is_outside:
            messages.warning(request, _("This day is out of the four weeks: the ESF+ does not take it upon leaving."))
        return redirect("insertion-desk:exit", person.public_id)
    return _page(request, person, found, form)


@requires(CHANGE)
@require_POST
@never_cache
def news_link(request: HttpRequest, person_id: str, news_id: str) -> HttpResponse:
    """By mail to the person's account, or shown once, for the counsellor's own telephone."""
    person, found = _load(request, person_id, news_id)
    is_mailed = request.POST.get("by") == "mail"
    try:
        url = make_news_link(follow_up=found, is_mailed=is_mailed, by=request.user)
    except InsertionError as refusal:
        return _page(request, person, found, _form(found), refused=str(refusal))
    if is_mailed:
        messages.success(request, _("The mail leaves. The link works for three weeks."))
        return redirect("insertion-desk:news", person.public_id, found.public_id)
    return _page(request, person, found, _form(found), url=url)


@requires(VIEW)
@require_safe
@never_cache
def news_proof(request: HttpRequest, person_id: str, news_id: str, proof_id: str) -> HttpResponseBase:
    """The proof itself; each reading is in the journal."""
    person, found = _load(request, person_id, news_id)
    answer = get_object_or_404(FollowUpAnswer.objects.exclude(proof_id=""), follow_up=found, proof_id=proof_id)
    stored = get_object_or_404(StoredFile, public_id=answer.proof_id)
    file = open_file(stored=stored, by=request.user, organisation=person.organisation)
    return private_file(file, name=stored.name, content_type=stored.content_type)
