"""A seller's state: candidate, on sale, suspended, ended; each restriction has its reasons (rules.md F4, P2B)."""

from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from rebond.journal.actions.mail import queue_mail
from rebond.journal.actions.record import record, record_transition
from rebond.network.enums import Role, SellerState
from rebond.network.errors import NetworkError, TooEarlyError, WrongStateError
from rebond.network.models import Organisation, SellerMeasure, TraderFile
from rebond.network.models.admission import MeasureKind
from rebond.network.signals import seller_state_changed

S = SellerState
# verb: (from these states, to this one).
TRANSITIONS: dict[str, tuple[frozenset[str], str]] = {
    "apply": (frozenset({S.NONE, S.ENDED}), S.CANDIDATE),
    "drop": (frozenset({S.CANDIDATE}), S.NONE),
    "admit": (frozenset({S.CANDIDATE}), S.ADMITTED),
    "suspend": (frozenset({S.ADMITTED}), S.SUSPENDED),
    "resume": (frozenset({S.SUSPENDED}), S.ADMITTED),
    "end": (frozenset({S.ADMITTED, S.SUSPENDED}), S.ENDED),
}
NOTICE = timedelta(days=30)  # P2B art. 4(2): before the end of the whole service


def move_seller(organisation: Organisation, verb: str, *, by: Any, reason: str = "", **fields: Any) -> Organisation:
    """Move a seller's state as TRANSITIONS says, in the caller's transaction; tell the rooms above.

    Raise WrongStateError where the state does not allow it (checked by the database: twice is refused).
    """
    states, target = TRANSITIONS[verb]
    before = organisation.seller_state
    rows = Organisation.objects.filter(pk=organisation.pk, seller_state__in=states)
    if not rows.update(seller_state=target, **fields):
        raise WrongStateError
    organisation.refresh_from_db()
    record_transition(
        subject=organisation,
        verb=f"seller.{verb}",
        from_state=before,
        to_state=target,
        by=by,
        organisation=organisation,
        reason=reason,
    )
    seller_state_changed.send(sender=Organisation, organisation=organisation, before=before, after=target)
    return organisation


def _tell_managers(organisation: Organisation, measure: SellerMeasure, what: str) -> None:
    subjects = {
        "suspended": _("Your sales are suspended"),
        "resumed": _("Your sales are open again"),
        "ending": _("Your sales will end on %(day)s") % {"day": date_format(measure.effective_on)},
    }
    rows = organisation.memberships.filter(role=Role.MANAGER, ended_at__isnull=True).select_related("user")
    for address in sorted({m.user.email for m in rows if m.user.email}):
        queue_mail(
            kind=f"network.seller.{what}",
            to=address,
            subject=subjects[what],
            template=f"network/mail/seller_{what}",
            context={
                "organisation": organisation,
                "measure": measure,
                "url": settings.SITE_URL + reverse("network:organisation-detail", args=[organisation.public_id]),
            },
            organisation=organisation,
            key=f"measure-{measure.public_id}-{what}-{address}"[:120],
        )


@transaction.atomic
def suspend_seller(*, organisation: Organisation, reasons: str, by: Any, now: datetime | None = None) -> SellerMeasure:
    """Stop the sales at once; the reasons go to the seller with the decision. Raise WrongStateError."""
    now = now or timezone.now()
    if not reasons.strip():
        raise NetworkError(_("Give the reasons."), field="reasons")
    move_seller(organisation, "suspend", by=by, reason=reasons)
    measure = SellerMeasure.objects.create(
        organisation=organisation,
        kind=MeasureKind.SUSPENSION,
        reasons=reasons,
        notified_at=now,
        effective_on=timezone.localdate(now),
        by_label=by.display_name[:160],
    )
    record("network.seller.suspended", subject=organisation, by=by, organisation=organisation, reasons=reasons[:500])
    _tell_managers(organisation, measure, "suspended")
    return measure


@transaction.atomic
def resume_seller(*, organisation: Organisation, by: Any, now: datetime | None = None) -> Organisation:
    """Lift the suspension. Raise WrongStateError."""
    move_seller(organisation, "resume", by=by)
    measure = organisation.measures.filter(kind=MeasureKind.SUSPENSION, lifted_at__isnull=True).first()
    if measure is not None:
        measure.lifted_at = now or timezone.now()
        measure.save(update_fields=["lifted_at"])
        _tell_managers(organisation, measure, "resumed")
    record("network.seller.resumed", subject=organisation, by=by, organisation=organisation)
    return organisation


@transaction.atomic
def announce_end(
    *, organisation: Organisation, reasons: str, effective_on: date, by: Any, now: datetime | None = None
) -> SellerMeasure:
    """Announce the end of the relation, 30 days before at least (P2B art. 4(2)); it sells until that day.

    Raise TooEarlyError, NetworkError without reasons, WrongStateError where it does not sell or is announced.
    """
    now = now or timezone.now()
    earliest = timezone.localdate(now) + NOTICE
    if not reasons.strip():
        raise NetworkError(_("Give the reasons."), field="reasons")
    if effective_on < earliest:
        raise TooEarlyError(field="effective_on", earliest=date_format(earliest, "j N Y"))
    open_ends = organisation.measures.filter(kind=MeasureKind.ENDING, lifted_at__isnull=True, done_at__isnull=True)
    if organisation.seller_state not in TRANSITIONS["end"][0] or open_ends.exists():
        raise WrongStateError
    measure = SellerMeasure.objects.create(
        organisation=organisation,
        kind=MeasureKind.ENDING,
        reasons=reasons,
        notified_at=now,
        effective_on=effective_on,
        by_label=by.display_name[:160],
    )
    record(
        "network.seller.end_announced",
        subject=organisation,
        by=by,
        organisation=organisation,
        effective_on=effective_on.isoformat(),
    )
    _tell_managers(organisation, measure, "ending")
    return measure


@transaction.atomic
def cancel_end(*, organisation: Organisation, by: Any, now: datetime | None = None) -> None:
    """Take an announced end back. Raise WrongStateError where there is none."""
    rows = organisation.measures.filter(kind=MeasureKind.ENDING, lifted_at__isnull=True, done_at__isnull=True)
    if not rows.update(lifted_at=now or timezone.now()):
        raise WrongStateError
    record("network.seller.end_cancelled", subject=organisation, by=by, organisation=organisation)


@transaction.atomic
def end_seller(*, measure: SellerMeasure, by: Any = None, now: datetime | None = None) -> Organisation:
    """End a seller whose notice has run; its trader file then has 6 months to live. Raise WrongStateError."""
    now = now or timezone.now()
    today = timezone.localdate(now)
    rows = SellerMeasure.objects.filter(
        pk=measure.pk, kind=MeasureKind.ENDING, lifted_at__isnull=True, done_at__isnull=True, effective_on__lte=today
    )
    if not rows.update(done_at=now):
        raise WrongStateError
    organisation = move_seller(measure.organisation, "end", by=by, reason=measure.reasons)
    organisation.measures.filter(kind=MeasureKind.SUSPENSION, lifted_at__isnull=True).update(lifted_at=now)
    TraderFile.objects.filter(organisation=organisation, ended_on__isnull=True).update(ended_on=today)
    record("network.seller.ended", subject=organisation, by=by, organisation=organisation)
    return organisation


def end_due_sellers(*, now: datetime | None = None) -> int:
    """End the sellers whose announced day has come (periodic); return how many."""
    today = timezone.localdate(now or timezone.now())
    due = SellerMeasure.objects.filter(
        kind=MeasureKind.ENDING, lifted_at__isnull=True, done_at__isnull=True, effective_on__lte=today
    )
    number = 0
    for measure in due.select_related("organisation").order_by("pk"):
        end_seller(measure=measure, now=now)
        number += 1
    return number
