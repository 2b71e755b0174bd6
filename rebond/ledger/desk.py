"""What the books add to the desk: entries of the rail, and what waits."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from rebond.core.desk import Waiting, add_waiting
from rebond.core.rail import RailEntry, add_rail_entry

MONEY = gettext_lazy("Money")


def waiting_alert(request: HttpRequest) -> Iterable[Waiting]:
    """The last nightly check of the books found something."""
    from rebond.ledger.queries.night import last_check  # noqa: PLC0415 -- app registry

    job = last_check()
    if job is not None and not job.result.get("ok", True):
        yield Waiting(
            icon="octagon-alert",
            tint="peche",
            title=_("The books are not right"),
            text=_("Found by the nightly check. Pay nothing out; call whoever runs the site: rebond check-ledger."),
            url=reverse("ledger:account-list"),
            action=_("Look at the books"),
            urgent=True,
        )


def waiting_payouts(request: HttpRequest) -> Iterable[Waiting]:
    """Payouts that somebody prepared and another one grants."""
    from rebond.ledger.queries.payouts import to_grant  # noqa: PLC0415 -- app registry

    number = to_grant(request.access.organisation)  # type: ignore[attr-defined]
    if number:
        said = ngettext("%(n)s payout waits to be granted", "%(n)s payouts wait to be granted", number)
        yield Waiting(
            icon="banknote",
            tint="menthe",
            title=said % {"n": number},
            text=_("Somebody else than the person who prepared it grants it."),
            url=reverse("ledger:payout-list"),
            action=_("Look at them"),
        )


def _waits(request: HttpRequest) -> tuple[bool, bool, bool]:
    """`what_waits` of the request's user, asked once for three lines of the home."""
    from rebond.ledger.queries.money_requests import what_waits  # noqa: PLC0415 -- app registry

    access: Any = request.access  # type: ignore[attr-defined]
    known: tuple[bool, bool, bool] | None = getattr(access, "ledger_waits", None)
    if known is None:
        known = access.ledger_waits = what_waits(request.user, access.organisation)
    return known


def waiting_requests(request: HttpRequest) -> Iterable[Waiting]:
    """Acts on money that somebody asked and this person may grant, but those that have a line of their own."""
    from rebond.ledger.queries.money_requests import number_to_grant  # noqa: PLC0415 -- app registry
    from rebond.ledger.queries.other_waits import number_of_others  # noqa: PLC0415 -- app registry

    access: Any = request.access  # type: ignore[attr-defined]
    number = number_of_others(access, request.user)
    if _waits(request)[0]:
        number += number_to_grant(request.user, access.organisation, access.roles)
    if number:
        said = ngettext("%(n)s request waits for your yes or no", "%(n)s requests wait for your yes or no", number)
        yield Waiting(
            icon="hand-coins",
            tint="menthe",
            title=said % {"n": number},
            text=_("Somebody asked for it: another person must say yes."),
            url=reverse("ledger:request-list"),
            action=_("Look at them"),
        )


def waiting_papers(request: HttpRequest) -> Iterable[Waiting]:
    """Sales of the organisation whose invoice cannot be made yet."""
    from rebond.ledger.queries.invoices import waiting_of  # noqa: PLC0415 -- app registry

    if not _waits(request)[2]:
        return
    number, missing = waiting_of(request.access.organisation)  # type: ignore[attr-defined]
    if number:
        said = ngettext("%(n)s sale waits for its invoice", "%(n)s sales wait for their invoices", number)
        yield Waiting(
            icon="file-text",
            tint="peche",
            title=said % {"n": number},
            text=" · ".join(missing),
            url=reverse("ledger:invoice-list"),
            action=_("See what is missing"),
        )


def waiting_rates(request: HttpRequest) -> Iterable[Waiting]:
    """The rate of legal interest of this half-year is missing, or somebody entered one that another person grants."""
    from rebond.ledger.queries.legal_rates import what_waits  # noqa: PLC0415 -- app registry

    is_asked, missing = what_waits(timezone.localdate())
    if is_asked:
        yield Waiting(
            icon="scale",
            tint="menthe",
            title=_("A rate of legal interest waits to be granted"),
            text=_("Somebody else than the person who entered it grants it."),
            url=reverse("ledger:rate-list"),
            action=_("Look at it"),
        )
    elif missing:
        yield Waiting(
            icon="scale",
            tint="peche",
            title=_("The rate of legal interest of this half-year is missing"),
            text=_("Late refunds count with the last known one until somebody enters it."),
            url=reverse("ledger:rate-list"),
            action=_("Enter it"),
        )


def waiting_contests(request: HttpRequest) -> Iterable[Waiting]:
    """Invoices that sellers contest."""
    from rebond.ledger.queries.invoices import open_contests  # noqa: PLC0415 -- app registry

    number = open_contests(request.access.organisation).count()  # type: ignore[attr-defined]
    if number:
        said = ngettext("%(n)s invoice is contested", "%(n)s invoices are contested", number)
        yield Waiting(
            icon="file-text",
            tint="peche",
            title=said % {"n": number},
            text=_("The seller said why: answer it."),
            url=reverse("ledger:invoice-list-all"),
            action=_("Look at them"),
        )


def waiting_tax_data(request: HttpRequest) -> Iterable[Waiting]:
    """The organisation was asked for its tax data and has not given them."""
    from rebond.ledger.queries.tax import asked_of  # noqa: PLC0415 -- app registry

    file = asked_of(request.access.organisation) if _waits(request)[1] else None  # type: ignore[attr-defined]
    if file is not None:
        yield Waiting(
            icon="landmark",
            tint="peche",
            title=_("Your tax data are asked for"),
            text=file.note
            or _("The law asks marketplaces for them each year: check and confirm, it takes two minutes."),
            url=reverse("ledger:own-tax"),
            action=_("Check them"),
        )


def waiting_tax_checks(request: HttpRequest) -> Iterable[Waiting]:
    """Tax data that sellers gave and nobody has verified."""
    from rebond.ledger.queries.tax import to_verify  # noqa: PLC0415 -- app registry

    number = to_verify(request.access.organisation).count()  # type: ignore[attr-defined]
    if number:
        said = ngettext(
            "Tax data of %(n)s seller wait to be verified", "Tax data of %(n)s sellers wait to be verified", number
        )
        yield Waiting(
            icon="landmark",
            tint="ciel",
            title=said % {"n": number},
            text=_("Compare them with the public registers, then say so."),
            url=reverse("ledger:tax-home"),
            action=_("Look at them"),
        )


def register() -> None:
    """Called when the app is ready."""
    for order, label, icon, name, permission in (
        (30, pgettext_lazy("ledger", "Finances"), "scale", "account-list", "ledger.account.view_all"),
        (31, pgettext_lazy("ledger", "Payouts"), "banknote", "payout-list", "ledger.payout.view"),
        (32, pgettext_lazy("ledger", "Fees"), "percent", "rule-list", "ledger.rule.view"),
        (33, pgettext_lazy("ledger", "Our money"), "wallet", "own-account", "ledger.account.view"),
        (
            34,
            pgettext_lazy("ledger", "All invoices"),
            "files",
            "invoice-list-all",
            "ledger.invoice.view_all",
        ),
        (38, pgettext_lazy("ledger", "Suppliers’ invoices"), "inbox", "supplier-list", "ledger.supplier.view"),
        (37, pgettext_lazy("ledger", "Files for accountants"), "folder-down", "exports", "ledger.entry.export"),
        (36, pgettext_lazy("ledger", "Tax declaration"), "landmark", "tax-home", "ledger.tax.view"),
        (38, pgettext_lazy("ledger", "Billed services"), "receipt-text", "service-list", "ledger.service.view"),
        (39, pgettext_lazy("ledger", "To grant"), "hand-coins", "request-list", "ledger.request.view"),
        (35, pgettext_lazy("ledger", "Our invoices"), "file-text", "invoice-list", "ledger.account.view"),
    ):
        add_rail_entry(RailEntry(MONEY, order, label, icon, f"ledger:{name}", permission))
    add_waiting(1, "ledger.account.view_all", waiting_alert)
    add_waiting(20, "ledger.payout.grant", waiting_payouts)
    add_waiting(19, "ledger.legal_rate.view", waiting_rates)
    add_waiting(20, "ledger.request.decide", waiting_requests)
    add_waiting(21, "ledger.invoice.answer", waiting_contests)
    add_waiting(22, "ledger.account.view", waiting_papers)
    add_waiting(23, "ledger.tax.give", waiting_tax_data)
    add_waiting(24, "ledger.tax.verify", waiting_tax_checks)
