"""What the register asks of the catalogue: no object goes on sale before who brought it is noted (rules.md F6)."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.catalogue.errors import PublishRefused
from rebond.catalogue.models import Item
from rebond.catalogue.publishing import PublishRule, add_publish_rule
from rebond.core.money import format_cents
from rebond.intake.actions.register_lines import make_precise
from rebond.intake.enums import DonorKind
from rebond.intake.queries.register import group_limit_of, register_of, said_of


def check_item(item: Item) -> None:
    """Raise PublishRefused for an object of a seller who keeps the register, made since, without its line.

    Things written together on one line are worth less than the threshold each: above it, the person is to be named.
    """
    if not item.seller.is_register_kept:
        return
    register = register_of(item.seller)
    if register is None or (item.pk and timezone.localdate(item.created_at) < register.opened_on):
        return
    said = said_of(item.seller_id, item.code) if item.pk else None
    url = reverse("intake-desk:register-object", args=[item.code.lower()]) if item.pk else ""
    if said is None:
        raise PublishRefused(
            _("The register of objects waits: note who brought it, then publish."), url=url, action=_("Note it")
        )
    limit = group_limit_of(item.seller)
    if said.donor_kind == DonorKind.GROUPED and item.price_cents >= limit:
        raise PublishRefused(
            _("From %(limit)s on, the register asks who brought it: correct its line, then publish.")
            % {"limit": format_cents(limit)},
            url=reverse("intake-desk:register-correct", args=[said.number]),
            action=_("Correct the line"),
        )


def register() -> None:
    """Called when the app is ready."""
    add_publish_rule(PublishRule(check_item, lambda item, _by: make_precise(item)))
