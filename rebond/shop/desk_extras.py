"""What gestures of buyers add to the desk."""

from django.utils.translation import gettext_lazy, pgettext_lazy

from rebond.core.rail import RailEntry, add_rail_entry


def register() -> None:
    """Called once, by the app's `ready`."""
    money, projects = gettext_lazy("Money"), pgettext_lazy("rail", "Round-ups")
    vouchers = pgettext_lazy("rail", "Vouchers")
    add_rail_entry(RailEntry(money, 38, vouchers, "ticket-percent", "shop:voucher-list", "shop.voucher.view"))
    cards = pgettext_lazy("rail", "Gift cards")
    add_rail_entry(RailEntry(money, 39, cards, "gift", "shop:gift-list", "shop.gift_card.view"))
    add_rail_entry(RailEntry(money, 39, projects, "sprout", "shop:project-list", "shop.project.view"))
