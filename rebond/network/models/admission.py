"""A candidate seller's application, what the committee says of it, and its sealed trader file."""

import secrets
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rebond.core.ids import public_id
from rebond.core.sealed import EncryptedTextField
from rebond.core.storage import private_storage
from rebond.network.enums import AdmissionState, Vote
from rebond.network.models.organisation import Organisation

S = AdmissionState
# verb: (from these states, to this one). `move_admission` of actions/admission.py is the only writer of `state`.
TRANSITIONS: dict[str, tuple[frozenset[str], str]] = {
    "submit": (frozenset({S.DRAFT}), S.SUBMITTED),
    "start_review": (frozenset({S.SUBMITTED}), S.IN_REVIEW),
    "ask": (frozenset({S.SUBMITTED, S.IN_REVIEW, S.APPEALED}), S.MORE_INFO),
    "answer": (frozenset({S.MORE_INFO}), S.IN_REVIEW),
    "answer_appeal": (frozenset({S.MORE_INFO}), S.APPEALED),
    "admit": (frozenset({S.IN_REVIEW, S.APPEALED}), S.ADMITTED),
    "refuse": (frozenset({S.IN_REVIEW, S.APPEALED}), S.REFUSED),
    "appeal": (frozenset({S.REFUSED}), S.APPEALED),
    "withdraw": (frozenset({S.DRAFT, S.SUBMITTED, S.IN_REVIEW, S.MORE_INFO, S.APPEALED}), S.WITHDRAWN),
}


def new_token() -> str:
    """The secret of the applicant's address: 256 bits."""
    return secrets.token_urlsafe(32)


class AdmissionQuerySet(models.QuerySet["Admission"]):
    def received(self) -> "AdmissionQuerySet":
        return self.exclude(state=S.DRAFT)

    def waiting(self) -> "AdmissionQuerySet":
        return self.filter(state__in=[S.SUBMITTED, S.IN_REVIEW, S.APPEALED])


class Admission(models.Model):
    """`answers` holds the steps of the form by field name; `round` is 1, or 2 after an appeal.

    `claimed` is the organisation of the network whose SIREN the applicant gave: the application is tied to it
    (`organisation`) only once one of its managers has said that it is theirs.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    token = models.CharField(max_length=43, unique=True, default=new_token, editable=False)
    state = models.CharField(max_length=12, choices=AdmissionState, default=S.DRAFT)
    round = models.PositiveSmallIntegerField(default=1)
    grid_version = models.PositiveSmallIntegerField()
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="admissions"
    )
    claimed = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="claims")
    name = models.CharField(max_length=160)
    email = models.EmailField()
    department = models.CharField(max_length=3, blank=True)
    answers: Any = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    submitted_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    first_decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reasons = models.TextField(blank=True)
    conditions = models.TextField(blank=True)
    appeal_until = models.DateField(null=True, blank=True)

    objects: ClassVar[AdmissionQuerySet] = AdmissionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [
            models.Index(fields=["state", "submitted_at"], name="admission_state"),
            models.Index(fields=["email", "state"], name="admission_email"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(round__in=[1, 2]), name="admission_two_rounds"),
            models.CheckConstraint(
                condition=~Q(state__in=["admitted", "refused"]) | Q(decided_at__isnull=False) & ~Q(reasons=""),
                name="admission_decided_with_reasons",
            ),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(state__in=["submitted", "in_review", "more_info", "appealed"]),
                name="admission_one_open",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return self.state not in {S.ADMITTED, S.REFUSED, S.WITHDRAWN}

    @property
    def is_unconfirmed(self) -> bool:
        """Sent with the SIREN of an organisation of the network, of which no manager has agreed yet."""
        return self.claimed_id is not None and self.organisation_id is None

    @property
    def place(self) -> str:
        city = self.answers.get("city", "")
        return f"{city} ({self.department})" if city else ""


class AdmissionReading(models.Model):
    """One member's reading in a round: scores on the grid, notes, and one vote with its reason."""

    admission = models.ForeignKey(Admission, on_delete=models.CASCADE, related_name="readings")
    round = models.PositiveSmallIntegerField(default=1)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    scores: Any = models.JSONField(default=dict, blank=True)  # {criterion key: 0 to 3}
    notes: Any = models.JSONField(default=dict, blank=True)  # {criterion key: text}
    vote = models.CharField(max_length=10, choices=Vote, blank=True)
    reason = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager["AdmissionReading"]] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["admission", "round", "member"], name="admission_one_vote"),
            models.CheckConstraint(condition=Q(vote="") | ~Q(reason=""), name="admission_vote_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.admission}: {self.member}"


class AdmissionMessage(models.Model):
    """What was asked, answered, or said in an appeal."""

    admission = models.ForeignKey(Admission, on_delete=models.CASCADE, related_name="messages")
    is_from_network = models.BooleanField()
    author = models.CharField(max_length=160)
    text = models.TextField()
    at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager["AdmissionMessage"]] = models.Manager()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.admission}: {self.author}"


class IdentityKind(models.TextChoices):
    ID_CARD = "id_card", _("Identity card")
    PASSPORT = "passport", _("Passport")
    RESIDENCE_PERMIT = "residence_permit", _("Residence permit")


class Register(models.TextChoices):
    RNA = "rna", _("Register of associations (RNA)")
    RCS = "rcs", _("Trade register (RCS)")
    SIRENE = "sirene", _("Sirene")
    OTHER = "other", _("Other register")


def _document_path(trader: "TraderFile", filename: str) -> str:
    return f"traders/{trader.public_id[:2]}/{trader.public_id}"


class TraderFile(models.Model):
    """What DSA art. 30 asks of a trader before it sells (rules.md F4): apart, sealed, deleted 6 months after.

    Never read but through actions/trader.py, which writes each reading in the journal.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    admission = models.OneToOneField(Admission, on_delete=models.CASCADE, related_name="trader")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, null=True, blank=True, related_name="trader_files"
    )
    legal_name = models.CharField(max_length=200)
    representative = EncryptedTextField()
    address = EncryptedTextField()
    phone = models.CharField(max_length=20)
    email = models.EmailField()
    identity_kind = models.CharField(max_length=20, choices=IdentityKind)
    document = models.FileField(storage=private_storage, upload_to=_document_path, blank=True)  # sealed bytes
    document_type = models.CharField(max_length=40, blank=True)
    account_holder = EncryptedTextField()
    iban = EncryptedTextField()
    iban_end = models.CharField(max_length=4)  # the last four signs: what a page may show
    register = models.CharField(max_length=10, choices=Register)
    register_number = models.CharField(max_length=40)
    certified_at = models.DateTimeField()
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.CharField(max_length=160, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager["TraderFile"]] = models.Manager()

    class Meta:
        indexes = [models.Index(fields=["ended_on"], name="trader_ended")]

    def __str__(self) -> str:
        return self.legal_name


class MeasureKind(models.TextChoices):
    SUSPENSION = "suspension", _("Suspension")
    ENDING = "ending", _("End of the relation")


class SellerMeasure(models.Model):
    """A restriction with its statement of reasons (P2B art. 4, rules.md F4): suspension, or announced end."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="measures")
    kind = models.CharField(max_length=12, choices=MeasureKind)
    reasons = models.TextField()
    notified_at = models.DateTimeField(default=timezone.now)
    effective_on = models.DateField()
    lifted_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    by_label = models.CharField(max_length=160)

    objects: ClassVar[models.Manager["SellerMeasure"]] = models.Manager()

    class Meta:
        ordering = ["-notified_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(reasons=""), name="measure_has_reasons"),
            models.UniqueConstraint(
                fields=["organisation", "kind"],
                condition=Q(lifted_at__isnull=True, done_at__isnull=True),
                name="measure_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.kind}"
