"""What is said of a level: by the supervisor who saw it, by the person, and what the other one answers."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from rebond.core.ids import public_id
from rebond.core.sealed import EncryptedTextField
from rebond.people.models import Person
from rebond.people.perms import visible_people
from rebond.skills.data.cards import Card, cards
from rebond.skills.enums import AnswerKind, Level, SaidBy


def name_of(user: Any) -> str:
    """Of an account that was erased: a dash."""
    return str(user.display_name) if user is not None else "–"


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def visible_to(self, user: Any) -> "AssessmentQuerySet":
        """Those of people whom `user` accompanies or supervises."""
        return self.filter(person__in=Person.objects.filter(visible_people(user)).values("pk"))

    def of_user(self, user: Any) -> "AssessmentQuerySet":
        return self.filter(person__user=user)


class Assessment(models.Model):
    """Somebody says that the person is at this level of a card. Append only (`guards.py`); days, never hours.

    `card` and `cards_version` are of `data/cards.py`. What was seen and where is sealed as notes are (rules.md F8);
    `by` is empty once that account is erased.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="assessments", db_index=False)
    card = models.CharField(max_length=20)
    cards_version = models.CharField(max_length=10)
    level = models.PositiveSmallIntegerField(choices=Level)
    said_by = models.CharField(max_length=10, choices=SaidBy)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    day = models.DateField()
    context = EncryptedTextField(blank=True)
    words = EncryptedTextField(blank=True)
    said_on = models.DateField(default=timezone.localdate)

    objects: ClassVar[Any] = AssessmentQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["person", "card", "-id"], name="assessment_of_person")]
        constraints = [models.CheckConstraint(condition=Q(level__range=(1, 4)), name="assessment_level")]

    def __str__(self) -> str:
        return f"{self.person.first_name}, {self.shown_card}"

    @property
    def who(self) -> str:
        return name_of(self.by)

    @property
    def shown_card(self) -> Card | str:
        """The card as it is today, or its code where there is none any more."""
        return cards().get(self.card, self.card)


class Answer(models.Model):
    """What the other one answers, or a comment of either. Append only; of agreement and contest the last counts."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="answers")
    kind = models.CharField(max_length=9, choices=AnswerKind)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    is_person = models.BooleanField()  # said by the person themself
    words = EncryptedTextField(blank=True)
    said_on = models.DateField(default=timezone.localdate)

    objects: ClassVar[models.Manager["Answer"]] = models.Manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.assessment}: {self.get_kind_display()}"

    @property
    def who(self) -> str:
        return name_of(self.by)


class HiddenCard(models.Model):
    """A card that the person keeps to themself: nobody of the organisation reads what it holds."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="hidden_cards", db_index=False)
    card = models.CharField(max_length=20)

    objects: ClassVar[models.Manager["HiddenCard"]] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "card"], name="hidden_card_once")]

    def __str__(self) -> str:
        return f"{self.person.first_name}, {self.card}"
