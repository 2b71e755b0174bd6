"""Why a row, a value or a picture was refused, in words that say what to write instead."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REASONS: dict[str, str | Promise] = {
    "required": _("This is missing and must be given."),
    "title_required": _("A title, in a few words."),
    "too_long": _("At most %(limit)s characters (here %(length)s)."),
    "number": _("A number, such as 12.50."),
    "price_zero": _("A price above zero."),
    "price_high": _("A price below 1,000,000 euros."),
    "currency": _("An amount in euros: prices in another currency are not converted."),
    "whole": _("A whole number, such as 3."),
    "quantity_zero": _("At least one to sell: sold-out lines create nothing."),
    "quantity_high": _("At most 100,000."),
    "quantity_reserved": _("At least %(limit)s: buyers hold some of them."),
    "condition": _("One of: %(choices)s."),
    "origin": _("One of: %(choices)s."),
    "delivery": _("One or more of: %(choices)s."),
    "weight": _("A weight, such as 1.2 kg or 350 g."),
    "weight_high": _("A weight below 2,000 kg."),
    "length": _("A length in centimetres, such as 45."),
    "gtin": _("A barcode whose last figure is right (EAN or ISBN)."),
    "yes_no": _("Yes or no."),
    "category_unknown": _("One of our categories: choose it once, it is remembered."),
    "category_required": _("A category, or one for the whole file."),
    "category_parent": _("A more precise category: this one has others below it."),
    "duplicate": _("A reference of its own: line %(line)s has the same."),
    "duplicate_text": _("A reference column, or one line with a quantity: line %(line)s says the same."),
    "too_many_cells": _("As many cells as the heading line: a quotation mark or a separator is wrong here."),
    "formula": _("A value: this formula was never computed. Open the file, save it, send it again."),
    "sold": _("Nothing: this item is already sold here."),
    "virtual": _("An object that can be handed over: this is a file or a service."),
    "grouped": _("One line per object: this one groups other products."),
    "external": _("An object of yours: this product is sold on another site."),
    "parent_unknown": _("The line of the main product, above its variations."),
    "links_only": _("Whole products: this list only holds links (ask the shop for display=full)."),
    "rule": "%(text)s",
    "invalid": _("Another value: the shop's rules refuse this one."),
    "unsafe": _("Nothing: this may not be sold here (safety rules)."),
}

SKIPS: dict[str, str | Promise] = {
    "parent": _("Main product: its variations are the items."),
    "other_currency": _("Same item in another currency: the line in euros is taken."),
    "hidden": _("Hidden in the shop it comes from."),
    "left_out": _("You chose to leave this category out."),
}

PHOTO_REASONS: dict[str, str | Promise] = {
    "address": _("This is not a web address (http or https)."),
    "private": _("This address leads to a private network."),
    "unknown_host": _("This site does not exist."),
    "unreachable": _("This site did not answer."),
    "certificate": _("This site's certificate is not valid: what it says cannot be trusted."),
    "status": _("The picture is not at this address any more."),
    "redirects": _("This address sends on too many times."),
    "too_large": _("This picture is heavier than 25 MB."),
    "too_slow": _("This site took too long."),
    "not_image": _("This is not a picture that we can read."),
    "not_in_archive": _("No file of this name in the archive."),
    "no_archive": _("A web address, or a file in a ZIP sent with the table."),
    "too_many": _("At most 12 pictures for an item."),
    "item_gone": _("The item is not there any more."),
}


def reason(code: str, params: dict[str, Any] | None = None) -> str:
    """The sentence of a code in the current language; an unknown code is shown as it is."""
    sentence = str(REASONS.get(code) or PHOTO_REASONS.get(code) or SKIPS.get(code) or code)
    return sentence % params if params else sentence


# The journal's sentences about imports
SENTENCES: dict[str, Promise | str] = {
    "connect.import.uploaded": _("%(actor)s sent the file “%(subject)s” to import"),
    "connect.import.shop_asked": _("%(actor)s asked to read the shop %(address)s"),
    "connect.import.read": _("The import “%(subject)s” is read"),
    "connect.import.not_read": _("The import “%(subject)s” could not be read: %(reason)s"),
    "connect.import.reading_stopped": _("%(actor)s stopped the reading of “%(subject)s”"),
    "connect.import.columns_set": _("%(actor)s matched the columns of the import “%(subject)s”"),
    "connect.categories.chosen": _("%(actor)s chose where the categories of %(subject)s's file go"),
    "connect.import.target_set": _("%(actor)s chose what the items of the import “%(subject)s” become"),
    "connect.import.tried": _("%(actor)s tried the import “%(subject)s” without writing anything"),
    "connect.import.corrected": _("%(actor)s corrected values of the import “%(subject)s”"),
    "connect.import.correction_removed": _("%(actor)s took back a correction of the import “%(subject)s”"),
    "connect.import.started": _("%(actor)s started the import “%(subject)s”"),
    "connect.import.paused": _("%(actor)s paused the import “%(subject)s”"),
    "connect.import.resumed": _("%(actor)s went on with the import “%(subject)s”"),
    "connect.import.finished": _("The import “%(subject)s” is finished"),
    "connect.import.failed": _("The import “%(subject)s” stopped: %(reason)s"),
    "connect.import.undo_started": _("%(actor)s asked to undo the import “%(subject)s”"),
    "connect.import.undone": _("The import “%(subject)s” is undone"),
}
