"""General terms: read by everybody, version by version; written and published at the desk."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rebond.core.access import public, requires
from rebond.core.pagecache import cached_page
from rebond.core.seo import Seo
from rebond.core.web import page
from rebond.network.models import Organisation
from rebond.shop.actions.terms import publish_terms, save_terms_draft
from rebond.shop.errors import TermsChangedError, TermsSameError
from rebond.shop.models import TermsDraft, TermsVersion
from rebond.shop.queries import terms as queries
from rebond.shop.web.terms_forms import PublishForm, TermsForm

VIEW, CHANGE = "shop.terms.view", "shop.terms.change"
SHOWN = 50


@public
@require_safe
@cached_page
def terms(request: HttpRequest, public_id: str) -> HttpResponse:
    """One version, for ever at the same address: orders lead to it."""
    found = get_object_or_404(TermsVersion.objects.select_related("organisation"), public_id=public_id)
    return page(request, "shop/terms.html", _shown(request, found) | {"blocks": queries.blocks_of(found.text)})


@public
@require_safe
@cached_page
def terms_changes(request: HttpRequest, public_id: str) -> HttpResponse:
    """What this version changed in the one before."""
    found = get_object_or_404(TermsVersion.objects.select_related("organisation"), public_id=public_id)
    before = TermsVersion.objects.filter(organisation=found.organisation, number=found.number - 1).first()
    if before is None:
        raise Http404
    more = {"blocks": queries.differences(before.text, found.text), "is_changes": True}
    return page(request, "shop/terms.html", _shown(request, found) | more)


def _shown(request: HttpRequest, found: TermsVersion) -> dict[str, Any]:
    organisation = found.organisation
    versions = list(queries.versions_of(organisation)[:SHOWN])
    title = _("Terms of sale of %(name)s") % {"name": organisation.name}
    crumbs = [(_("Our sellers"), "/vendeurs/"), (organisation.name, reverse("shop:seller", args=[organisation.slug]))]
    return {
        "found": found,
        "organisation": organisation,
        "versions": versions,
        "is_current": versions[0].pk == found.pk,
        "current_path": queries.terms_path(versions[0]),
        "is_changes": False,
        "crumbs": [*(crumbs if organisation.is_selling else []), (title, "")],
        "seo": Seo(title=title, path=request.path, robots="" if versions[0].pk == found.pk else "noindex"),
    }


def _load(request: HttpRequest, public_id: str | None) -> Organisation:
    """The organisation acted for, or one whose terms it writes by agreement; 404 for any other."""
    own: Organisation | None = request.access.organisation  # type: ignore[attr-defined]
    if own is None:
        raise Http404
    if public_id is None or public_id == own.public_id:
        return own
    if not request.access.can("shop.terms.entrusted"):  # type: ignore[attr-defined]
        raise Http404
    found: Organisation = get_object_or_404(queries.writes_for(own), public_id=public_id)
    return found


@requires(VIEW)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def terms_desk(request: HttpRequest, public_id: str | None = None) -> HttpResponse:
    """The version in force, what is being written, and what it changes."""
    organisation = _load(request, public_id)
    may_change = request.access.can(CHANGE)  # type: ignore[attr-defined]
    form = TermsForm(request.POST if request.method == "POST" else None, initial=_initial(request, organisation))
    if request.method == "POST" and not may_change:
        return HttpResponse(status=403)
    if request.method == "POST" and form.is_valid():
        try:
            save_terms_draft(organisation=organisation, by=request.user, **form.cleaned_data)
        except TermsChangedError:
            form.add_error(
                None, _("Somebody else wrote these terms meanwhile. Copy your text, then open the page again.")
            )
        else:
            messages.success(request, _("The draft is kept. Nobody sees it before you publish it."))
            return HttpResponseRedirect(request.path)
    context = _desk(request, organisation) | {"form": form, "may_change": may_change}
    return page(request, "shop/terms_desk.html", context, status=422 if form.errors else 200)


def _initial(request: HttpRequest, organisation: Organisation) -> dict[str, Any]:
    draft = TermsDraft.objects.filter(organisation=organisation).first()
    if draft is not None:
        return {"text": draft.text, "version": draft.version}
    last = TermsVersion.objects.filter(organisation=organisation).order_by("-number").first()
    text = last.text if last is not None else ""
    return {"text": queries.model_text(organisation) if "modele" in request.GET else text, "version": 0}


def _desk(request: HttpRequest, organisation: Organisation) -> dict[str, Any]:
    own = request.access.organisation  # type: ignore[attr-defined]
    draft = TermsDraft.objects.filter(organisation=organisation).first()
    versions = list(queries.versions_of(organisation)[:SHOWN])
    current = TermsVersion.objects.get(pk=versions[0].pk) if versions else None
    number = request.GET.get("page", "1")[:6]
    others = queries.writes_for(own) if request.access.can("shop.terms.entrusted") else Organisation.objects.none()  # type: ignore[attr-defined]
    return {
        "organisation": organisation,
        "is_own": organisation.pk == own.pk,
        "draft": draft,
        "current": current,
        "versions": versions,
        "changes": queries.differences(current.text if current else "", draft.text) if draft else [],
        "publish_form": PublishForm(initial={"version": draft.version}) if draft else None,
        "page": Paginator(others, SHOWN).get_page(int(number) if number.isdecimal() else 1),
    }


@requires(CHANGE)
@require_POST
def terms_publish(request: HttpRequest, public_id: str) -> HttpResponse:
    """From now on buyers accept this version; orders that accepted another keep theirs."""
    organisation = _load(request, public_id)
    form = PublishForm(request.POST)
    if form.is_valid():
        try:
            done = publish_terms(organisation=organisation, by=request.user, **form.cleaned_data)
        except TermsChangedError:
            messages.error(request, _("The draft was changed or published meanwhile. Nothing more was published."))
        except TermsSameError:
            messages.error(request, _("The draft says what the version in force says: there is nothing to publish."))
        else:
            messages.success(
                request, _("Version %(n)s is published: buyers accept it from now on.") % {"n": done.number}
            )
    else:
        messages.error(request, _("This could not be read. Nothing was published."))
    return HttpResponseRedirect(reverse("shop:terms-desk-of", args=[organisation.public_id]))
