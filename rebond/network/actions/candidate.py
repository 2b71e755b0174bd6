"""The organisation of an application: a new one, or one of the network, which only its managers may tie to it.

Anybody knows a SIREN. Where it is that of an organisation of the network, nothing is tied to it, and its state
does not move, before one of its managers has agreed (`actions/claim.py`).
"""

from typing import Any

from django.conf import settings
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext as _

from rebond.core.locks import lock_row
from rebond.journal.actions.mail import queue_mail
from rebond.journal.actions.record import record
from rebond.network.actions.organisation import free_slug
from rebond.network.actions.seller import move_seller
from rebond.network.enums import SellerState
from rebond.network.errors import NetworkError
from rebond.network.models import Admission, Organisation, TraderFile
from rebond.network.queries.admissions import managers_of

FREE = frozenset({SellerState.NONE, SellerState.ENDED})


def check_free(organisation: Organisation) -> None:
    """Raise NetworkError where it sells or applies already."""
    if organisation.seller_state not in FREE:
        raise NetworkError(_("An organisation with this SIREN sells here, or is applying already."))


def place_candidate(admission: Admission, *, by: Any = None) -> None:
    """Give the application its organisation: a new one, or the one that the same address made with an earlier
    application. Where the SIREN is somebody else's in the network, claim it and ask its managers.

    In the caller's transaction. Raise NetworkError where the organisation sells or applies already.
    """
    found = Organisation.objects.filter(siren=admission.answers["siren"]).exclude(siren="").first()
    if found is None:
        tie_candidate(admission, _new_organisation(admission), by=by)
        return
    found = lock_row(found)
    check_free(found)
    if _is_of_applicant(found, admission):
        tie_candidate(admission, found, by=by)
        return
    is_told = admission.claimed_id == found.pk
    Admission.objects.filter(pk=admission.pk).update(claimed=found)
    admission.refresh_from_db()
    if not is_told:
        record("network.admission.claimed", subject=admission, by=by, organisation=found)
        _ask_managers(admission, found)


def _new_organisation(admission: Admission) -> Organisation:
    answers = admission.answers
    return Organisation.objects.create(
        kind=answers["kind"],
        name=admission.name,
        slug=free_slug(admission.name),
        siren=answers["siren"],
        email=admission.email,
        phone=answers.get("phone", ""),
        website=answers.get("website", ""),
        story=answers.get("story", ""),
    )


def _is_of_applicant(organisation: Organisation, admission: Admission) -> bool:
    """Whether nobody ever acted for the organisation, and it came with an earlier application of this address."""
    if organisation.memberships.exists() or organisation.invitations.exists():
        return False
    senders = organisation.admissions.annotate(sender=Lower("email")).values_list("sender", flat=True)
    return set(senders) == {admission.email.lower()}


def tie_candidate(admission: Admission, organisation: Organisation, *, by: Any) -> None:
    """The application and its trader file are the organisation's, which becomes a candidate."""
    claimed = organisation if admission.claimed_id == organisation.pk else None
    Admission.objects.filter(pk=admission.pk).update(organisation=organisation, claimed=claimed)
    TraderFile.objects.filter(admission=admission).update(organisation=organisation)
    admission.refresh_from_db()
    move_seller(organisation, "apply", by=by)


def _ask_managers(admission: Admission, organisation: Organisation) -> None:
    for manager in managers_of(organisation):
        if manager.email:
            queue_mail(
                kind="network.admission.claim",
                to=manager.email,
                subject=_("An application to sell in the name of %(name)s") % {"name": organisation.name},
                template="network/mail/admission_claim",
                context={
                    "admission": admission,
                    "organisation": organisation,
                    "url": settings.SITE_URL + reverse("network:organisation-detail", args=[organisation.public_id]),
                },
                organisation=organisation,
                key=f"claim-{admission.public_id}-{organisation.public_id}-{manager.public_id}",
            )
