"""The register of objects (rules.md F6): a chain of lines that nothing changes, and who brought things, sealed.

Decision 14: a line's hash covers the hash before it and a commitment to the identity, never the identity itself; so the
identity can be deleted after its time and the chain still proves itself.
"""

from typing import Any, ClassVar, NoReturn

from django.db import models
from django.db.models import Q

from rebond.core.ids import public_id
from rebond.core.sealed import EncryptedTextField
from rebond.intake.enums import Abandoned, DonorKind, EntryKind, Source
from rebond.intake.models.donation import VisibleQuerySet
from rebond.network.models import Organisation, Site


class NeverChangedError(Exception):
    """Somebody tried to change or delete a line of the register: a correction is a new line."""


class Register(models.Model):
    """One organisation's register: where its chain ends, and its threshold.

    Locked while a line is added, so numbers have no gap.
    """

    organisation = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="register")
    opened_on = models.DateField()  # things made before that day wait for no line
    last_number = models.PositiveBigIntegerField(default=0)
    last_hash = models.CharField(max_length=64, blank=True)
    # Below this value each, things may share a line (rules.md F6 gives no amount). Empty: that of data/register.json.
    group_limit_cents = models.PositiveIntegerField(null=True, blank=True)
    group_limit_source = models.CharField(max_length=160, blank=True)  # who said so: a letter, a network, …

    objects: ClassVar[Any] = VisibleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(group_limit_cents__isnull=True) | (Q(group_limit_cents__gt=0) & ~Q(group_limit_source="")),
                name="register_limit_has_a_source",
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.last_number}"


class Donor(models.Model):
    """Who brought something. `identity` is sealed JSON with its salt, "" where nobody is named or once it is erased."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="donors")
    kind = models.CharField(max_length=10, choices=DonorKind)
    reason = models.CharField(max_length=20, blank=True)  # Abandoned, where nobody is named
    identity = EncryptedTextField(blank=True)
    commitment = models.CharField(max_length=64, blank=True)
    keep_until = models.DateField()
    erased_on = models.DateField(null=True, blank=True)

    objects: ClassVar[Any] = VisibleQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["keep_until"], condition=Q(erased_on__isnull=True), name="donor_to_erase")]

    def __str__(self) -> str:
        return self.get_kind_display()  # never a name: the journal keeps what is printed here


class EntryQuerySet(VisibleQuerySet):
    def update(self, **kwargs: Any) -> NoReturn:
        raise NeverChangedError

    def delete(self) -> NoReturn:
        raise NeverChangedError


class RegisterEntry(models.Model):
    """One line. `number` follows the one before; `code` is the number on the object (its stock code), or the lot's.

    Grams, cents; `value_cents` is an estimate of the whole line (what is given has no price), NULL while nobody knows.
    `refers_to` is the number of the older line that this one makes precise, corrects or cancels. No hour: companions
    work at the dock (rules.md B9).
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="register_entries")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    number = models.PositiveBigIntegerField()
    day = models.DateField()
    kind = models.CharField(max_length=10, choices=EntryKind)
    code = models.CharField(max_length=20, blank=True)
    nature = models.CharField(max_length=120, blank=True)
    description = models.CharField(max_length=300, blank=True)
    serials = models.CharField(max_length=200, blank=True)
    origin = models.CharField(max_length=10, blank=True)  # Source
    quantity = models.PositiveIntegerField(null=True, blank=True)
    weight_g = models.PositiveBigIntegerField(null=True, blank=True)
    value_cents = models.PositiveBigIntegerField(null=True, blank=True)
    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, null=True, blank=True, related_name="entries")
    donor_kind = models.CharField(max_length=10, choices=DonorKind, blank=True)
    donor_reason = models.CharField(max_length=20, blank=True)
    commitment = models.CharField(max_length=64, blank=True)
    refers_to = models.PositiveBigIntegerField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    operation_id = models.UUIDField(unique=True, null=True, blank=True)  # of the weighing or sorting that it tells
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    objects: ClassVar[Any] = EntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="register_number_once"),
            models.CheckConstraint(
                condition=Q(refers_to__isnull=True) | Q(refers_to__lt=models.F("number")),
                name="register_refers_to_older",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "code", "-number"], name="register_code"),
            models.Index(fields=["organisation", "day", "number"], name="register_day"),
            models.Index(
                fields=["organisation", "refers_to"], condition=Q(refers_to__isnull=False), name="register_refers"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} · {self.nature or self.get_kind_display()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Written once; raise NeverChangedError the second time."""
        if self.pk is not None:
            raise NeverChangedError
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise NeverChangedError

    @property
    def origin_label(self) -> str:
        return str(Source(self.origin).label) if self.origin else ""

    @property
    def donor_reason_label(self) -> str:
        return str(Abandoned(self.donor_reason).label) if self.donor_reason else ""
