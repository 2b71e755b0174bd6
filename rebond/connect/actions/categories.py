"""A seller says once which of our categories its words mean."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rebond.catalogue.models import Category
from rebond.connect.errors import ImportRefused
from rebond.connect.models import CategoryMapping
from rebond.connect.queries.categories import normalise
from rebond.journal.actions.record import record

LEAVE_OUT = "-"


@transaction.atomic
def choose_categories(*, seller: Any, choices: dict[str, str], by: Any) -> int:
    """Remember {their category: key of ours, or LEAVE_OUT for lines not to import}; "" forgets a choice.

    Return how many changed. Raise ImportRefused on a key that is no category for items.
    """
    wanted = {key for key in choices.values() if key not in {"", LEAVE_OUT}}
    known = {
        c.key: c for c in Category.objects.filter(key__in=wanted, is_active=True, children__isnull=True).order_by("pk")
    }
    if unknown := sorted(wanted - set(known)):
        raise ImportRefused(_("“%(key)s” is not one of our categories for items."), key=unknown[0])
    changed = 0
    for label, key in sorted(choices.items()):
        text = normalise(label)
        if not key:
            changed += CategoryMapping.objects.filter(seller=seller, text=text).delete()[0]
            continue
        CategoryMapping.objects.update_or_create(
            seller=seller,
            text=text,
            defaults={"label": label[:250], "category": known.get(key), "updated_at": timezone.now()},
        )
        changed += 1
    if changed:
        record("connect.categories.chosen", subject=seller, by=by, organisation=seller, choices=choices)
    return changed
