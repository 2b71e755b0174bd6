"""What the committee says: readings, votes, and the decision with its reasons (rules.md A2, F4)."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.core.locks import lock_row
from rebond.journal.actions.record import record
from rebond.network.actions.admission import check_confirmed, close_candidacy, move_admission, tell_applicant
from rebond.network.actions.attribute import add_attribute
from rebond.network.actions.membership import invite_member
from rebond.network.actions.seller import move_seller
from rebond.network.actions.site import save_site
from rebond.network.enums import AdmissionState, AttributeKind, Role, Vote
from rebond.network.errors import NetworkError, NotAllowedError, WrongStateError
from rebond.network.models import Admission, AdmissionReading, Organisation, OrganisationAttribute, TraderFile
from rebond.network.queries.admissions import obstacles_of, standing_of
from rebond.network.queries.criteria import TOP, criteria, findings, grid

READABLE = frozenset({AdmissionState.IN_REVIEW, AdmissionState.APPEALED})


def may_read(admission: Admission, user: Any) -> bool:
    """Whether a member may grade and vote: not on their own organisation, and not twice over an appeal."""
    if admission.organisation_id and user.memberships.filter(organisation_id=admission.organisation_id).exists():
        return False
    return admission.round == 1 or not admission.readings.filter(round=1, member=user).exclude(vote="").exists()


def _check_reading(admission: Admission, scores: dict[str, int], vote: str, reason: str) -> None:
    known = {c.key for c in criteria(admission.grid_version)}
    if not set(scores) <= known or any(not 0 <= s <= TOP for s in scores.values()):
        raise NetworkError(_("Score each criterion from 0 to 3."))
    if vote and not reason.strip():
        raise NetworkError(_("Give the reason of your vote."), field="reason")


@transaction.atomic
def save_reading(
    *,
    admission: Admission,
    scores: dict[str, int],
    notes: dict[str, str],
    vote: str,
    reason: str,
    by: Any,
    now: datetime | None = None,
) -> AdmissionReading:
    """Keep a member's scores and vote of this round, replacing theirs: one vote each, until the decision.

    Raise WrongStateError outside a reading, NotAllowedError for a tied member or one of the first round,
    NetworkError for a score off the grid or a vote without reason.
    """
    _check_reading(admission, scores, vote, reason)
    admission = lock_row(admission)  # a decision taken meanwhile closes the votes
    if admission.state not in READABLE:
        raise WrongStateError
    if vote != Vote.RECUSED and not may_read(admission, by):
        raise NotAllowedError(_("You read it in the first round, or you are tied to it: other people read it now."))
    made, _created = AdmissionReading.objects.update_or_create(
        admission=admission,
        round=admission.round,
        member=by,
        defaults={
            "scores": scores,
            "notes": {k: v for k, v in notes.items() if v},
            "vote": vote,
            "reason": reason,
            "at": now or timezone.now(),
        },
    )
    record(
        "network.admission.read",
        subject=admission,
        by=by,
        organisation=admission.organisation,
        vote=vote,
        round=admission.round,
    )
    return made


def _check_decision(admission: Admission, by: Any, reasons: str) -> dict[str, Any]:
    if not reasons.strip():
        raise NetworkError(_("Give the reasons: the organisation reads them."), field="reasons")
    if admission.round == 2 and admission.first_decided_by_id == by.pk:
        raise NotAllowedError(_("Somebody else must decide after an appeal."))
    standing = standing_of(admission)
    if not standing["is_quorate"]:
        raise NetworkError(
            _("%(cast)s of the %(needed)s votes needed: wait for the others."),
            cast=standing["cast"],
            needed=standing["needed"],
        )
    return standing


def free_letters(name: str) -> str:
    """Two to four letters for a seller's codes that nobody has, made from its name; then any that is free."""
    plain = "".join(c for c in name.upper() if "A" <= c <= "Z" or c == " ")
    words = [w for w in plain.split() if w not in {"LA", "LE", "LES", "DE", "DU", "DES", "ET", "L", "D"}] or ["XX"]
    initials = "".join(w[0] for w in words)
    joined = "".join(words)
    wished = [initials[:2], joined[:2], initials[:3], joined[:3], initials[:4], joined[:4]]
    signs = [chr(65 + n) for n in range(26)]
    wished += [joined[0] + s for s in signs] + [joined[0] + s + t for s in signs for t in signs]
    wished += [s + t + u + v for s in signs for t in signs for u in signs for v in signs[:1]]
    taken = set(Organisation.objects.filter(letters__isnull=False).values_list("letters", flat=True))
    return next(w for w in wished if 2 <= len(w) <= 4 and w not in taken)


def _establish(admission: Admission, organisation: Organisation, by: Any) -> None:
    """What the application tells of the organisation becomes its own: legal form, first place."""
    answers = admission.answers
    has_form = OrganisationAttribute.objects.filter(organisation=organisation, kind=AttributeKind.LEGAL_FORM)
    if answers.get("legal_form") and not has_form.exists():
        add_attribute(
            organisation=organisation,
            kind=AttributeKind.LEGAL_FORM,
            value=answers["legal_form"],
            valid_from=timezone.localdate(),
            note=_("Declared in the application"),
            by=by,
        )
    if answers.get("commune") and not organisation.sites.exists():
        fields = {"kind": "shop", "name": organisation.name[:120]} | {
            name: answers[name] for name in ("address", "postal_code", "commune") if name in answers
        }
        save_site(organisation=organisation, fields=fields, by=by)


def _certified_at(admission: Admission) -> datetime:
    """When the applicant certified that it offers only what complies; without it nobody sells (DSA art. 30.1 e)."""
    found = TraderFile.objects.filter(admission=admission).values_list("certified_at", flat=True).first()
    if found is None:
        raise NetworkError(_("The seller's file is missing."))
    return found


@transaction.atomic
def admit_admission(
    *, admission: Admission, reasons: str, by: Any, conditions: str = "", now: datetime | None = None
) -> Admission:
    """Admit as the committee voted: the organisation sells from now on, gets its letters, its first manager
    is invited. Its pages show the self-certification of its trader file (DSA art. 30.1 e and 30.7).

    Nobody sells before its file is verified (DSA art. 30.1 and 30.2, rules.md F4) and each required criterion
    is met. An applicant whose SIREN was in the network already is never invited: its managers are.

    Raise NetworkError (no quorum, votes against, no reasons, no trader file, an obstacle of `obstacles_of`),
    NotAllowedError, WrongStateError.
    """
    now = now or timezone.now()
    admission = lock_row(admission)
    standing = _check_decision(admission, by, reasons)
    if not standing["is_majority"]:
        raise NetworkError(_("The votes do not carry an admission."))
    certified_at = _certified_at(admission)
    check_confirmed(admission)
    if obstacles := obstacles_of(admission, standing):
        raise NetworkError(" ".join(obstacles))
    move_admission(
        admission, "admit", by=by, reason=reasons, decided_at=now, decided_by=by, reasons=reasons, conditions=conditions
    )
    organisation = admission.organisation
    if organisation is None:
        raise WrongStateError
    met = [f["criterion"].key for f in findings(standing["readings"], admission.grid_version) if f["is_met"]]
    move_seller(
        organisation,
        "admit",
        by=by,
        reason=reasons,
        letters=organisation.letters or free_letters(organisation.name),
        admitted_on=timezone.localdate(now),
        certified_at=certified_at,
        criteria_met=met,
    )
    _establish(admission, organisation, by)
    is_claim = admission.claimed_id == organisation.pk
    if not is_claim and not organisation.memberships.filter(role=Role.MANAGER, ended_at__isnull=True).exists():
        invite_member(organisation=organisation, email=admission.email, role=Role.MANAGER, by=by, now=now)
    record("network.admission.admitted", subject=admission, by=by, organisation=organisation, conditions=conditions)
    tell_applicant(admission, "admitted", _("Welcome: your organisation is admitted"))
    return admission


@transaction.atomic
def refuse_admission(*, admission: Admission, reasons: str, by: Any, now: datetime | None = None) -> Admission:
    """Refuse as the committee voted, with reasons and, the first time, the right to another reading.

    Raise NetworkError (no quorum, votes for, no reasons), NotAllowedError, WrongStateError.
    """
    now = now or timezone.now()
    admission = lock_row(admission)
    standing = _check_decision(admission, by, reasons)
    if standing["is_majority"]:
        raise NetworkError(_("The votes carry an admission: a refusal would go against them."))
    days = timedelta(days=grid(admission.grid_version).appeal_days)
    until = timezone.localdate(now) + days if admission.round == 1 else None
    move_admission(
        admission, "refuse", by=by, reason=reasons, decided_at=now, decided_by=by, reasons=reasons, appeal_until=until
    )
    close_candidacy(admission, by=by, is_candidate=True, now=now)
    record("network.admission.refused", subject=admission, by=by, organisation=admission.organisation)
    tell_applicant(admission, "refused", _("Our answer to your application"))
    return admission
