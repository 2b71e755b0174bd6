"""A candidate's application: written, sent, read, completed, withdrawn, appealed (rules.md A2)."""

import json
from collections.abc import Iterable
from datetime import datetime
from hashlib import blake2b
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.core.ids import repeated_id
from rebond.core.locks import lock_name, lock_row
from rebond.journal.actions.mail import queue_mail
from rebond.journal.actions.record import record, record_transition
from rebond.journal.queries.mail import mails_of_a_day
from rebond.network.actions.candidate import place_candidate
from rebond.network.actions.seller import move_seller
from rebond.network.enums import AdmissionState, SellerState
from rebond.network.errors import NetworkError, StaleError, WrongStateError
from rebond.network.models import Admission, AdmissionMessage, TraderFile
from rebond.network.models.admission import TRANSITIONS
from rebond.network.queries.criteria import criteria, grid

STRUCTURE = (
    "kind",
    "legal_form",
    "siren",
    "address",
    "postal_code",
    "commune",
    "city",
    "phone",
    "website",
    "contact_name",
)
STARTED_PER_DAY = 5
PROJECT = ("goods", "story", "weekly", "team")


def move_admission(admission: Admission, verb: str, *, by: Any, reason: str = "", **fields: Any) -> Admission:
    """The only writer of `state`: as TRANSITIONS allows, or WrongStateError; one transition row."""
    states, target = TRANSITIONS[verb]
    before = admission.state
    if not Admission.objects.filter(pk=admission.pk, state__in=states).update(state=target, **fields):
        raise WrongStateError
    admission.refresh_from_db()
    record_transition(
        subject=admission,
        verb=f"admission.{verb}",
        from_state=before,
        to_state=target,
        by=by,
        organisation=admission.organisation,
        reason=reason,
    )
    return admission


def follow_url(admission: Admission) -> str:
    """The applicant's own address, absolute."""
    return settings.SITE_URL + reverse("joining:apply", args=[admission.token])


def tell_applicant(admission: Admission, what: str, subject: str, **context: Any) -> None:
    """Queue a mail to the applicant, in the caller's transaction; once for each `what` and moment.

    It holds the address that opens the application without an account: no desk shows it.
    """
    queue_mail(
        kind=f"network.admission.{what}",
        to=admission.email,
        subject=subject,
        template=f"network/mail/admission_{what}",
        context={"admission": admission, "url": follow_url(admission)} | context,
        organisation=admission.organisation,
        is_secret=True,
    )


@transaction.atomic
def start_admission(*, name: str, email: str) -> Admission:
    """A new draft and its mail, or the mail again of the draft that this address has.

    Five mails a day for one address, so that nobody is flooded by somebody else.
    """
    email = email.strip().lower()
    lock_name(f"admission {email}")  # between the two questions below, another form would be a last one
    admission = Admission.objects.filter(email=email, state=AdmissionState.DRAFT).order_by("-pk").first()
    is_new = False
    if admission is None:
        last = Admission.objects.filter(email=email).aggregate(last=Max("pk"))["last"]
        admission, is_new = Admission.objects.get_or_create(
            public_id=repeated_id("network.admission", email, last),  # two forms at once are one application
            defaults={"name": name.strip(), "email": email, "grid_version": grid().version},
        )
    if is_new:
        record("network.admission.started", subject=admission, by=None)
    if mails_of_a_day(kind="network.admission.started", to=email) < STARTED_PER_DAY:
        tell_applicant(admission, "started", _("Your application to sell on Rebond"))
    return admission


def mark_of(admission: Admission, names: Iterable[str]) -> str:
    """A short mark of what the application holds under these names: it differs as soon as one of them does."""
    held = admission.answers | {"name": admission.name}
    values = {name: held.get(name) for name in sorted(names)}
    return blake2b(json.dumps(values, sort_keys=True, default=str).encode(), digest_size=9).hexdigest()


def known_answers(admission: Admission) -> set[str]:
    """The names that the steps of this application may hold."""
    return {*STRUCTURE, *PROJECT, *(c.key for c in criteria(admission.grid_version))}


@transaction.atomic
def save_answers(
    *, admission: Admission, answers: dict[str, Any], names: Iterable[str] = (), seen: str | None = None, by: Any = None
) -> Admission:
    """Keep what was typed in a step; what other steps hold stays.

    `seen` is the mark of the answers `names` as the page showed them (`mark_of`). Raise StaleError where they
    changed since (another tab), WrongStateError once sent, unless information was asked.
    """
    fresh = lock_row(admission)
    admission.answers, admission.name, admission.state = fresh.answers, fresh.name, fresh.state
    if seen is not None and seen != mark_of(admission, names):
        raise StaleError
    allowed = {AdmissionState.DRAFT, AdmissionState.MORE_INFO}
    if admission.state not in allowed:
        raise WrongStateError
    unknown = set(answers) - {*known_answers(admission), "name"}
    if unknown:
        raise ValueError(f"not answers of the application: {sorted(unknown)}")
    admission.answers = admission.answers | {k: v for k, v in answers.items() if k != "name"}
    admission.name = str(answers.get("name") or admission.name)[:160]
    admission.save(update_fields=["answers", "name"])
    return admission


@transaction.atomic
def submit_admission(
    *, admission: Admission, department: str, by: Any = None, now: datetime | None = None
) -> Admission:
    """Send the application: the organisation becomes a candidate, the committee sees it.

    Where the SIREN is that of an organisation of the network, the application claims it, and waits for one of
    its managers: the organisation itself does not move (`place_candidate`).

    Completeness of the steps is checked before, by their forms. Raise WrongStateError, NetworkError.
    """
    trader = TraderFile.objects.filter(admission=admission).first()
    if trader is None:
        raise NetworkError(_("The seller's file is missing."))
    move_admission(admission, "submit", by=by, submitted_at=now or timezone.now(), department=department)
    place_candidate(admission, by=by)
    record("network.admission.submitted", subject=admission, by=by, organisation=admission.organisation)
    tell_applicant(admission, "submitted", _("We have received your application"))
    return admission


def check_confirmed(admission: Admission) -> None:
    """Raise NetworkError while no manager of the organisation whose SIREN was given has agreed."""
    if admission.is_unconfirmed:
        raise NetworkError(_("This SIREN is that of an organisation of the network: one of its managers must agree."))


@transaction.atomic
def start_review(*, admission: Admission, by: Any) -> Admission:
    """Open the reading by the committee. Raise WrongStateError, NetworkError while its organisation is not sure."""
    check_confirmed(lock_row(admission))
    move_admission(admission, "start_review", by=by)
    record("network.admission.review_started", subject=admission, by=by, organisation=admission.organisation)
    return admission


@transaction.atomic
def ask_information(*, admission: Admission, text: str, by: Any) -> AdmissionMessage:
    """Ask the applicant for more; their answer brings the application back to the readers."""
    if not text.strip():
        raise NetworkError(_("Write what is missing."), field="text")
    move_admission(admission, "ask", by=by, reason=text)
    said = AdmissionMessage.objects.create(
        admission=admission, is_from_network=True, author=by.display_name[:160], text=text
    )
    record("network.admission.information_asked", subject=admission, by=by, organisation=admission.organisation)
    tell_applicant(admission, "asked", _("We need one more thing"), text=text)
    return said


@transaction.atomic
def answer_information(*, admission: Admission, text: str, by: Any = None) -> AdmissionMessage:
    """The applicant's answer. Raise NetworkError when empty, WrongStateError where nothing was asked."""
    if not text.strip():
        raise NetworkError(_("Write your answer."), field="text")
    move_admission(admission, "answer_appeal" if admission.round == 2 else "answer", by=by)
    if admission.organisation is None:
        place_candidate(admission, by=by)  # the SIREN may have been mended
    said = AdmissionMessage.objects.create(
        admission=admission,
        is_from_network=False,
        author=(admission.answers.get("contact_name") or admission.name)[:160],
        text=text,
    )
    record("network.admission.answered", subject=admission, by=by, organisation=admission.organisation)
    return said


@transaction.atomic
def withdraw_admission(*, admission: Admission, by: Any = None, now: datetime | None = None) -> Admission:
    """The applicant gives up; the trader file starts its six months."""
    was_candidate = admission.organisation is not None
    move_admission(admission, "withdraw", by=by)
    close_candidacy(admission, by=by, is_candidate=was_candidate, now=now)
    record("network.admission.withdrawn", subject=admission, by=by, organisation=admission.organisation)
    return admission


def close_candidacy(admission: Admission, *, by: Any, is_candidate: bool, now: datetime | None = None) -> None:
    """After a refusal or a withdrawal: no longer a candidate, and the trader file may be deleted in time."""
    organisation = admission.organisation if is_candidate else None
    if organisation is not None and organisation.seller_state == SellerState.CANDIDATE:
        move_seller(organisation, "drop", by=by)
    today = timezone.localdate(now or timezone.now())
    TraderFile.objects.filter(admission=admission, ended_on__isnull=True).update(ended_on=today)


@transaction.atomic
def appeal_admission(*, admission: Admission, text: str, by: Any = None, now: datetime | None = None) -> Admission:
    """Ask for a second reading by other people, once, within the grid's days.

    Raise NetworkError without reasons or too late, WrongStateError in another state or round.
    """
    today = timezone.localdate(now or timezone.now())
    if not text.strip():
        raise NetworkError(_("Say why the decision should be read again."), field="text")
    if admission.round != 1:
        raise WrongStateError
    if admission.appeal_until is None or today > admission.appeal_until:
        raise NetworkError(_("The delay to ask for another reading is over."))
    move_admission(admission, "appeal", by=by, round=2, first_decided_by=admission.decided_by, decided_by=None)
    AdmissionMessage.objects.create(
        admission=admission,
        is_from_network=False,
        author=(admission.answers.get("contact_name") or admission.name)[:160],
        text=text,
    )
    TraderFile.objects.filter(admission=admission).update(ended_on=None)
    if admission.organisation is not None:
        move_seller(admission.organisation, "apply", by=by)
    record("network.admission.appealed", subject=admission, by=by, organisation=admission.organisation)
    return admission
