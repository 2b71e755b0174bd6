"""Words that several places of the catalogue share, and the sentences of its journal entries."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# What people write for yes and no in a spreadsheet, without accents.
YES = frozenset({"oui", "o", "yes", "y", "true", "vrai", "1", "x", "on"})
UNSAID = frozenset({"", "inconnu", "non precise", "ne sait pas", "nsp", "unknown", "not said"})
NO = frozenset({"non", "n", "no", "false", "faux", "0", "off"})

FIELD_LABELS: dict[str, Any] = {
    "title": _("Title"),
    "description": _("Description"),
    "category": _("Category"),
    "site": _("Place"),
    "condition": _("Condition"),
    "quantity": _("Quantity"),
    "price_cents": _("Price"),
    "weight_g": _("Weight"),
    "is_weight_estimated": _("Weight is an estimate"),
    "length_mm": _("Length"),
    "width_mm": _("Width"),
    "height_mm": _("Height"),
    "brand": _("Brand"),
    "color": _("Colour"),
    "size": _("Size"),
    "attributes": _("Characteristics"),
    "gtin": _("Barcode or ISBN"),
    "origin": _("Origin"),
    "delivery_modes": _("Delivery"),
    "manufacturer": _("Manufacturer"),
    "manufacturer_address": _("Manufacturer’s address"),
    "safety_warnings": _("Safety warnings"),
    "is_manufacturer_unknown": _("Manufacturer not known"),
    "external_ref": _("Your reference"),
    "flaws": _("Flaws"),
}

SENTENCES: dict[str, Promise | str] = {
    "catalogue.label.made": _("%(actor)s made the label of “%(subject)s”"),
    "catalogue.item.begun": _("%(actor)s took in %(subject)s"),
    "catalogue.item.created": _("%(actor)s created “%(subject)s”"),
    "catalogue.item.duplicated": _("%(actor)s created “%(subject)s” as a copy of %(source)s"),
    "catalogue.item.imported": _("%(actor)s created “%(subject)s” from the file “%(file)s”"),
    "catalogue.item.deleted": _("%(actor)s deleted “%(subject)s”: its import was undone"),
    "catalogue.item.changed": _("%(actor)s changed “%(subject)s”"),
    "catalogue.item.submitted": _("%(actor)s gave “%(subject)s” to be checked"),
    "catalogue.item.sent_back": _("%(actor)s sent “%(subject)s” back to be completed"),
    "catalogue.item.published": _("%(actor)s put “%(subject)s” on sale"),
    "catalogue.item.withdrawn": _("%(actor)s withdrew “%(subject)s” from sale"),
    "catalogue.item.sold": _("“%(subject)s” is sold"),
    "catalogue.item.written_off": _("%(actor)s noted that “%(subject)s” left for good"),
    "catalogue.item.restocked": _("%(actor)s took “%(subject)s” back into stock"),
    "catalogue.item.price_changed": _("%(actor)s changed the price of “%(subject)s”"),
    "catalogue.item.held": _("%(actor)s withdrew “%(subject)s” by decision"),
    "catalogue.item.released": _("%(actor)s ended the decision on “%(subject)s”"),
    "catalogue.hold.contested": _("%(actor)s contested the decision on “%(subject)s”"),
    "catalogue.hold.answered": _("%(actor)s answered the complaint about “%(subject)s”"),
    "catalogue.hosting.offered": _("%(actor)s offered %(seller)s to keep its objects at %(site)s"),
    "catalogue.hosting.accepted": _("%(actor)s accepted that %(host)s keeps objects of %(seller)s at %(site)s"),
    "catalogue.hosting.refused": _("%(actor)s refused the offer of %(host)s to keep objects at %(site)s"),
    "catalogue.hosting.taken_back": _("%(actor)s took back the offer to keep objects of %(seller)s at %(site)s"),
    "catalogue.hosting.ended": _("%(actor)s set the end of the agreement for %(seller)s at %(site)s"),
    "catalogue.category.added": _("%(actor)s added the category “%(subject)s”"),
    "catalogue.category.changed": _("%(actor)s changed the category “%(subject)s”"),
    "catalogue.category.moved": _("%(actor)s moved the category “%(subject)s”"),
    "catalogue.category.closed": _("%(actor)s closed the category “%(subject)s”"),
    "catalogue.category.reopened": _("%(actor)s opened the category “%(subject)s” again"),
    "catalogue.recall.added": _("%(actor)s put “%(subject)s” on the list of recalls"),
    "catalogue.recall.changed": _("%(actor)s changed “%(subject)s” on the list of recalls"),
    "catalogue.recall.ended": _("%(actor)s ended the recall of “%(subject)s”"),
    "catalogue.recall.imported": _("%(actor)s put a file of recalls on the list"),
    "catalogue.collection.created": _("%(actor)s created the collection “%(subject)s”"),
    "catalogue.collection.changed": _("%(actor)s changed the collection “%(subject)s”"),
    "catalogue.collection.items_changed": _("%(actor)s changed the items of the collection “%(subject)s”"),
    "catalogue.collection.deleted": _("%(actor)s removed the collection “%(subject)s”"),
    "catalogue.photo.added": _("%(actor)s added photos to “%(subject)s”"),
    "catalogue.photo.described": _("%(actor)s wrote the text of a photo of “%(subject)s”"),
    "catalogue.photo.ordered": _("%(actor)s put the photos of “%(subject)s” in order"),
    "catalogue.photo.removed": _("%(actor)s removed a photo of “%(subject)s”"),
    "catalogue.photo.restored": _("%(actor)s brought back a photo of “%(subject)s”"),
}

MAILS: dict[str, Promise | str] = {
    "catalogue.recall_stopped": _("Object recalled"),
    "catalogue.hold_placed": _("Decision on an object"),
    "catalogue.hold_lifted": _("Decision on an object"),
    "catalogue.complaint_received": _("Complaint about a decision"),
    "catalogue.complaint_answered": _("Complaint about a decision"),
}
