from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FrontConfig(AppConfig):
    name = "rebond.front"

    def ready(self) -> None:
        from rebond.core.site import FootLink, add_foot_link  # noqa: PLC0415 -- app registry

        add_foot_link(FootLink("buy", 40, _("Returns within 14 days"), "front:terms", "#retractation"))
        add_foot_link(FootLink("understand", 10, _("How it works"), "front:how"))
        add_foot_link(FootLink("understand", 30, _("Where our figures come from"), "front:impact"))
        add_foot_link(FootLink("end", 10, _("Accessibility: not conforming yet"), "front:accessibility"))
        add_foot_link(FootLink("end", 20, _("Terms of sale"), "front:terms"))
        add_foot_link(FootLink("end", 30, _("Your data"), "front:privacy"))
        add_foot_link(FootLink("end", 40, _("Legal notice"), "front:imprint"))
