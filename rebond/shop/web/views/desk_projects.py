"""The operator's projects that buyers round up for: what each received, and its payout by the books."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from rebond.core.access import requires
from rebond.core.exports import Column, wanted_export
from rebond.core.once import made_once
from rebond.core.paging import key_in, page_before
from rebond.core.web import act_of, page
from rebond.ledger.actions.payout import ask_payout
from rebond.ledger.queries.gifts import gift_due
from rebond.ledger.queries.payouts import held_words
from rebond.shop.actions.project import change_project, create_project
from rebond.shop.errors import ProjectInvalidError
from rebond.shop.models import SolidarityProject
from rebond.shop.queries.projects import gifts_of, projects_with_gifts, receiver_of
from rebond.shop.web.acting import act_and_say
from rebond.shop.web.solidarity_forms import NewProjectForm, ProjectForm

VIEW, CHANGE, PAY = "shop.project.view", "shop.project.change", "ledger.payout.ask"
PER_PAGE = 50
COLUMNS = [
    Column(gettext_lazy("Name"), "name"),
    Column(gettext_lazy("In one sentence"), "sentence"),
    Column(gettext_lazy("Who receives the money"), "receiver.name"),
    Column(gettext_lazy("First day"), "opens_on", "date"),
    Column(gettext_lazy("Last day"), "closes_on", "date"),
    Column(pgettext_lazy("project", "Gifts"), "number"),
    Column(pgettext_lazy("project", "Received"), "cents", "cents"),
]


@requires(VIEW)
@never_cache
@require_safe
def project_list(request: HttpRequest) -> HttpResponseBase:
    if (download := wanted_export(request, projects_with_gifts(), COLUMNS, _("projects"))) is not None:
        return download
    return _list(request, NewProjectForm())


def _list(request: HttpRequest, form: NewProjectForm) -> HttpResponse:
    before = request.GET.get("avant", "")
    found, next_key = page_before(projects_with_gifts(), key_in(before), PER_PAGE)
    context = {
        "projects": found,
        "next_key": next_key,
        "is_first": not before,
        "today": timezone.localdate(),
        "form": form if request.access.can(CHANGE) else None,  # type: ignore[attr-defined]
    }
    return page(request, "shop/project_list.html", context, status=422 if form.errors else 200)


@requires(CHANGE)
@require_POST
def project_create(request: HttpRequest) -> HttpResponse:
    form = NewProjectForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            project = made_once(SolidarityProject, act_of(request), lambda: create_project(by=request.user, **data))
        except ProjectInvalidError:
            form.add_error("receiver", _("The operator of the site cannot receive the gifts itself."))
        else:
            messages.success(request, _("“%(name)s” is proposed to buyers.") % {"name": project.name})
            return HttpResponseRedirect(reverse("shop:project-list"))
    return _list(request, form)


@requires(VIEW)
@never_cache
@require_safe
def project_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    project = _load(public_id)
    names = ("name", "sentence", "opens_on", "closes_on")
    return _detail(request, project, ProjectForm(initial={name: getattr(project, name) for name in names}))


def _detail(request: HttpRequest, project: SolidarityProject, form: ProjectForm) -> HttpResponse:
    access: Any = request.access  # type: ignore[attr-defined]
    cents, number = gifts_of(project)
    receiver = receiver_of(project)
    due = gift_due(receiver.account, timezone.localdate()) if receiver.account is not None else None
    context = {
        "project": project,
        "form": form if access.can(CHANGE) else None,
        "cents": cents,
        "number": number,
        "receiver": receiver,
        "due": due,
        "held": held_words(due.held) if due is not None else [],
        "may_pay": due is not None and due.is_ready(timezone.localdate()) and access.can(PAY),
    }
    return page(request, "shop/project_detail.html", context, status=422 if form.errors else 200)


@requires(CHANGE)
@require_POST
def project_change(request: HttpRequest, public_id: str) -> HttpResponse:
    project, form = _load(public_id), ProjectForm(request.POST)
    if not form.is_valid():
        return _detail(request, project, form)
    change_project(project=project, by=request.user, **form.cleaned_data)
    messages.success(request, _("The project is changed."))
    return HttpResponseRedirect(reverse("shop:project-detail", args=[project.public_id]))


@requires(PAY)
@require_POST
def project_pay(request: HttpRequest, public_id: str) -> HttpResponse:
    """Prepare the payout of what may be paid to its receiver, for all its projects; another person may grant it."""
    project = _load(public_id)
    account, organisation = receiver_of(project).account, request.access.organisation  # type: ignore[attr-defined]
    if account is None or account.operator_id != organisation.pk:
        messages.error(request, _("Nothing was given yet, or its books are kept elsewhere."))
    else:
        said = _("The payout is prepared. From a certain amount on, somebody else grants it.")
        act_and_say(request, lambda: ask_payout(account=account, by=request.user), said, {})
    return HttpResponseRedirect(reverse("shop:project-detail", args=[project.public_id]))


def _load(public_id: str) -> SolidarityProject:
    rows = SolidarityProject.objects.select_related("receiver")
    found: SolidarityProject = get_object_or_404(rows, public_id=public_id)
    return found
