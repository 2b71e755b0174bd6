"""Insertion contracts: what was signed, in rows that nobody writes again; what suspended them; their end."""

import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from rebond.core.ids import public_id
from rebond.core.sealed import EncryptedTextField
from rebond.insertion.contract_rules import hours_of
from rebond.insertion.enums import ContractKind, PauseReason, StructureKind, TermsKind
from rebond.network.models import Organisation
from rebond.people.models import Person

OPEN = datetime.date(9999, 12, 31)  # the last day of a contract that has none


class Contract(models.Model):
    """One employment of a person (rules.md B2). `last_on` follows the last terms, or the end: lists sort by it.

    `needs_end` holds as long as no end is written: a contract whose last day has passed waits for a word on it.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="contracts", db_index=False)
    kind = models.CharField(max_length=13, choices=ContractKind)
    structure = models.CharField(max_length=4, choices=StructureKind)
    starts_on = models.DateField()
    last_on = models.DateField(default=OPEN)
    needs_end = models.BooleanField(default=True)
    entered_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager["Contract"]] = models.Manager()

    class Meta:
        ordering = ["-starts_on", "-pk"]
        indexes = [
            models.Index(fields=["person", "-starts_on"], name="contract_of_person"),
            models.Index(
                fields=["organisation", "last_on", "id"], condition=Q(needs_end=True), name="contracts_by_last_day"
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(last_on__gte=F("starts_on")), name="contract_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(kind="cddi", structure__in=["ACI", "EI", "AI"])
                | Q(kind="cddu", structure="AI")
                | Q(kind="mission", structure="ETTI")
                | Q(kind="cdi_inclusion", structure__in=["ACI", "EI", "AI", "ETTI"]),
                name="contract_fits_structure",
            ),
        ]

    def __str__(self) -> str:
        return self.person.first_name

    @property
    def has_last_day(self) -> bool:
        return self.last_on != OPEN


class ContractTerms(models.Model):
    """What a paper says, from a day on: the contract, a renewal or an amendment. Never changed, never taken away.

    Why the rules allow it may tell of health or of a court: sealed.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="terms")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=9, choices=TermsKind)
    from_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    weekly_minutes = models.PositiveSmallIntegerField()
    job = models.CharField(max_length=100)
    rome_code = models.CharField(max_length=5, blank=True)
    exemption = EncryptedTextField(blank=True)
    low_reason = EncryptedTextField(blank=True)
    low_authority = EncryptedTextField(blank=True)
    entered_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager["ContractTerms"]] = models.Manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "number"], name="contract_terms_numbered"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("from_on")), name="contract_terms_in_order"
            ),
            models.CheckConstraint(
                condition=Q(weekly_minutes__gte=60, weekly_minutes__lte=2100), name="contract_week_of_1_to_35_hours"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.from_on}"

    @property
    def week(self) -> str:
        """26 h, or 17 h 30."""
        return hours_of(self.weekly_minutes)


class ContractPause(models.Model):
    """The contract is suspended; both days are included."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="pauses")
    reason = models.CharField(max_length=9, choices=PauseReason)
    starts_on = models.DateField()
    ends_on = models.DateField()

    objects: ClassVar[models.Manager["ContractPause"]] = models.Manager()

    class Meta:
        ordering = ["starts_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="contract_pause_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_on} – {self.ends_on}"


class ContractEnd(models.Model):
    """The contract is over; why is sealed."""

    contract = models.OneToOneField(Contract, on_delete=models.CASCADE, related_name="end")
    ended_on = models.DateField()
    reason = EncryptedTextField()
    entered_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager["ContractEnd"]] = models.Manager()

    def __str__(self) -> str:
        return str(self.ended_on)
