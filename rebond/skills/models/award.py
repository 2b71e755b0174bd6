"""A badge given to a person, and the lists that say which ones were taken back."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from rebond.core.ids import public_id
from rebond.network.models import Organisation
from rebond.skills import perms
from rebond.skills.enums import AwardState
from rebond.skills.models.badge import Badge


def award_token() -> str:
    """The unguessable part of a badge's address: 24 signs, about 119 bits."""
    return public_id() + public_id()


class StatusList(models.Model):
    """One bit for each badge of an organisation; the bits are computed from the awards."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="status_lists")
    used = models.PositiveIntegerField(default=0)  # a list that is half full is followed by another
    made_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager["StatusList"]] = models.Manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.public_id


class AwardQuerySet(models.QuerySet["Award"]):
    def visible_to(self, user: Any) -> "AwardQuerySet":
        return self.filter(perms.visible_of_givers(user))

    def of_person(self, user: Any) -> "AwardQuerySet":
        """What a person received, whoever gave it."""
        return self.filter(user=user)


class Award(models.Model):
    """`credential` is what was signed, to the byte. Of an erased person only the number in the list stays.

    Else the number could be given again, and the file that the person took along would follow somebody else's badge.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    token = models.CharField(max_length=24, unique=True, default=award_token, editable=False)
    # Keys without an index of their own: those below begin with them, and SQLite would take the poorer one.
    badge = models.ForeignKey(Badge, on_delete=models.PROTECT, related_name="awards", db_index=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="awards", db_index=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="awards"
    )
    state = models.CharField(max_length=7, choices=AwardState, default=AwardState.ISSUED)
    credential = models.TextField(blank=True)
    status_list = models.ForeignKey(StatusList, on_delete=models.PROTECT, related_name="awards", db_index=False)
    status_index = models.PositiveIntegerField()
    issued_at = models.DateTimeField(default=timezone.now)
    valid_until = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_reason = models.CharField(max_length=300, blank=True)
    is_shared = models.BooleanField(default=False)  # by the person alone: its address answers

    objects: ClassVar[Any] = AwardQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            # The desk's list, states and search read this one before any row: a row holds kilobytes of credential.
            models.Index(fields=["organisation", "-id", "state", "user", "badge"], name="skills_award_listed"),
            models.Index(fields=["badge", "state"], name="skills_award_counted"),
            models.Index(fields=["status_list", "state", "status_index"], name="skills_award_bits"),
            models.Index(fields=["user", "-id"], name="skills_award_person"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["status_list", "status_index"], name="skills_award_number_once"),
            models.UniqueConstraint(
                fields=["badge", "user"], condition=Q(state="issued"), name="skills_award_once_valid"
            ),
            models.CheckConstraint(
                condition=Q(state="issued", revoked_at__isnull=True)
                | (Q(state="revoked", revoked_at__isnull=False) & (~Q(revoked_reason="") | Q(user__isnull=True))),
                name="skills_award_revoked_says_why",
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=True, credential="", is_shared=False)
                | (Q(user__isnull=False) & ~Q(credential="")),
                name="skills_award_erased_is_empty",
            ),
        ]

    def __str__(self) -> str:
        return str(self.badge)

    @property
    def is_over(self) -> bool:
        """Whether its dates say that it is not valid any more."""
        return self.valid_until is not None and self.valid_until <= timezone.now()
