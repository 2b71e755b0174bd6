from collections.abc import Iterable
from datetime import timedelta

from django.apps import AppConfig
from django.conf import settings
from django.db.models.signals import post_migrate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

SHOWN = 7  # universes in the header; the others are behind "all aisles"


def _aisles() -> Iterable[tuple[str, str]]:
    from rebond.shop.queries.tree import load_tree  # noqa: PLC0415 -- app registry: models load after apps

    rows = [(node.label, node.url) for node in load_tree().roots]
    return [*rows[:SHOWN], (gettext("All aisles"), "/rayons/")] if len(rows) > SHOWN else rows


def _register_jobs() -> None:
    from rebond.core.periodic import register  # noqa: PLC0415 -- models are ready only now
    from rebond.shop import tasks  # noqa: PLC0415 -- app registry

    for name, every, task, label in (
        ("shop.alerts", timedelta(minutes=5), tasks.match_and_send_alerts, _("Tell alerts of new items")),
        ("shop.baskets", timedelta(minutes=1), tasks.sweep_baskets, _("Free what baskets no longer keep")),
        (
            "shop.orders",
            timedelta(minutes=30),
            tasks.sweep_orders,
            _("End orders that nobody paid, and parcels that arrived"),
        ),
        (
            "shop.trial-payments",
            timedelta(minutes=1),
            tasks.tell_trial_events,
            _("Tell what the trial of payments has still to tell"),
        ),
        ("shop.payments", timedelta(minutes=5), tasks.follow_payments, _("Follow payments at the provider")),
        (
            "shop.accounts",
            timedelta(hours=1),
            tasks.follow_sellers_accounts,
            _("Take back what has to come back from sellers’ accounts"),
        ),
        ("shop.reconcile", timedelta(days=1), tasks.reconcile_yesterday, _("Compare yesterday with the provider")),
        ("shop.quality", timedelta(hours=6), tasks.close_quality, _("Write the public figures of finished days")),
        ("shop.ratings", timedelta(hours=1), tasks.ask_ratings, _("Ask buyers how their purchase was")),
        ("shop.appointments", timedelta(hours=1), tasks.remind_of_appointments, _("Remind of tomorrow’s appointments")),
        ("shop.forget-alerts", timedelta(days=1), tasks.forget_old_alerts, _("Forget old alerts")),
        ("shop.erase-orders", timedelta(days=1), tasks.erase_old_orders, _("Erase whose the orders of long ago were")),
        (
            "shop.forget-traces",
            timedelta(days=1),
            tasks.forget_traces,
            _("Delete old favourites and baskets of visitors, and old reports"),
        ),
    ):
        register(name, every=every, task=task, label=label)


def _register_others() -> None:
    from rebond.core.periodic import register  # noqa: PLC0415 -- models are ready only now
    from rebond.shop import tasks  # noqa: PLC0415 -- app registry

    register(
        "shop.parcels",
        every=timedelta(minutes=15),
        task=tasks.announce_forgotten,
        label=_("Ask sites for parcels that were forgotten"),
    )
    register(
        "shop.refunds",
        every=timedelta(hours=6),
        task=tasks.resume_refunds,
        label=_("Ask again for refunds that were not made"),
    )
    register(
        "shop.reserved",
        every=timedelta(days=1),
        task=tasks.mend_reserved,
        label=_("Compare what is reserved with what baskets keep"),
    )
    register(
        "shop.gift-cards",
        every=timedelta(hours=1),
        task=tasks.send_gift_cards,
        label=_("Send the gift cards whose day has come"),
    )


def _register_money() -> None:
    """Who pays sellers out, and what payments add to the desk."""
    from rebond.ledger.providers import register_provider  # noqa: PLC0415 -- app registry
    from rebond.shop import desk_extras, desk_money, kept_entries  # noqa: PLC0415 -- app registry
    from rebond.shop.actions import asked_gesture, asked_gift_cards, asked_money, asked_vouchers  # noqa: PLC0415 -- app registry
    from rebond.shop.actions.stripe_account import payable_among  # noqa: PLC0415 -- app registry
    from rebond.shop.actions.stripe_payout import pay_out  # noqa: PLC0415 -- app registry
    from rebond.shop.queries import other_waits  # noqa: PLC0415 -- app registry

    desk_money.register()
    kept_entries.register()
    asked_money.register()
    asked_gesture.register()
    other_waits.register()
    asked_vouchers.register()
    asked_gift_cards.register()
    desk_extras.register()
    register_provider("stripe", pay_out, payable_among)


def _add_account_entries() -> None:
    from rebond.core.account_menu import AccountEntry, add_account_entry  # noqa: PLC0415 -- app registry

    add_account_entry(AccountEntry(20, _("My orders"), "package", "shop:orders"))
    add_account_entry(AccountEntry(21, _("My invoices"), "file-text", "shop:my-papers"))
    add_account_entry(AccountEntry(22, _("My returns"), "undo-2", "shop:my-returns"))
    add_account_entry(AccountEntry(23, _("My messages"), "message-circle", "shop:my-conversations"))
    add_account_entry(AccountEntry(24, _("My data"), "database", "shop:personal"))


def _add_foot_links() -> None:
    from rebond.core.site import FootLink, add_foot_link  # noqa: PLC0415 -- app registry
    from rebond.shop.queries.gift_cards import are_known, is_sold  # noqa: PLC0415 -- app registry

    def is_buyable() -> bool:
        """As its page says: an issuer is an operator already, so no query asks for one at the foot of each page."""
        return is_sold() and bool(settings.PAYMENT_PROVIDER)

    def is_only_read() -> bool:
        return are_known() and not is_buyable()

    add_foot_link(FootLink("buy", 10, _("All aisles"), "shop:aisles"))
    add_foot_link(FootLink("buy", 20, _("Collections"), "shop:collections"))
    add_foot_link(FootLink("buy", 30, _("My alerts"), "shop:alerts"))
    add_foot_link(FootLink("buy", 40, _("Gift cards"), "shop:gift-buy", is_shown=is_buyable))
    add_foot_link(FootLink("buy", 41, _("What is left on a gift card"), "shop:gift-balance", is_shown=is_only_read))
    add_foot_link(FootLink("buy", 45, _("Withdraw from the contract here"), "shop:withdraw"))
    add_foot_link(FootLink("join", 10, _("Sell with your organisation"), "joining:sell"))
    add_foot_link(FootLink("understand", 20, _("Our sellers"), "shop:sellers"))
    add_foot_link(FootLink("understand", 35, _("What buyers say of us"), "shop:quality"))
    add_foot_link(FootLink("understand", 40, _("How results are ranked"), "shop:ranking"))
    add_foot_link(FootLink("understand", 50, _("How CO2 is estimated"), "shop:co2"))


class ShopConfig(AppConfig):
    name = "rebond.shop"

    def ready(self) -> None:
        from rebond.core import health  # noqa: PLC0415 -- app registry
        from rebond.core.site import set_aisles  # noqa: PLC0415 -- app registry
        from rebond.journal import sentences  # noqa: PLC0415 -- app registry
        from rebond.ledger.proofs import register_proof  # noqa: PLC0415 -- app registry
        from rebond.shop import arriving, desk, guards, perms, phrases, receivers  # noqa: F401, PLC0415 -- they register at start
        from rebond.shop.queries import staying  # noqa: PLC0415 -- app registry
        from rebond.shop.queries.desk_parts import page_of_order  # noqa: PLC0415 -- app registry
        from rebond.shop.queries.gift_card_proofs import wrong_gift_cards  # noqa: PLC0415 -- app registry
        from rebond.shop.queries.gift_proofs import wrong_gifts  # noqa: PLC0415 -- app registry
        from rebond.shop.queries.proofs import PROOFS  # noqa: PLC0415 -- app registry
        from rebond.shop.queries.provider_health import check_payments  # noqa: PLC0415 -- app registry
        from rebond.shop.queries.scan import read_order  # noqa: PLC0415 -- app registry
        from rebond.shop.queries.slips import parcel_slips  # noqa: PLC0415 -- app registry
        from rebond.shop.queries.terms import check_terms  # noqa: PLC0415 -- app registry
        from rebond.shop.queries.voucher_proofs import wrong_vouchers  # noqa: PLC0415 -- app registry
        from rebond.warehouse.orders import add_finder  # noqa: PLC0415 -- app registry
        from rebond.warehouse.papers import add_paper  # noqa: PLC0415 -- app registry
        from rebond.workshop.scan import add_reader  # noqa: PLC0415 -- app registry

        set_aisles(_aisles)
        _add_account_entries()
        _add_foot_links()
        post_migrate.connect(guards.install_guards, sender=self)
        desk.register()
        arriving.register()
        _register_money()
        health.register_check("payments", check_payments)
        health.register_check("terms", check_terms)
        sentences.register(phrases.SENTENCES)
        sentences.register_mails(phrases.MAILS)
        more = {"round-ups": wrong_gifts, "vouchers": wrong_vouchers, "gift-cards": wrong_gift_cards}
        for name, proof in (PROOFS | more).items():
            register_proof(name, proof)
        add_reader(30, read_order)
        add_paper(20, parcel_slips)
        add_finder(page_of_order)
        staying.register()
        _register_jobs()
        _register_others()
