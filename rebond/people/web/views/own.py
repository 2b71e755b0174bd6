"""My path: what a person finds of themselves, in easy words, and who read it."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rebond.core.access import signed_in
from rebond.core.forms import bind_errors
from rebond.core.once import made_once
from rebond.core.seo import Seo
from rebond.core.web import act_of, page
from rebond.people.actions.consent import give_consent, withdraw_consent
from rebond.people.actions.correction import ask_correction
from rebond.people.actions.need import drop_trusted, note_trusted
from rebond.people.enums import ConsentHow, ConsentKind
from rebond.people.errors import PeopleError
from rebond.people.models import Correction, Person
from rebond.people.queries.needs import known_of
from rebond.people.queries.own import files_of
from rebond.people.web.forms import CorrectionForm, TrustedForm
from rebond.people.web.views.desk_file import seen_of


@signed_in
@require_safe
@never_cache
def my_path(request: HttpRequest) -> HttpResponse:
    """One part for each organisation that follows the person."""
    people = Person.objects.of_user(request.user).select_related("organisation", "counsellor").order_by("-pk")[:10]
    seo = Seo(title=_("My path"), path=request.path, robots="noindex")
    return page(request, "people/own/path.html", {"files": files_of(list(people)), "seo": seo})


def _mine(request: HttpRequest, person_id: str) -> Person:
    mine = Person.objects.of_user(request.user).select_related("organisation")
    found: Person = get_object_or_404(mine, public_id=person_id)
    return found


@signed_in
@require_POST
@never_cache
def my_consent(request: HttpRequest, person_id: str, kind: str) -> HttpResponse:
    """The person agrees ("yes"), or does not agree any more; said twice it is said once."""
    person = _mine(request, person_id)
    if kind not in ConsentKind.values:
        raise Http404
    if request.POST.get("answer") == "yes":
        give_consent(person=person, kind=kind, how=ConsentHow.OWN, by=request.user)
        messages.success(request, _("You agree. You can change your mind on any day."))
    else:
        withdraw_consent(person=person, kind=kind, by=request.user)
        messages.success(request, _("You do not agree. It is noted from today."))
    return redirect(f"{reverse('my-path:path')}#accords-{person.public_id}")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def my_trusted(request: HttpRequest, person_id: str) -> HttpResponse:
    """Whom to call for me: one question, in the person's own space."""
    person = _mine(request, person_id)
    trusted = known_of([person])[person.pk].trusted
    form = TrustedForm(request.POST or None, trusted=trusted)
    if request.method == "POST" and form.is_valid():
        said, seen = form.whom, seen_of(request, person)
        if bind_errors(form, lambda: note_trusted(person=person, whom=said, seen=seen, by=request.user), PeopleError):
            messages.success(request, _("It is written. You can change it on any day."))
            return redirect(f"{reverse('my-path:path')}#confiance-{person.public_id}")
    context = {"form": form, "person": person, "trusted": trusted, "seen": seen_of(request, person)}
    context["seo"] = Seo(title=_("Whom to call for me"), path=request.path, robots="noindex")
    return page(request, "people/own/trusted.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
@never_cache
def my_trusted_drop(request: HttpRequest, person_id: str) -> HttpResponse:
    person = _mine(request, person_id)
    if drop_trusted(person=person, by=request.user):
        messages.success(request, _("Nobody is called any more."))
    return redirect(f"{reverse('my-path:path')}#confiance-{person.public_id}")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def my_correction(request: HttpRequest, person_id: str) -> HttpResponse:
    """Something is wrong: one question. The same form sent twice asks once."""
    person, form = _mine(request, person_id), CorrectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data["words"]

        def ask() -> Correction:
            return made_once(
                Correction, act_of(request), lambda: ask_correction(person=person, words=words, by=request.user)
            )

        if bind_errors(form, ask, PeopleError) is not None:
            messages.success(request, _("Your counsellor has one month to answer you here."))
            return redirect(f"{reverse('my-path:path')}#corrections-{person.public_id}")
    context = {"form": form, "person": person, "operation": request.POST.get("operation") or uuid.uuid4()}
    context["seo"] = Seo(title=_("Something is wrong"), path=request.path, robots="noindex")
    return page(request, "people/own/correction.html", context, status=422 if form.errors else 200)
