"""Everything an item's page shows, in few queries; the law's information beside (rules.md F1 to F4, F6)."""

import datetime
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rebond.catalogue.enums import CONDITION_DEFINITIONS, Condition, DeliveryMode, FlawKind, ItemState, Origin
from rebond.catalogue.models import Item, ItemFlaw, Photo
from rebond.catalogue.queries import categories
from rebond.core.prepared import Prepared
from rebond.core.weights import format_grams
from rebond.ledger.queries.shares import Share, expected_shares
from rebond.network.models import Closure, Organisation, Site
from rebond.network.queries.carriage import Load
from rebond.shop.data.travel import TRAVEL
from rebond.shop.queries.co2 import Co2, estimate_co2
from rebond.shop.queries.labels import find_attribute, value_label
from rebond.shop.queries.opening import Departure, departure
from rebond.shop.queries.seller_facts import SellerFacts, seller_facts
from rebond.shop.queries.slots import collection_site
from rebond.shop.queries.tree import Node, load_tree
from rebond.workshop.kinds import is_known, kind_of
from rebond.workshop.queries.trace import steps_of

DELIVERY_ICONS = {"relay": "store", "home": "truck", "pickup": "map-pin", "local": "van"}


@dataclass(frozen=True, slots=True)
class Delivery:
    """`cents` is None where the agreement sets no price yet; 0 is free."""

    mode: str
    label: str
    icon: str
    detail: str
    cents: int | None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the object's journey, as the rooms of production tell it."""

    icon: str
    tint: str
    title: str
    detail: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A flaw's place on its photo, in the photo's own pixels; `number` is the flaw's in the list beside."""

    number: int
    x: int
    y: int
    words: str
    radius: int


@dataclass(slots=True)
class ItemPage:
    item: Item
    seller: Organisation
    node: Node | None
    photos: list[Photo]
    flaws: list[tuple[str, ItemFlaw]]
    condition: str
    definition: str
    facts: list[tuple[str, str]]
    safety: list[tuple[str, str]]
    sites: list[Site]
    deliveries: list[Delivery]
    closure: Closure | None
    leaves: Departure
    trader: list[tuple[str, str]]
    co2: Co2 | None
    vat_mention: str = ""
    size_guide: dict[str, object] = field(default_factory=dict)  # of its category; empty where none applies
    steps: list[Step] = field(default_factory=list)
    shares: list[Share] = field(default_factory=list)  # of its price, while it may be bought
    marks: dict[int, list[Mark]] = field(default_factory=dict)  # by the photo's place, from 1


_STATES = (ItemState.ON_SALE, ItemState.SOLD, ItemState.WITHDRAWN)
_ITEM = Prepared(
    lambda code: Item.objects.filter(code=code, state__in=_STATES, published_at__isnull=False).select_related("seller"),
    mark="(code)",
)
_PHOTOS = Prepared(
    lambda pk: Photo.objects.filter(item_id=pk).select_related("asset").order_by("position", "pk"), mark=-1
)
_FLAWS = Prepared(lambda pk: ItemFlaw.objects.filter(item_id=pk).order_by("position", "pk"), mark=-1)


def _marks(photos: list[Photo], flaws: list[tuple[str, ItemFlaw]]) -> dict[int, list[Mark]]:
    """Flaws that were touched on a photo that is still there."""
    found: dict[int, list[Mark]] = {}
    for number, (kind, flaw) in enumerate(flaws, 1):
        place = flaw.photo_position or 0
        if flaw.spot_x is None or flaw.spot_y is None or not 1 <= place <= len(photos):
            continue
        asset = photos[place - 1].asset
        words = f"{kind}, {flaw.part}" if flaw.part else kind
        x, y = flaw.spot_x * asset.width // 1000, flaw.spot_y * asset.height // 1000
        mark = Mark(number, x, y, words, max(asset.width, asset.height) // 30)
        found.setdefault(place, []).append(mark)
    return found


def find_item(code: str) -> Item | None:
    """Any item that once had a public page, with its seller: on sale, sold or withdrawn."""
    return next(iter(_ITEM.run(code)), None)


def item_page(item: Item, today: datetime.date | None = None) -> ItemPage:
    """Two queries, photos and flaws, and those of the seller's facts where they are not kept yet."""
    today = today or timezone.localdate()
    node = load_tree().by_id.get(item.category_id)
    facts = seller_facts(item.seller, today)
    start = _start(item, facts, today)
    photos = _PHOTOS.run(item.pk)
    flaws = [(str(FlawKind(f.kind).label), f) for f in _FLAWS.run(item.pk)]
    return ItemPage(
        item=item,
        seller=item.seller,
        node=node,
        photos=photos,
        flaws=flaws,
        marks=_marks(photos, flaws),
        condition=str(Condition(item.condition).label),
        definition=str(CONDITION_DEFINITIONS[Condition(item.condition)]),
        facts=item_facts(item, node),
        safety=item_safety(item),
        sites=facts.sites,
        deliveries=[] if item.state == ItemState.SOLD else _deliveries(item, start),
        closure=facts.closure,
        leaves=start.leaves,
        trader=trader_file(item.seller, facts.sites, vat=facts.vat_mention),
        co2=estimate_co2(node),
        vat_mention=facts.vat_mention,
        size_guide=categories.size_guide_of(categories.get(item.category_id)),
        steps=journey(item),
        shares=_shares(item, facts),
    )


def _shares(item: Item, facts: SellerFacts) -> list[Share]:
    """Where the price of one would go today; nothing where all of it is the seller's by no agreement, or it is sold."""
    if item.state != ItemState.ON_SALE or not facts.taking.has_operator or not item.price_cents:
        return []
    return expected_shares(facts.taking, [(item.price_cents, categories.get(item.category_id).path)])


def journey(item: Item) -> list[Step]:
    """The steps recorded on this object, oldest first; a first name only where the person wished it (ui.md 10).

    The same kind of work twice is told once, the last time: what the object went through, not how often.
    """
    told: dict[str, Step] = {}
    for step in steps_of("catalogue.item", item.code):
        kind = kind_of(step.kind) if is_known(step.kind) else None
        if kind is None or not kind.is_public:
            continue
        names = [w.public_name for w in (step.worker, step.partner) if w is not None and w.public_name]
        who = ", ".join(names) or _("somebody of the team")
        told.pop(kind.code, None)
        told[kind.code] = Step(kind.icon, kind.tint, str(kind.done) % {"name": who}, date_format(step.day, "j F Y"))
    return list(told.values())


def item_facts(item: Item, node: Node | None) -> list[tuple[str, str]]:
    """Brand, measures, weight, attributes: label and value, only what is known."""
    sides = [(_("L"), item.length_mm), (_("W"), item.width_mm), (_("H"), item.height_mm)]
    size = " × ".join(f"{letter}\u00a0{_centimetres(mm)}" for letter, mm in sides if mm)
    weight = format_grams(item.weight_g) if item.weight_g else ""
    if weight and item.is_weight_estimated:
        weight = _("about %(weight)s (estimated)") % {"weight": weight}
    rows = [
        (_("Brand"), item.brand),
        (_("Size"), item.size),
        (_("Colour"), value_label("color", item.color, None)),
        (_("Measures"), f"{size}\u00a0cm" if size else ""),
        (_("Weight"), weight),
        *_attributes(item, node),
        (_("Origin"), str(Origin(item.origin).label)),
        (_("Barcode or ISBN"), item.gtin),
        (_("Reference"), item.display_code),
    ]
    return [(label, value) for label, value in rows if value]


def _centimetres(mm: int) -> str:
    whole, rest = divmod(mm, 10)
    return f"{whole},{rest}" if rest else str(whole)


def _attributes(item: Item, node: Node | None) -> list[tuple[str, str]]:
    rows = []
    for key, given in (item.attributes or {}).items():
        attribute = find_attribute(key, node)
        if attribute is None or given in ("", None, []):
            continue
        values = given if isinstance(given, list) else [given]
        rows.append((attribute.label, ", ".join(value_label(f"attr.{key}", str(v), node) for v in values)))
    return rows


def item_safety(item: Item) -> list[tuple[str, str]]:
    """Manufacturer and warnings (GPSR), or why they are not known (rules.md F6)."""
    unknown = _("second-hand, not known")
    return [
        (_("Manufacturer"), item.manufacturer or unknown),
        (_("Manufacturer’s address"), item.manufacturer_address),  # of an unknown one, the line above says it
        (_("Warnings"), item.safety_warnings),
    ]


def departure_words(leaves: Departure, travel: Promise | str) -> str:
    """When it leaves the workshop, then how long it travels."""
    if not leaves.is_delayed:
        says = {"days": leaves.days, "travel": travel}
        return (
            ngettext(
                "Leaves the workshop within %(days)s working day, then %(travel)s",
                "Leaves the workshop within %(days)s working days, then %(travel)s",
                leaves.days,
            )
            % says
        )
    day = date_format(leaves.day, "j F")
    return _("Leaves the workshop by %(day)s, then %(travel)s") % {"day": day, "travel": travel}


@dataclass(frozen=True, slots=True)
class Start:
    """Who carries an object (`facts`), when it leaves there, and where it is collected (decision 56)."""

    facts: SellerFacts
    leaves: Departure
    site: Site | None


def _start(item: Item, facts: SellerFacts, today: datetime.date) -> Start:
    """Its seller and the first place for that; where it lies at another's site, that one. No query but then, one."""
    seller, sites, closures = item.seller, facts.sites, {item.seller_id: facts.closures}
    if item.site_id is None or item.site_id in {site.pk for site in sites}:
        return Start(facts, departure(seller, [seller], closures, today), collection_site(None, sites))
    site = Site.objects.select_related("organisation").get(pk=item.site_id)
    carried = seller_facts(site.organisation, today)
    closures[site.organisation_id] = carried.closures
    return Start(carried, departure(site.organisation, [seller], closures, today), site)


def _deliveries(item: Item, start: Start) -> list[Delivery]:
    """The ways to receive it, at the prices of who carries it, and when it would leave."""
    modes = item.delivery_modes or item.seller.delivery_modes
    if not modes:
        return []
    pickup, load = start.site, load_of(item)
    details = {
        "relay": departure_words(start.leaves, TRAVEL["relay"][1]),
        "home": departure_words(start.leaves, TRAVEL["home"][1]),
        "pickup": pickup.place if pickup else "",
        "local": _("By appointment, around %(place)s") % {"place": pickup.city} if pickup else "",
    }
    found = []
    for mode in DeliveryMode.values:
        best = None if mode == "pickup" else start.facts.tariff.best(mode, load)
        if mode not in modes or (mode != "pickup" and best is None and start.facts.tariff.of(mode)):
            continue  # not this seller's way, or too heavy or large for it
        cents = 0 if mode == "pickup" else best[0] if best else None
        found.append(Delivery(mode, str(DeliveryMode(mode).label), DELIVERY_ICONS[mode], details[mode], cents))
    return found


def load_of(item: Item) -> Load:
    """One unit of it, for the carrier."""
    longest, middle, smallest = sorted((item.length_mm or 0, item.width_mm or 0, item.height_mm or 0), reverse=True)
    return Load(item.weight_g or 0, (longest, middle, smallest))


def _certified(seller: Organisation) -> str:
    """The trader's self-certification (DSA art. 30.1 e), only where it was given."""
    return _("Certifies that it offers only products that comply with the law") if seller.certified_at else ""


def trader_file(
    seller: Organisation, sites: list[Site], *, vat: str = "", only: frozenset[str] | None = None
) -> list[tuple[str, str]]:
    """What the law shows of the seller (DSA art. 30; rules.md F1, F4): label and value, only what is known.

    `only` keeps some of: name, register, address, telephone, email, status, vat, mediator, commitment.
    """
    main = sites[0] if sites else None
    address = " ".join(p for p in (f"{main.address},", main.postal_code, main.city) if p.strip(",")) if main else ""
    facts = {
        "name": (_("Name"), seller.legal_name or seller.name),
        "register": (_("Register"), f"SIREN {seller.siren}" if seller.siren else ""),
        "address": (_("Address"), address),
        "telephone": (_("Telephone"), seller.phone),
        "email": (_("E-mail"), seller.email),
        "status": (_("Status"), _("Professional: you have 14 days to change your mind")),
        "vat": (_("VAT"), vat),
        "mediator": (_("Consumer mediator"), seller.mediator),
        "commitment": (_("Commitment"), _certified(seller)),
    }
    return [fact for key, fact in facts.items() if fact[1] and (only is None or key in only)]
