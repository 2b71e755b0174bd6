"""An object, or a batch of identical objects, offered by one organisation."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.lookups import Exact
from django.utils import timezone

from rebond.catalogue import perms
from rebond.catalogue.enums import Condition, FlawKind, ItemState, Origin, WithdrawReason
from rebond.catalogue.models.category import Category
from rebond.core.codes import display_code
from rebond.network.models import Organisation, Site


class _Zero(Value):
    """A 0 that stands in the SQL itself: a partial index is not used for a value that comes beside it."""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        return "0", ()


def no_photo() -> Exact:
    """The condition of the index `item_bare`: objects that show no photo."""
    return Exact(F("photo_count"), _Zero(0))


class ItemQuerySet(models.QuerySet["Item"]):
    def visible_to(self, user: Any) -> "ItemQuerySet":
        """At the desk: the items of the user's organisations, or all for the catalogue's managers."""
        return self.filter(perms.visible_items(user))

    def on_sale(self) -> "ItemQuerySet":
        """What the shop shows: what is in somebody's basket stays, and says so."""
        return self.filter(state=ItemState.ON_SALE)

    def free(self) -> "ItemQuerySet":
        """On sale, and some of it in nobody's basket: what may be taken at once."""
        return self.on_sale().filter(quantity__gt=F("reserved"))

    def public(self) -> "ItemQuerySet":
        """Pages that exist for everybody: on sale, or sold (the page stays and says so)."""
        return self.filter(state__in=[ItemState.ON_SALE, ItemState.SOLD])


class Item(models.Model):
    """`quantity` and `reserved` are what may be sold, moved only by the conditional update (architecture.md).

    Columns from `cover` on are copies for the cards of a results page: one query, no join. They are
    rebuilt by `catalogue.actions` at each change.
    """

    code = models.CharField(max_length=12, unique=True)  # CF4K792TX: stock, label and register number
    seller = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="items")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, blank=True, related_name="items")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="items")
    title = models.CharField(max_length=150)
    slug = models.SlugField(max_length=90)
    description = models.TextField(blank=True, max_length=10_000)
    condition = models.CharField(max_length=12, choices=Condition)
    state = models.CharField(max_length=10, choices=ItemState, default=ItemState.DRAFT)
    withdraw_reason = models.CharField(max_length=20, choices=WithdrawReason, blank=True)
    quantity = models.PositiveIntegerField(default=1)
    reserved = models.PositiveIntegerField(default=0)
    price_cents = models.PositiveIntegerField()
    previous_price_cents = models.PositiveIntegerField(null=True, blank=True)  # lowest of the 30 days before the cut
    weight_g = models.PositiveIntegerField(null=True, blank=True)
    is_weight_estimated = models.BooleanField(default=False)
    length_mm = models.PositiveIntegerField(null=True, blank=True)
    width_mm = models.PositiveIntegerField(null=True, blank=True)
    height_mm = models.PositiveIntegerField(null=True, blank=True)
    brand = models.CharField(max_length=80, blank=True)
    color = models.CharField(max_length=40, blank=True)
    size = models.CharField(max_length=40, blank=True)
    attributes = models.JSONField(default=dict, blank=True)
    gtin = models.CharField(max_length=14, blank=True)  # EAN-8/12/13/14 or ISBN-13, digits only, checked
    origin = models.CharField(max_length=12, choices=Origin, default=Origin.GIFT)
    delivery_modes = models.JSONField(default=list, blank=True)
    # GPSR, rules.md F6: nullable, with the reason "second-hand, not known"
    manufacturer = models.CharField(max_length=160, blank=True)
    manufacturer_address = models.CharField(max_length=250, blank=True)
    safety_warnings = models.TextField(blank=True, max_length=2_000)
    is_manufacturer_unknown = models.BooleanField(default=True)
    external_ref = models.CharField(
        max_length=80, blank=True
    )  # the seller's own reference: imports are idempotent on it
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    published_at = models.DateTimeField(null=True, blank=True)
    sold_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    # copies for cards
    cover = models.CharField(max_length=64, blank=True)  # sha256 of the first photo's original, "" where none
    cover_color = models.CharField(max_length=7, blank=True)
    cover_placeholder = models.CharField(max_length=600, blank=True)  # data: URI, blur-up
    photo_count = models.PositiveSmallIntegerField(default=0)
    place = models.CharField(max_length=90, blank=True)  # "Nantes (44)"

    objects: ClassVar[Any] = ItemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(reserved__lte=F("quantity")), name="item_never_sold_twice"),
            # an object on its way to the shelf has no price yet (`begin_item`): 0 until somebody gives one
            models.CheckConstraint(
                condition=Q(price_cents__gt=0) | Q(state__in=["draft", "withdrawn"]), name="item_price_positive"
            ),
            models.CheckConstraint(
                condition=~Q(state="on_sale") | Q(published_at__isnull=False),
                name="item_on_sale_was_published",
            ),
            models.UniqueConstraint(
                fields=["seller", "external_ref"],
                condition=~Q(external_ref=""),
                name="item_external_ref_once",
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "state", "-updated_at", "-id"], name="item_desk"),
            models.Index(fields=["seller", "-updated_at", "-id"], name="item_desk_all"),
            models.Index(fields=["seller", "price_cents", "id"], name="item_desk_price"),
            models.Index(fields=["seller", "slug", "id"], name="item_desk_title"),
            models.Index(fields=["state", "-published_at", "-id"], name="item_newest"),
            models.Index(fields=["category", "state", "-id"], name="item_category"),
            # Whole, not partial: SQLite does not see that `gtin = ?` implies `gtin <> ''`, and would read all rows.
            models.Index(fields=["gtin"], name="item_by_gtin"),
            models.Index(fields=["seller", "external_ref"], name="item_by_external_ref"),
            # What a site has on sale, the oldest first: the supervisor's board.
            models.Index(fields=["site", "state", "published_at"], name="item_site_sale"),
            # A seller's newest, and what is on sale for long: without it, all sellers' items are gone through.
            models.Index(fields=["seller", "state", "-published_at", "-id"], name="item_seller_newest"),
            # The network's list: all sellers, one state or all.
            models.Index(fields=["-updated_at", "-id"], name="item_network_all"),
            models.Index(fields=["state", "-updated_at", "-id"], name="item_network"),
            # Few rows: what a seller has without a photo. Asked with `no_photo()`, which writes the 0 into the SQL.
            models.Index(
                fields=["seller", "state", "-updated_at", "-id"], condition=Q(photo_count=0), name="item_bare"
            ),
            # Holds all that the home's figure reads. `sold_at >= ?` implies the condition: SQLite sees that.
            # What a site sold in a period: the mass balance.
            models.Index(fields=["site", "sold_at"], condition=Q(sold_at__isnull=False), name="item_site_sold"),
            models.Index(fields=["state", "sold_at", "weight_g"], condition=Q(sold_at__isnull=False), name="item_sold"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def public_id(self) -> str:
        """The code: an item's public identifier, in the journal too."""
        return self.code

    @property
    def display_code(self) -> str:
        return display_code(self.code)

    @property
    def is_available(self) -> bool:
        return self.state == ItemState.ON_SALE and self.quantity > self.reserved

    @property
    def is_unique(self) -> bool:
        return self.quantity == 1


class ItemSlug(models.Model):
    """Kept only when a published title changes; the code in the address decides, the slug redirects."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="former_slugs")
    slug = models.SlugField(max_length=90)

    objects: ClassVar[models.Manager["ItemSlug"]] = models.Manager()

    def __str__(self) -> str:
        return self.slug


class ItemFlaw(models.Model):
    """One flaw, itemised: conformity is judged against the description (rules.md F3)."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="flaws")
    kind = models.CharField(max_length=14, choices=FlawKind)
    part = models.CharField(max_length=60, blank=True)
    detail = models.CharField(max_length=200, blank=True)
    photo_position = models.PositiveSmallIntegerField(null=True, blank=True)
    spot_x = models.PositiveSmallIntegerField(null=True, blank=True)  # where on that photo, in thousandths of its width
    spot_y = models.PositiveSmallIntegerField(null=True, blank=True)  # and of its height, from its upper left corner
    position = models.PositiveSmallIntegerField(default=0)

    objects: ClassVar[models.Manager["ItemFlaw"]] = models.Manager()

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.detail}"


class PriceChange(models.Model):
    """Append only: the price from this moment on (rules.md F4, the 30-day lowest price)."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="prices")
    price_cents = models.PositiveIntegerField()
    at = models.DateTimeField(default=timezone.now)
    by_label = models.CharField(max_length=160, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    is_progressive = models.BooleanField(default=False)  # part of one declared progressive promotion

    objects: ClassVar[models.Manager["PriceChange"]] = models.Manager()

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["item", "at"], name="price_history")]

    def __str__(self) -> str:
        return f"{self.item_id}: {self.price_cents}"
