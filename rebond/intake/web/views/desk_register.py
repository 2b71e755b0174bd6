"""The register of objects at the desk: its lines, one line, its proof, its paper. Identities: desk_donor."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from rebond.catalogue.models import Item
from rebond.core.access import requires
from rebond.core.exports import wanted_export
from rebond.core.forms import bind_errors
from rebond.core.pdf import render_pdf
from rebond.core.web import page
from rebond.intake.actions.register_keep import note_export, set_group_limit, switch_register
from rebond.intake.actions.register_lines import correct_entry
from rebond.intake.data.register import group_limit_cents, retention_years
from rebond.intake.enums import EntryKind
from rebond.intake.errors import IntakeError
from rebond.intake.models import Register, RegisterEntry
from rebond.intake.queries.register import entries_of, group_limit_of, last_hash, register_of, story_of
from rebond.intake.queries.register_check import check_register
from rebond.intake.web.exports import REGISTER, paper_rows, with_identities
from rebond.intake.web.register_forms import CorrectionForm, LimitForm, RegisterFilter, SwitchForm
from rebond.network.errors import StaleError

VIEW, CHANGE, SWITCH = "intake.register.view", "intake.register.change", "intake.register.switch"
WHO = "intake.donor.view"
PER_PAGE = 50
MOST_ON_PAPER = 2_000
MOST_AT_ONCE = 10_000  # lines that the page reads while one waits; the job of each night and the command read all
CORRECTABLE = frozenset({EntryKind.LOT, EntryKind.OBJECT, EntryKind.PRECISION, EntryKind.CORRECTION})


def load_entry(request: HttpRequest, line: int) -> RegisterEntry:
    """A line of the organisation acted for; raise Http404."""
    organisation = request.access.organisation  # type: ignore[attr-defined]
    rows = RegisterEntry.objects.visible_to(request.user).filter(organisation=organisation)
    found: RegisterEntry = get_object_or_404(rows.select_related("organisation", "site", "donor"), number=line)
    return found


@requires(VIEW)
@require_GET
def entry_list(request: HttpRequest) -> HttpResponseBase:
    """Newest first, read backwards by number (`avant`)."""
    access = request.access  # type: ignore[attr-defined]
    form = RegisterFilter(request.GET)
    rows = entries_of(access.organisation, **form.asked())
    if (download := _download(request, rows)) is not None:
        return download
    before = request.GET.get("avant", "")
    if before.isdecimal() and len(before) < 18:
        rows = rows.filter(number__lt=int(before))
    shown = list(rows[: PER_PAGE + 1])
    register = register_of(access.organisation)
    context = {
        "form": form,
        "chosen": sum(bool(value) for value in form.asked().values()),
        "entries": shown[:PER_PAGE],
        "is_first": not before,
        "next_key": shown[PER_PAGE - 1].number if len(shown) > PER_PAGE else None,
        "register": register,
        "is_kept": access.organisation.is_register_kept,
        "may_switch": access.can(SWITCH),
        "sees_who": access.can(WHO),
    }
    return page(request, "intake/desk/register_list.html", context, partial="results")


def _download(request: HttpRequest, rows: Any) -> HttpResponseBase | None:
    """The list as it is filtered; with `avec=identites`, who brought what, for who holds the right: it is noted."""
    wants_who = request.GET.get("avec") == "identites" and request.GET.get("export") in {"csv", "xlsx"}
    if not wants_who:
        return wanted_export(request, rows, REGISTER, _("register"))
    access = request.access  # type: ignore[attr-defined]
    register = register_of(access.organisation)
    if not access.can(WHO) or register is None:
        raise Http404
    note_export(organisation=access.organisation, by=request.user, rows=rows.count(), register=register)
    named = rows.select_related("site", "donor")
    return wanted_export(request, named, with_identities(), _("register-with-identities"))


@requires(VIEW)
@require_GET
def entry_detail(request: HttpRequest, line: int) -> HttpResponse:
    """One line, and those that say it better or that it says better."""
    entry = load_entry(request, line)
    access = request.access  # type: ignore[attr-defined]
    story = story_of(entry)
    item = Item.objects.filter(code=entry.code, seller=access.organisation).first() if entry.code else None
    context = {
        "entry": entry,
        "story": story,
        "item": item,
        "newer": next((line for line in story if line.refers_to == entry.number), None),
        "may_correct": access.can(CHANGE) and entry.kind in CORRECTABLE,
        "sees_who": access.can(WHO) and bool(entry.commitment),
        "years": retention_years(),
    }
    return page(request, "intake/desk/register_detail.html", context)


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def entry_correct(request: HttpRequest, line: int) -> HttpResponse:
    """A newer line that says it right."""
    entry = load_entry(request, line)
    if entry.kind not in CORRECTABLE:
        raise Http404
    names = ("nature", "description", "serials", "quantity", "weight_g", "value_cents")
    form = CorrectionForm(request.POST or None, initial={name: getattr(entry, name) for name in names})
    if form.is_bound and form.is_valid():
        made = bind_errors(form, lambda: _corrected(request, entry, form), IntakeError)
        if made:
            messages.success(request, _("It is corrected: line %(number)s says it now.") % {"number": made.number})
            return redirect("intake-desk:register-detail", made.number)
    context = {"form": form, "entry": entry, "limit": group_limit_of(entry.organisation)}
    return page(request, "intake/desk/register_correct.html", context, status=422 if form.is_bound else 200)


def _corrected(request: HttpRequest, entry: RegisterEntry, form: CorrectionForm) -> RegisterEntry:
    return correct_entry(
        entry=entry,
        reason=form.cleaned_data["why"],
        changes=form.changes(),
        bringer=form.bringer() if form.cleaned_data["kind"] else None,
        by=request.user,
    )


@requires(SWITCH)
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """Open or close the register, with what that changes."""
    organisation = request.access.organisation  # type: ignore[attr-defined]
    form = SwitchForm(request.POST or None)
    if form.is_bound and form.is_valid():
        is_on = request.POST.get("do") == "open"
        try:
            switch_register(
                organisation=organisation, is_on=is_on, by=request.user, declaration=form.cleaned_data["declaration"]
            )
        except StaleError as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("The register is open.") if is_on else _("The register is closed."))
        return redirect("intake-desk:register-settings")
    context = {
        "form": form,
        "organisation": organisation,
        "register": register_of(organisation),
        "limit": group_limit_of(organisation),
        "years": retention_years(),
    }
    return page(request, "intake/desk/register_settings.html", context, status=422 if form.is_bound else 200)


@requires(SWITCH)
@require_http_methods(["GET", "POST"])
def limit_change(request: HttpRequest) -> HttpResponse:
    """The value under which things may share a line, with who said so."""
    organisation = request.access.organisation  # type: ignore[attr-defined]
    register = register_of(organisation)
    if register is None:
        return redirect("intake-desk:register-settings")
    known = {"limit_cents": group_limit_of(organisation), "source": register.group_limit_source}
    form = LimitForm(request.POST or None, initial=known)
    if form.is_bound and form.is_valid() and bind_errors(form, lambda: _limited(request, form), IntakeError):
        messages.success(request, _("The value is kept."))
        return redirect("intake-desk:register-settings")
    context = {"form": form, "register": register, "usual": group_limit_cents()}
    return page(request, "intake/desk/register_limit.html", context, status=422 if form.is_bound else 200)


def _limited(request: HttpRequest, form: LimitForm) -> Register:
    organisation = request.access.organisation  # type: ignore[attr-defined]
    data = form.cleaned_data
    return set_group_limit(
        organisation=organisation, limit_cents=data["limit_cents"], source=data["source"], by=request.user
    )


@requires(VIEW)
@never_cache
@require_GET
def check(request: HttpRequest) -> HttpResponse:
    """The newest lines and their identities read again, now: all of them with `tout=oui`.

    `numero` and `empreinte` ask whether a printed line is still there.
    """
    organisation = request.access.organisation  # type: ignore[attr-defined]
    register = register_of(organisation)
    if register is None:
        return redirect("intake-desk:register-list")
    number, seal = request.GET.get("numero", ""), request.GET.get("empreinte", "").strip().lower()
    anchor = (int(number), seal) if number.isdecimal() and len(number) < 18 and len(seal) == 64 else None
    register.organisation = organisation
    is_whole = request.GET.get("tout") == "oui" or anchor is not None
    start = 1 if is_whole else max(1, register.last_number - MOST_AT_ONCE + 1)
    context = {
        "report": check_register(register, anchor=anchor, start=start),
        "start": start,
        "anchor": anchor,
        "is_asked": bool(number or seal),
        "number": number,
        "seal": seal,
    }
    return page(request, "intake/desk/register_check.html", context)


@requires(WHO)
@never_cache
@require_GET
def paper(request: HttpRequest) -> HttpResponse:
    """The register on paper, identities with it, as a control asks for it; the chain's end is printed."""
    organisation = request.access.organisation  # type: ignore[attr-defined]
    register = register_of(organisation)
    if register is None:
        return redirect("intake-desk:register-list")
    form = RegisterFilter(request.GET)
    rows = entries_of(organisation, **form.asked()).order_by("number").select_related("site", "donor")
    if rows.count() > MOST_ON_PAPER:
        messages.warning(
            request, _("%(most)s lines at most on paper: choose a shorter period.") % {"most": MOST_ON_PAPER}
        )
        return redirect(f"{reverse('intake-desk:register-list')}?{request.GET.urlencode()}")
    lines = list(rows)
    note_export(organisation=organisation, by=request.user, rows=len(lines), register=register)
    data = paper_rows(organisation, lines, number=register.last_number, seal=last_hash(register), asked=form.asked())
    return HttpResponse(
        render_pdf("intake/register", data),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{_("register")}.pdf"', "Cache-Control": "no-store"},
    )
