"""What the catalogue adds to the desk: entries of the rail."""

from django.utils.translation import gettext_lazy as _

from rebond.core.rail import RailEntry, add_rail_entry

SALE, CATALOGUE = _("Sale"), _("Catalogue")
RAIL = (
    (SALE, 10, _("Items"), "boxes", "item-list", "catalogue.item.view"),
    (CATALOGUE, 60, _("Categories"), "list-tree", "category-list", "catalogue.category.change"),
    (CATALOGUE, 70, _("Collections"), "layers", "collection-list", "catalogue.collection.change"),
)


def register() -> None:
    """Called once, by the app's `ready`."""
    for section, order, label, icon, name, permission in RAIL:
        add_rail_entry(RailEntry(section, order, label, icon, f"catalogue:{name}", permission))
