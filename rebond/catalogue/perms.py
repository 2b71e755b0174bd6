"""Who may do what with items and categories, and which rows each user sees at the desk."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rebond.core.permissions import describe, register

# Role keys as strings: perms are leaves, and the roles' own room is below (network.enums).
SELLERS = frozenset({"manager", "seller", "supervisor"})
READERS = SELLERS | {"reader"}
CATALOGUE = frozenset({"catalogue_manager", "coordinator"})
NETWORK = CATALOGUE | {"moderator"}  # roles at the operator, which see every seller's items
MODERATORS = frozenset({"moderator", "coordinator"})

register(
    {
        "catalogue.item.view": READERS | NETWORK,
        "catalogue.item.change": SELLERS,
        "catalogue.item.withdraw": SELLERS | {"catalogue_manager", "moderator"},
        "catalogue.hold.view": READERS | NETWORK,
        "catalogue.hold.contest": SELLERS,
        "catalogue.hold.decide": MODERATORS,
        "catalogue.hosting.view": READERS,
        "catalogue.hosting.change": frozenset({"manager"}),
        "catalogue.recall.keep": CATALOGUE,
        "catalogue.category.change": frozenset({"catalogue_manager"}),
        "catalogue.collection.change": frozenset({"catalogue_manager"}),
    }
)
describe(
    {
        "catalogue.item.view": _("See the objects at the desk"),
        "catalogue.item.change": _("Write objects, their photos, their prices"),
        "catalogue.item.withdraw": _("Withdraw an object from sale"),
        "catalogue.hold.view": _("Read the moderators' decisions on objects"),
        "catalogue.hold.contest": _("Contest a decision of the moderators"),
        "catalogue.hold.decide": _("Answer complaints, end decisions"),
        "catalogue.hosting.view": _("See who keeps objects for whom, and at which site"),
        "catalogue.hosting.change": _("Offer, accept and end agreements to keep objects of others"),
        "catalogue.recall.keep": _("Keep the list of recalled and forbidden products"),
        "catalogue.category.change": _("Change the categories and their attributes"),
        "catalogue.collection.change": _("Compose the collections"),
    }
)


def visible_items(user: Any) -> Q:
    """Rows of Item that `user` may read at the desk: their organisations' own, or all for the network's staff."""
    if not getattr(user, "is_authenticated", False):
        return Q(pk__in=[])
    memberships = list(user.memberships.filter(ended_at__isnull=True).values_list("organisation_id", "role"))
    if any(role in NETWORK for _, role in memberships):
        return Q()
    return Q(seller_id__in={organisation for organisation, role in memberships if role in READERS})


def visible_holds(user: Any) -> Q:
    """Rows of Hold: a seller's own decisions, or all for the network's staff."""
    if not getattr(user, "is_authenticated", False):
        return Q(pk__in=[])
    memberships = list(user.memberships.filter(ended_at__isnull=True).values_list("organisation_id", "role"))
    if any(role in NETWORK for _, role in memberships):
        return Q()
    return Q(item__seller_id__in={organisation for organisation, role in memberships if role in READERS})


def visible_hostings(user: Any) -> Q:
    """Rows of Hosting: those of the user's own organisations, on either side."""
    if not getattr(user, "is_authenticated", False):
        return Q(pk__in=[])
    rows = user.memberships.filter(ended_at__isnull=True, role__in=READERS)
    own = set(rows.values_list("organisation_id", flat=True))
    return Q(seller_id__in=own) | Q(site__organisation_id__in=own)
