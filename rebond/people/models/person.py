"""Natural persons who are followed. What identifies them is sealed; the first name shown is not (promise 5)."""

import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from rebond.core.ids import public_id
from rebond.core.sealed import EncryptedTextField
from rebond.network.models import Organisation
from rebond.people import perms
from rebond.people.deadlines import KINDS

NEVER = datetime.date(9999, 12, 31)  # nothing is due: last in the list


class PersonQuerySet(models.QuerySet["Person"]):
    def visible_to(self, user: Any) -> "PersonQuerySet":
        return self.filter(perms.visible_people(user))

    def of_user(self, user: Any) -> "PersonQuerySet":
        """The files that speak of this user, one for each organisation."""
        return self.filter(user=user)


class Person(models.Model):
    """One file of one organisation: another employer of the same person has its own, and reads nothing of this one.

    `next_due_on` is the first of its deadlines (NEVER without), kept so that the list sorts by it; `left_on` is the
    day from which the person is a former one.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="people", db_index=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="people"
    )
    counsellor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="followed_people"
    )
    first_name = models.CharField(max_length=40)
    family_name = EncryptedTextField()
    born = EncryptedTextField(blank=True)  # ISO 8601
    phone = EncryptedTextField(blank=True)
    email = EncryptedTextField(blank=True)
    address = EncryptedTextField(blank=True)
    notes = EncryptedTextField(blank=True)
    next_due_on = models.DateField(default=NEVER)
    left_on = models.DateField(null=True, blank=True)
    opened_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[Any] = PersonQuerySet.as_manager()

    class Meta:
        ordering = ["next_due_on", "pk"]
        indexes = [
            models.Index(
                fields=["organisation", "next_due_on", "id"], condition=Q(left_on=None), name="people_by_urgency"
            ),
            models.Index(
                fields=["organisation", "counsellor", "next_due_on", "id"],
                condition=Q(left_on=None),
                name="people_of_counsellor",
            ),
            models.Index(fields=["organisation", "left_on"], name="people_former"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(first_name=""), name="person_has_a_name"),
            models.UniqueConstraint(
                fields=["organisation", "user"], condition=Q(user__isnull=False), name="person_once_for_a_user"
            ),
        ]

    def __str__(self) -> str:
        return self.first_name

    @property
    def born_on(self) -> datetime.date | None:
        return datetime.date.fromisoformat(self.born) if self.born else None

    @property
    def initials(self) -> str:
        return (self.first_name[:1] + self.family_name[:1]).upper()


class NameMark(models.Model):
    """The keyed mark of a word of a family name, by which one organisation finds it (`core.sealed.blind_marks`)."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="name_marks", db_index=False)
    mark = models.CharField(max_length=32)

    objects: ClassVar[models.Manager["NameMark"]] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "mark"], name="name_mark_once")]
        indexes = [models.Index(fields=["mark", "person"], name="name_mark_found")]

    def __str__(self) -> str:
        return self.mark


class Deadline(models.Model):
    """What is due for a person, one of each kind (`people.deadlines`)."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="deadlines", db_index=False)
    kind = models.CharField(max_length=40)
    due_on = models.DateField()

    objects: ClassVar[models.Manager["Deadline"]] = models.Manager()

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [models.UniqueConstraint(fields=["person", "kind"], name="deadline_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.due_on}"

    @property
    def label(self) -> Any:
        return KINDS.get(self.kind, self.kind)
