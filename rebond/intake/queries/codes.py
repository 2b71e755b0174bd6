"""The maker's barcode of a thing in hand: what it says at the sorting table."""

from rebond.catalogue.errors import FieldInvalid
from rebond.catalogue.models import Category, Item
from rebond.catalogue.queries import categories
from rebond.catalogue.queries.recalls import spellings
from rebond.catalogue.validators import clean_gtin


def code_in(text: str) -> str:
    """The figures of a barcode, or "" where the text is none."""
    try:
        return clean_gtin(text[:40])
    except FieldInvalid:
        return ""


def kind_by_code(gtin: str) -> Category | None:
    """The category under which a thing with this barcode was filed last, whoever sold it; None where nobody did."""
    rows = Item.objects.filter(gtin__in=spellings(gtin)).order_by("-pk").values_list("category_id", flat=True)
    found = rows.first() if gtin else None
    category = categories.get(found) if found is not None else None
    is_open = category is not None and category.is_active and not categories.children_of(category)
    return category if is_open else None
