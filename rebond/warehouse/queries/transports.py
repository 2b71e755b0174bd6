"""Transports: those of a site, what is in one, how far its check is, its slip."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count as Number
from django.db.models import Q, QuerySet, Sum
from django.utils import formats
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from rebond.catalogue.enums import ItemState
from rebond.catalogue.models import Item
from rebond.catalogue.queries.labels import qr_svg
from rebond.core.codes import display_code
from rebond.core.counting import how_many
from rebond.journal.models import Transition
from rebond.network.models import Site
from rebond.warehouse.enums import LineState, TransportState
from rebond.warehouse.models import Transport, TransportLine


@dataclass(frozen=True, slots=True)
class Cargo:
    """What a transport carries: objects (lines), units, grams known, boxes; and what became of the lines."""

    objects: int
    units: int
    grams: int
    boxes: int
    loaded: int
    arrived: int
    damaged: int
    missing: int
    extra: int

    @property
    def here(self) -> int:
        return self.arrived + self.damaged

    @property
    def percent(self) -> int:
        return 100 * self.here // self.objects if self.objects else 0


def cargo_of(transports: Sequence[Transport]) -> dict[int, Cargo]:
    """{transport's key: what it carries}: one query."""
    lines: Any = TransportLine.objects.filter(transport__in=transports).order_by().values("transport_id")
    found = lines.annotate(
        n=Number("pk"),
        all_units=Sum("units"),
        all_grams=Sum("grams"),
        boxes=Number("box", distinct=True),
        extra=Number("pk", filter=Q(is_extra=True)),
        **{f"is_{state}": Number("pk", filter=Q(state=state)) for state in LineState.values},
    )
    made = {
        row["transport_id"]: Cargo(
            row["n"], row["all_units"], row["all_grams"] or 0, row["boxes"], row["is_loaded"], row["is_arrived"],
            row["is_damaged"], row["is_missing"], row["extra"],
        )
        for row in found
    }  # fmt: skip
    return {transport.pk: made.get(transport.pk, Cargo(0, 0, 0, 0, 0, 0, 0, 0, 0)) for transport in transports}


def transports_of(organisation: Any, state: str = "") -> QuerySet[Transport]:
    """The organisation's, the latest first."""
    rows: QuerySet[Transport] = Transport.objects.filter(organisation=organisation)
    rows = rows.filter(state=state) if state in TransportState.values else rows
    return rows.select_related("place", "from_site", "to_site").order_by("-planned_on", "-pk")


def with_numbers(transports: QuerySet[Transport]) -> QuerySet[Transport]:
    """Each with `line_number`, and the objects that did not come: `missing_number`."""
    lines = TransportLine.objects.all()
    missing = how_many(lines.filter(state=LineState.MISSING), "transport")
    return transports.annotate(line_number=how_many(lines, "transport"), missing_number=missing)


def for_site(site: Site | None) -> list[Transport]:
    """What people of a site do now: load those that leave from here, check those that come here."""
    if site is None:
        return []
    leaving = Q(from_site=site, state=TransportState.PLANNED)
    coming = Q(to_site=site, state=TransportState.ON_THE_WAY)
    rows = Transport.objects.filter(leaving | coming).select_related("place", "from_site", "to_site")
    return list(rows.order_by("planned_on", "pk")[:20])


def last_lines(transport: Transport, *, here: bool) -> list[TransportLine]:
    """The latest ones in the vehicle, or those still to come (8 at most)."""
    rows = TransportLine.objects.filter(transport=transport).select_related("item", "box")
    rows = rows.filter(state=LineState.LOADED) if here else rows
    return list(rows.order_by("-pk")[:8])


def was_on_sale(item: Item) -> bool:
    """Whether an object that was withdrawn had been on sale: it goes back there, a draft cannot become one again."""
    moves = Transition.objects.filter(subject_kind="catalogue.item", subject_id=item.code, verb="withdraw")
    return bool(moves.order_by("-pk").values_list("from_state", flat=True).first() == ItemState.ON_SALE)


def lines_of(transport: Transport) -> QuerySet[TransportLine]:
    """All of them, by box, then by code."""
    rows = TransportLine.objects.filter(transport=transport).select_related("item", "box")
    return rows.order_by("box__label", "item_code")


def slip_of(transport: Transport) -> dict[str, Any]:
    """What the transport slip says, for Typst."""
    cargo = cargo_of([transport])[transport.pk]
    lines = list(lines_of(transport).filter(is_extra=False))
    boxes: dict[str, list[TransportLine]] = {}
    for line in lines:
        boxes.setdefault(line.box.label if line.box else "", []).append(line)
    return {
        "lang": get_language() or "fr",
        "title": _("Transport slip"),
        "number": str(transport),
        "code": transport.place.display_code,
        "qr": qr_svg(f"{settings.SITE_URL}/l/{transport.place.code.lower()}/"),
        "organisation": transport.organisation.name,
        "date": formats.date_format(transport.left_on or transport.planned_on, "j F Y"),
        "ways": [[_("From"), *_address(transport.from_site)], [_("To"), *_address(transport.to_site)]],
        "facts": [[_("Driver"), transport.driver], [_("Vehicle"), transport.vehicle], [_("Note"), transport.note]],
        "totals": [
            [_("Objects"), formats.number_format(cargo.units, force_grouping=True)],
            [_("Boxes"), formats.number_format(cargo.boxes)],
            [_("Known weight"), f"{formats.number_format(round(cargo.grams / 1000, 1), 1)} kg"],
        ],
        "head": [_("Code"), _("Object"), _("Units"), _("Seen")],
        "groups": [
            [label or _("Outside boxes"), [[display_code(one.item_code), one.title, str(one.units)] for one in some]]
            for label, some in sorted(boxes.items())
        ],
        "signatures": [_("Loaded by, date, signature"), _("Checked by, date, signature")],
        "foot": f"{transport} · {transport.organisation.name}",
    }


def _address(site: Site) -> list[str]:
    return [site.name, site.address, f"{site.postal_code} {site.city}"]
