"""Outgoing mail: what left, what waits, what came back."""

from collections.abc import Collection
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.csp import CSP
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_POST, require_safe

from rebond.core.access import requires
from rebond.core.exports import wanted_export
from rebond.core.web import page
from rebond.journal.actions.mail import resend_mail, trust_address
from rebond.journal.errors import MailNotWaitingError
from rebond.journal.models import MailState, OutgoingMail, SuppressedAddress
from rebond.journal.perms import visible_mail
from rebond.journal.queries.mail import count_by_state, find_mail, page_before
from rebond.journal.sentences import mail_words
from rebond.journal.web.exports import MAIL
from rebond.journal.web.forms import MailFilterForm

# The preview runs nothing and loads nothing but its own style; only our own pages may frame it.
PREVIEW_CSP: dict[str, Collection[str] | str] = {
    "default-src": ["'none'"],
    "img-src": [CSP.SELF, "data:"],
    "style-src": [CSP.UNSAFE_INLINE],
    "frame-ancestors": [CSP.SELF],
    "sandbox": "",
}


def _mail(request: HttpRequest, public_id: str) -> OutgoingMail:
    rows = OutgoingMail.objects.filter(visible_mail(request.access))  # type: ignore[attr-defined]
    return get_object_or_404(rows, public_id=public_id)


@requires("journal.mail.list")
@require_safe
def mail_list(request: HttpRequest) -> HttpResponseBase:
    access: Any = request.access  # type: ignore[attr-defined]
    form = MailFilterForm(request.GET)
    form.is_valid()
    state, words = form.cleaned_data.get("etat", ""), form.cleaned_data.get("q", "")
    rows = find_mail(access, state=state, words=words)
    if (download := wanted_export(request, rows, MAIL, _("mail"))) is not None:
        return download
    mails, next_key = page_before(rows, form.cleaned_data.get("avant", ""))
    counts = count_by_state(access)
    context = {
        "form": form,
        "mails": mails,
        "next_key": next_key,
        "is_first": not form.cleaned_data.get("avant"),
        "state": state,
        "tabs": [(value, label, counts.get(value, 0)) for value, label in MailState.choices],
    }
    return page(request, "journal/mail_list.html", context, partial="results")


@requires("journal.mail.list")
@require_safe
def mail_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    mail = _mail(request, public_id)
    context = {
        "mail": mail,
        "words": mail_words(mail.kind),
        "held": SuppressedAddress.objects.filter(email=mail.to.lower()).first(),
        "may_resend": mail.state == MailState.FAILED and request.access.can("journal.mail.resend"),  # type: ignore[attr-defined]
        "may_trust": request.access.can("journal.mail.list_all"),  # type: ignore[attr-defined]
    }
    return page(request, "journal/mail_detail.html", context)


@requires("journal.mail.list")
@require_safe
@xframe_options_sameorigin
@csp_override(PREVIEW_CSP)
def mail_preview(request: HttpRequest, public_id: str) -> HttpResponse:
    mail = _mail(request, public_id)
    if mail.is_secret or not mail.html:
        raise Http404
    return HttpResponse(mail.html, headers={"Cache-Control": "no-store"})


@requires("journal.mail.resend")
@require_POST
def mail_resend(request: HttpRequest, public_id: str) -> HttpResponse:
    mail = _mail(request, public_id)
    try:
        resend_mail(mail=mail, by=request.user, organisation=request.access.organisation)  # type: ignore[attr-defined]
        messages.success(request, _("The mail is back in the queue."))
    except MailNotWaitingError:
        messages.error(request, _("This mail cannot be sent again."))
    return redirect("journal:mail-detail", public_id)


@requires("journal.mail.list_all")
@require_POST
def address_trust(request: HttpRequest, public_id: str) -> HttpResponse:
    address = get_object_or_404(SuppressedAddress, email=_mail(request, public_id).to.lower())
    trust_address(address=address, by=request.user, organisation=request.access.organisation)  # type: ignore[attr-defined]
    messages.success(request, _("This address will be written to again."))
    return redirect("journal:mail-detail", public_id)
