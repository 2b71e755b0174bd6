"""Who one may be in the demonstration, by role, and what waits for each."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from rebond.accounts.models import User
from rebond.catalogue.models import Collection, Item
from rebond.network.enums import Role, SellerState
from rebond.network.models import Admission, Membership, Organisation
from rebond.shop.enums import NoticeState
from rebond.shop.models import Alert, Favourite, Notice
from rebond.workshop.kinds import kinds_at
from rebond.workshop.models import Device, Worker

SHOP, SELLERS, STATIONS, NETWORK = "shop", "sellers", "stations", "network"
NETWORK_ROLES = frozenset({Role.COORDINATOR, Role.COMMITTEE, Role.CATALOGUE_MANAGER, Role.MODERATOR, Role.FINANCE})


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """`waits` is one line: what this person finds when they come in. `to_try` is a sentence for some of them."""

    user: User
    waits: str | Promise
    tint: str

    @property
    def to_try(self) -> Promise | str:
        return TO_TRY.get(self.user.name, "")


# By name: the demo's people (`front/demo/data/people.txt`). What each sentence asks is there to do.
TO_TRY = {
    "Camille Vasseur": _("Buy, follow a parcel, change your mind about what just came, write to its seller."),
    "Claire Vidal": _("See an order that waits for its transfer, and the invoice of one that was paid so."),
    "Inès Roux": _("Put an object on sale, and send the orders that were paid."),
    "Lucie Martel": _("Read the statement of a month, a supplier’s invoice, and be paid for an order at the counter."),
    "Nora Lemaire": _("Answer a buyer, then decide: a refund, a price gesture, or no with the reason."),
    "Paul Rivière": _("Follow people: who is due first, a file, an exit, news of who left; each opening is noted."),
    "Samira Bensaïd": _("In your account, read your path, your exit of before, and who opened your file."),
    "Sylvie Abgrall": _("Answer a bank that contests a payment, find what a transfer is for, prepare the payouts."),
    "Hélène Faure": _("Grant what the treasurer prepared: a payout, and what a transfer is for."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class DemoGroup:
    key: str
    title: Promise
    about: Promise
    people: Sequence[DemoPerson]


def demo_groups() -> list[DemoGroup]:
    """The groups of the sign-in page, in the order of their rows; a group without people is left out.

    A constant number of queries, whatever the number of people.
    """
    users = list(User.objects.exclude(demo_role="").filter(is_active=True).order_by("pk"))
    rows = Membership.objects.filter(user__in=users, ended_at=None).select_related("organisation").order_by("pk")
    roles = {row.user_id: row for row in rows}
    counts = _item_counts({row.organisation_id for row in roles.values()})
    network = _network_waits()
    kept = dict(
        Favourite.objects.filter(user__in=users)
        .order_by()
        .values("user_id")
        .annotate(n=Count("pk"))
        .values_list("user_id", "n")
    )
    told = dict(
        Alert.objects.filter(user__in=users)
        .order_by()
        .values("user_id")
        .annotate(n=Count("pk"))
        .values_list("user_id", "n")
    )
    statuses = {w.user_id: w.get_status_display() for w in Worker.objects.filter(user__in=users)}
    found: dict[str, list[DemoPerson]] = {SHOP: [], SELLERS: [], STATIONS: [], NETWORK: []}
    for user in users:
        row = roles.get(user.pk)
        if row is None:
            found[SHOP].append(DemoPerson(user, _buyer_waits(kept.get(user.pk, 0), told.get(user.pk, 0)), "ciel"))
        elif row.organisation.seller_state != SellerState.ADMITTED and row.role == Role.MANAGER:
            found[SHOP].append(DemoPerson(user, _("Buys for an organisation"), "ciel"))
        elif row.role == Role.WORKER:
            found[STATIONS].append(DemoPerson(user, statuses.get(user.pk, ""), "anis"))
        elif row.role in NETWORK_ROLES:
            found[NETWORK].append(DemoPerson(user, network[row.role], "lilas"))
        else:
            found[SELLERS].append(DemoPerson(user, _seller_waits(counts.get(row.organisation_id, (0, 0, 0))), "peche"))
    return [DemoGroup(key, title, about, found[key]) for key, title, about in GROUPS if found[key]]


GROUPS = (
    (SHOP, _("In the shop"), _("Look, keep an eye on, be told")),
    (SELLERS, _("At the sellers’"), _("Photograph, write, price, put on sale")),
    (STATIONS, _("At the stations"), _("By badge, on a shared tablet: one task a screen")),
    (NETWORK, _("In the network"), _("Admit, choose, check, moderate")),
)


def find_demo_user(public_id: str) -> User | None:
    """One of the people of the page, or None."""
    return User.objects.exclude(demo_role="").filter(public_id=public_id, is_active=True).first()


def _strange(station_kind: str, known: set[str]) -> tuple[bool, int]:
    """Whether the person knows nothing that is done at this kind of station, and how much of it they do not know."""
    codes = {kind.code for kind in kinds_at(station_kind)}
    return not codes & known, len(codes - known)


def station_of_demo(user: User) -> tuple[Worker, Device] | None:
    """For somebody of the stations: their worker, and the tablet of the station that they know best."""
    worker = Worker.objects.present().filter(user=user).select_related("organisation").order_by("pk").first()
    if worker is None or user.email:
        return None
    known = {skill.kind for skill in worker.skills.all()}
    tablets = list(Device.objects.working().filter(organisation=worker.organisation).select_related("station"))
    tablets.sort(key=lambda tablet: (*_strange(tablet.station.kind, known), tablet.pk))
    return (worker, tablets[0]) if tablets else None


def _item_counts(organisation_ids: set[int]) -> dict[int, tuple[int, int, int]]:
    rows = (
        Item.objects.filter(seller_id__in=organisation_ids, state__in=["on_sale", "draft", "in_review"])
        .order_by()
        .values("seller_id")
        .annotate(
            on_sale=Count("pk", filter=Q(state="on_sale")),
            to_check=Count("pk", filter=Q(state="in_review")),
            drafts=Count("pk", filter=Q(state="draft")),
        )
    )
    return {row["seller_id"]: (row["on_sale"], row["to_check"], row["drafts"]) for row in rows}


def _seller_waits(counts: tuple[int, int, int]) -> str:
    on_sale, to_check, drafts = counts
    parts = [ngettext("%(n)s item on sale", "%(n)s items on sale", on_sale) % {"n": on_sale}]
    if to_check:
        parts.append(ngettext("%(n)s to check", "%(n)s to check", to_check) % {"n": to_check})
    if drafts:
        parts.append(ngettext("%(n)s draft", "%(n)s drafts", drafts) % {"n": drafts})
    return ", ".join(parts)


def _buyer_waits(favourites: int, alerts: int) -> str | Promise:
    if not favourites and not alerts:
        return _("Search, set aside, be told")
    return (
        ngettext("%(n)s favourite", "%(n)s favourites", favourites) % {"n": favourites}
        + ", "
        + ngettext("%(n)s alert", "%(n)s alerts", alerts) % {"n": alerts}
    )


def _network_waits() -> dict[str, str | Promise]:
    sellers = Organisation.objects.selling().count()
    waiting = Admission.objects.waiting().count()
    collections = Collection.objects.count()
    notices = Notice.objects.filter(state=NoticeState.RECEIVED).count()
    applications = ngettext("%(n)s application waits", "%(n)s applications wait", waiting) % {"n": waiting}
    return {
        Role.COORDINATOR: ngettext("%(n)s seller", "%(n)s sellers", sellers) % {"n": sellers} + ", " + applications,
        Role.COMMITTEE: applications,
        Role.CATALOGUE_MANAGER: format_lazy(
            "{}{}",
            ngettext("%(n)s collection", "%(n)s collections", collections) % {"n": collections},
            _(", and the categories"),
        ),
        Role.MODERATOR: ngettext("%(n)s notice to decide on", "%(n)s notices to decide on", notices) % {"n": notices},
        Role.FINANCE: _("The books, to the cent"),
    }
