"""What a person says is wrong, at the desk of their counsellor."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from rebond.core.access import requires
from rebond.core.forms import bind_errors
from rebond.core.web import page
from rebond.people.actions.correction import answer_correction
from rebond.people.actions.reading import read_person
from rebond.people.errors import PeopleError
from rebond.people.models import Correction
from rebond.people.web.forms import AnswerForm
from rebond.people.web.views.desk_file import CHANGE, load


@requires(CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def correction(request: HttpRequest, person_id: str, correction_id: str) -> HttpResponse:
    """Read it, change the file, then answer."""
    person = load(request, person_id)
    rows = Correction.objects.filter(person=person).select_related("person__organisation")
    found: Correction = get_object_or_404(rows, public_id=correction_id)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        done = bind_errors(form, lambda: answer_correction(correction=found, by=request.user, **said), PeopleError)
        if done is not None:
            messages.success(request, _("Your answer is written. The person reads it."))
            return redirect("people-desk:person-detail", person.public_id)
    read_person(person=person, by=request.user, is_whole=True)
    context = {"form": form, "person": person, "correction": found}
    return page(request, "people/desk/correction.html", context, status=422 if form.errors else 200)
