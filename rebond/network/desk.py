"""What the network adds to the desk: entries of the rail, things to do, panels of the home."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from rebond.core.desk import Panel, Waiting, add_panel, add_waiting
from rebond.core.rail import RailEntry, add_rail_entry

NETWORK = gettext_lazy("Network")
ORGANISATION = gettext_lazy("My organisation")
RAIL = (
    (NETWORK, 120, gettext_lazy("Directory"), "map", "organisation-list", "organisation.list"),
    (NETWORK, 130, gettext_lazy("Agreements"), "handshake", "agreement-list", "agreement.change"),
    (ORGANISATION, 810, gettext_lazy("Our page"), "store", "my-organisation", "organisation.view"),
    (ORGANISATION, 820, gettext_lazy("Members"), "users-round", "my-members", "membership.view"),
    (ORGANISATION, 890, gettext_lazy("Rights"), "key-round", "rights", "desk.view"),
)


def attributes_to_verify(request: HttpRequest) -> Iterable[Waiting]:
    """Proofs that no coordinator has read yet."""
    from rebond.network.models import OrganisationAttribute  # noqa: PLC0415 -- app registry

    rows = OrganisationAttribute.objects.filter(verified_at__isnull=True).exclude(proof_id="")
    number = rows.count()
    if number:
        first = rows.select_related("organisation").order_by("pk")[0]
        yield Waiting(
            icon="badge-check",
            tint="menthe",
            title=ngettext("%(n)s proof to verify", "%(n)s proofs to verify", number) % {"n": number},
            text=_("Since longest: %(name)s") % {"name": first.organisation.name},
            url=reverse("network:organisation-detail", args=[first.organisation.public_id]),
            action=_("Verify"),
        )


def own_profile(request: HttpRequest) -> Iterable[Waiting]:
    """What the seller's own page lacks: a story, a mediator (rules.md F1), a place."""
    organisation = request.access.organisation  # type: ignore[attr-defined]
    if organisation.kind == "operator":
        return
    missing = [] if organisation.story else [_("a story")]
    missing += [] if organisation.mediator else [_("a consumer mediator")]
    if missing:
        yield Waiting(
            icon="store",
            tint="peche",
            title=_("Complete your public page"),
            text=_("It lacks %(what)s.") % {"what": _(" and ").join(missing)},
            url=reverse("network:profile-change", args=[organisation.public_id]),
            action=_("Complete"),
        )


def admissions_waiting(access: Any) -> int:
    """The number beside "Applications" in the rail."""
    from rebond.network.models import Admission  # noqa: PLC0415 -- app registry

    return Admission.objects.waiting().count()


def admissions_to_decide(request: HttpRequest) -> Iterable[Waiting]:
    """Applications that wait for the network: received, being read, appealed."""
    from rebond.network.models import Admission  # noqa: PLC0415 -- app registry

    rows = list(Admission.objects.waiting().order_by("submitted_at", "pk")[:100])
    if rows:
        number = len(rows)
        yield Waiting(
            icon="file-check",
            tint="ciel",
            title=ngettext("%(n)s application to decide", "%(n)s applications to decide", number) % {"n": number},
            text=_("Since longest: %(name)s") % {"name": rows[0].name},
            url=reverse("network:admission-list"),
            action=_("Read"),
            urgent=True,
        )


def network_figures(request: HttpRequest) -> dict[str, Any] | None:
    """Organisations by what they are as sellers, for the network's staff."""
    from rebond.network.queries.figures import seller_counts  # noqa: PLC0415 -- app registry

    return {"counts": seller_counts()}


def network_map(request: HttpRequest) -> dict[str, Any] | None:
    """Where the sellers are, and who came last."""
    from rebond.network.models import Organisation  # noqa: PLC0415 -- app registry
    from rebond.network.queries.directory import map_points, with_main_site  # noqa: PLC0415 -- app registry

    sellers = Organisation.objects.selling()
    newest = with_main_site(sellers.exclude(admitted_on=None).order_by("-admitted_on", "-pk"))[:6]
    points = map_points(sellers)
    return {"points": points, "newest": list(newest)}


def register() -> None:
    """Called once, by the app's `ready`."""
    home = RailEntry("", 0, gettext_lazy("My desk"), "house", "network:home", "network.desk.view", is_exact=True)
    add_rail_entry(home)
    for section, order, label, icon, name, permission in RAIL:
        add_rail_entry(RailEntry(section, order, label, icon, f"network:{name}", f"network.{permission}"))
    add_rail_entry(
        RailEntry(
            NETWORK,
            110,
            gettext_lazy("Applications"),
            "file-check",
            "network:admission-list",
            "network.admission.review",
            admissions_waiting,
        )
    )
    add_waiting(100, "network.admission.review", admissions_to_decide)
    add_waiting(200, "network.attribute.verify", attributes_to_verify)
    add_waiting(700, "network.organisation.change", own_profile)
    add_panel(Panel(200, "network.organisation.list", "network/panel_map.html", network_map, "main"))
    add_panel(Panel(100, "network.organisation.list", "network/panel_figures.html", network_figures, "side"))
