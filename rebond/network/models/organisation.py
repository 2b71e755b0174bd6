"""Any actor of the network."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from rebond.core.ids import public_id
from rebond.network import perms
from rebond.network.enums import OrganisationKind, SellerState

ARTICLES = frozenset(
    {"le", "la", "les", "l", "un", "une", "d", "de", "du", "des", "au", "aux", "et", "à", "en", "the", "of", "and"}
)


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def visible_to(self, user: object) -> "OrganisationQuerySet":
        return self.filter(perms.visible_organisations(user))

    def selling(self) -> "OrganisationQuerySet":
        return self.filter(seller_state=SellerState.ADMITTED)


class Organisation(models.Model):
    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    kind = models.CharField(max_length=30, choices=OrganisationKind)
    name = models.CharField(max_length=160)
    legal_name = models.CharField(max_length=200, blank=True)
    slug = models.SlugField(max_length=80, unique=True)
    letters = models.CharField(max_length=4, unique=True, null=True, blank=True)  # first part of its codes
    siren = models.CharField(max_length=9, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=20, blank=True)
    website = models.URLField(blank=True)
    mediator = models.CharField(max_length=200, blank=True)  # consumer mediator with contact (rules.md F1)
    tagline = models.CharField(max_length=160, blank=True)
    story = models.TextField(blank=True)
    criteria_met = models.JSONField(default=list, blank=True)  # keys of the impact criteria, after admission
    tint = models.CharField(max_length=10, default="ciel")  # one of the kit's tints
    seller_state = models.CharField(max_length=12, choices=SellerState, default=SellerState.NONE)
    admitted_on = models.DateField(null=True, blank=True)
    certified_at = models.DateTimeField(null=True, blank=True)  # its self-certification (DSA art. 30.1 e), public
    ships_in_days = models.PositiveSmallIntegerField(default=3)
    delivery_modes = models.JSONField(default=list, blank=True)  # keys of catalogue.enums.DeliveryMode
    is_register_kept = models.BooleanField(default=False)  # register of objects (rules.md F6), kept by the room intake
    created_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[models.Manager["Organisation"]] = OrganisationQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["seller_state", "name"], name="organisation_sellers"),
            models.Index(fields=["kind", "name"], name="organisation_kind"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(seller_state="admitted") | Q(letters__isnull=False),
                name="organisation_seller_has_letters",
            ),
            models.UniqueConstraint(fields=["siren"], condition=~Q(siren=""), name="organisation_siren_unique"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_selling(self) -> bool:
        return self.seller_state == SellerState.ADMITTED

    @property
    def initials(self) -> str:
        """Two letters for the round badge: articles say nothing of who it is (Les Amis du livre → AL)."""
        words = self.name.replace("’", " ").split()
        telling = [word for word in words if word.lower() not in ARTICLES and word[0].isalnum()] or words
        return "".join(word[0] for word in telling[:2]).upper()


class OrganisationSlug(models.Model):
    """Former names in addresses: a seller's page and searches survive a rename (permanent redirect)."""

    slug = models.SlugField(max_length=80, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="former_slugs")
    until = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager["OrganisationSlug"]] = models.Manager()

    def __str__(self) -> str:
        return self.slug


class Closure(models.Model):
    """Days on which a seller does not prepare parcels: its items are hidden, or a longer delay is shown."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="closures")
    starts_on = models.DateField()
    ends_on = models.DateField()
    hides_items = models.BooleanField(default=False)
    message = models.CharField(max_length=200, blank=True)

    objects: ClassVar[models.Manager["Closure"]] = models.Manager()

    class Meta:
        ordering = ["starts_on"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=models.F("starts_on")), name="closure_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.starts_on} → {self.ends_on}"
