"""Entries and postings: written once, never changed, never deleted (guards.py)."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from rebond.ledger import perms
from rebond.ledger.enums import EntryKind, Part
from rebond.ledger.models.account import Account
from rebond.network.models import Organisation


class Claim(models.Model):
    """The key of an event, taken before anything is posted: told twice, an event finds its key taken."""

    key = models.CharField(max_length=120, unique=True)

    objects: ClassVar[models.Manager["Claim"]] = models.Manager()

    def __str__(self) -> str:
        return self.key


class EntryQuerySet(models.QuerySet["Entry"]):
    def visible_to(self, user: Any) -> "EntryQuerySet":
        return self.filter(perms.visible_books(user))


class Entry(models.Model):
    """One event in the books of one operator. Inserted after its postings, which must add up to zero.

    `on` is the accounting day (Paris), never before the day it is posted; `digest` tells whether an event that is
    told again says the same; the subject is (kind, public id, printed label), so any room may be told about.
    """

    claim = models.OneToOneField(Claim, on_delete=models.PROTECT, primary_key=True, related_name="entry")
    operator = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=EntryKind)
    on = models.DateField()
    at = models.DateTimeField(default=timezone.now)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=40)
    subject_label = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    reverses = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversals")
    digest = models.CharField(max_length=64)
    by_id = models.CharField(max_length=40, blank=True)
    by_label = models.CharField(max_length=160, blank=True)

    objects: ClassVar[Any] = EntryQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["reverses"], condition=Q(reverses__isnull=False), name="ledger_entry_reversed_once"
            ),
            models.CheckConstraint(
                condition=~Q(kind="correction") | ~Q(reason=""), name="ledger_correction_has_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["operator", "on"], name="ledger_entry_day"),
            models.Index(fields=["subject_kind", "subject_id"], name="ledger_entry_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.subject_label or self.subject_id}"


class Posting(models.Model):
    """`cents` more than zero is a debit, less a credit. Its entry comes after it: the key is checked at commit."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="postings")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="postings", db_index=False)
    part = models.CharField(max_length=12, choices=Part)
    cents = models.BigIntegerField()
    on = models.DateField()  # its entry's day, for periods of an account without a join

    objects: ClassVar[models.Manager["Posting"]] = models.Manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(cents=0), name="ledger_posting_not_zero"),
            models.UniqueConstraint(fields=["entry", "account", "part"], name="ledger_posting_once"),
        ]
        indexes = [
            models.Index(fields=["account", "-id", "cents"], name="ledger_posting_account"),
            models.Index(fields=["account", "on", "cents"], name="ledger_posting_day"),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id}: {self.cents}"
