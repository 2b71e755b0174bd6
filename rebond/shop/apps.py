from collections.abc import Iterable

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


def _aisles() -> Iterable[tuple[str, str]]:
    from rebond.shop.queries.tree import load_tree  # noqa: PLC0415 -- app registry: models load after apps

    return [(node.label, node.url) for node in load_tree().roots]


class ShopConfig(AppConfig):
    name = "rebond.shop"

    def ready(self) -> None:

        from rebond.core.site import FootLink, add_foot_link, set_aisles  # noqa: PLC0415 -- app registry
        from rebond.shop import perms, receivers  # noqa: F401, PLC0415 -- app registry: they register at start

        set_aisles(_aisles)
        add_foot_link(FootLink("buy", 10, _("All aisles"), "shop:aisles"))
        add_foot_link(FootLink("buy", 20, _("Collections"), "shop:collections"))
        add_foot_link(FootLink("buy", 30, _("My alerts"), "shop:alerts"))
        add_foot_link(FootLink("understand", 20, _("Our sellers"), "shop:sellers"))
        add_foot_link(FootLink("understand", 40, _("How results are ranked"), "shop:ranking"))
        add_foot_link(FootLink("understand", 50, _("How CO2 is estimated"), "shop:co2"))
