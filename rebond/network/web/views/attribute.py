"""Dated attributes of an organisation: add, end, prove, verify."""

from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rebond.core.access import requires
from rebond.core.forms import bind_errors
from rebond.core.once import made_once
from rebond.core.web import act_of, page
from rebond.journal.actions.files import open_file, store_file
from rebond.journal.errors import FileRefusedError
from rebond.journal.models import StoredFile
from rebond.network.actions.attribute import add_attribute, attach_proof, end_attribute, verify_attribute
from rebond.network.errors import NetworkError
from rebond.network.models import Organisation, OrganisationAttribute
from rebond.network.web.forms import AttributeForm, EndForm, ProofForm
from rebond.network.web.loading import load_organisation

CHANGE = "network.organisation.change"


def _load(request: HttpRequest, public_id: str, pk: int, permission: str) -> OrganisationAttribute:
    organisation = load_organisation(request, public_id, permission)
    return get_object_or_404(organisation.attributes.select_related("organisation"), pk=pk)


def _add(request: HttpRequest, organisation: Organisation, form: AttributeForm) -> OrganisationAttribute:
    names = ("kind", "value", "valid_from", "valid_to", "note")
    fields = {name: form.cleaned_data[name] for name in names}

    def add() -> OrganisationAttribute:
        made = add_attribute(organisation=organisation, by=request.user, **fields)
        if form.cleaned_data["proof"]:
            _prove(request, made, form.cleaned_data["proof"])
        return made

    return made_once(OrganisationAttribute, act_of(request), add)  # the attribute and its proof, or neither


def _prove(request: HttpRequest, attribute: OrganisationAttribute, upload: "object") -> None:
    stored = store_file(
        upload=upload,  # type: ignore[arg-type]
        organisation=attribute.organisation,
        permission="network.organisation.view",
        by=request.user,
        subject=attribute.organisation,
    )
    attach_proof(attribute=attribute, stored=stored, by=request.user)


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def attribute_add(request: HttpRequest, public_id: str) -> HttpResponse:
    organisation = load_organisation(request, public_id, CHANGE)
    form = AttributeForm(request.POST or None, request.FILES or None, initial={"valid_from": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        errors = (NetworkError, FileRefusedError)
        if bind_errors(form, lambda: _add(request, organisation, form), errors):
            messages.success(request, _("Added. A coordinator verifies the proof."))
            return redirect("network:organisation-detail", organisation.public_id)
    context = {"form": form, "organisation": organisation}
    return page(request, "network/attribute_form.html", context, status=422 if form.is_bound else 200)


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def attribute_end(request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
    attribute = _load(request, public_id, pk, CHANGE)
    form = EndForm(request.POST or None, initial={"valid_to": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        on = form.cleaned_data["valid_to"]
        if bind_errors(form, lambda: end_attribute(attribute=attribute, on=on, by=request.user), NetworkError):
            messages.success(request, _("The end is noted; the history stays."))
            return redirect("network:organisation-detail", attribute.organisation.public_id)
    context = {"form": form, "attribute": attribute, "organisation": attribute.organisation, "verb": "end"}
    return page(request, "network/attribute_act.html", context, status=422 if form.is_bound else 200)


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def attribute_prove(request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
    attribute = _load(request, public_id, pk, CHANGE)
    form = ProofForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                _prove(request, attribute, form.cleaned_data["proof"])
        except FileRefusedError as refused:
            form.add_error("proof", str(refused))
        else:
            messages.success(request, _("The proof is kept. A coordinator verifies it."))
            return redirect("network:organisation-detail", attribute.organisation.public_id)
    context = {"form": form, "attribute": attribute, "organisation": attribute.organisation, "verb": "prove"}
    return page(request, "network/attribute_act.html", context, status=422 if form.is_bound else 200)


@requires("network.attribute.verify")
@require_POST
def attribute_verify(request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
    attribute = _load(request, public_id, pk, "network.attribute.verify")
    try:
        verify_attribute(attribute=attribute, by=request.user)
        messages.success(request, _("Verified."))
    except NetworkError as refused:
        messages.error(request, str(refused))
    return redirect("network:organisation-detail", attribute.organisation.public_id)


@requires("network.organisation.view")
@require_GET
def attribute_file(request: HttpRequest, public_id: str, pk: int) -> FileResponse:
    """The proof itself; each reading is in the journal."""
    attribute = _load(request, public_id, pk, "network.organisation.view")
    if not attribute.proof_id:
        raise Http404
    stored = get_object_or_404(StoredFile, public_id=attribute.proof_id)
    handle = open_file(stored=stored, by=request.user, organisation=attribute.organisation)
    return FileResponse(handle, as_attachment=True, filename=stored.name, content_type=stored.content_type)
