"""Mark-down rules: agreed with the seller, proposed or applied each night, undone where somebody says so.

Prices go through the catalogue's own verb, so that each reduction shows the lowest price of the 30 days before
(rules.md F4; consumer code L112-1-1).
"""

from datetime import date, datetime
from itertools import batched
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from rebond.catalogue.actions.item import change_price, publish_item, withdraw_item
from rebond.catalogue.enums import ItemState, WithdrawReason
from rebond.catalogue.errors import CatalogueError
from rebond.catalogue.models import Category, Item
from rebond.core.locks import lock_row
from rebond.journal.actions.record import record
from rebond.network.models import Organisation
from rebond.warehouse.enums import MarkdownEnd, MarkdownKind, MarkdownMode, MarkdownState
from rebond.warehouse.errors import FieldInvalid, MarkdownTooLate
from rebond.warehouse.models import Markdown, MarkdownRule
from rebond.warehouse.queries.markdowns import Due, due_of

CHUNK = 500
SHORTEST_DAYS = 30
WITHDRAWN_AS = {MarkdownEnd.RECYCLE: WithdrawReason.RECYCLED}


def check_rule(rule: MarkdownRule) -> None:
    """Raise FieldInvalid where the numbers make no sense together."""
    if rule.after_days < SHORTEST_DAYS:
        raise FieldInvalid("after_days", _("30 days at least: a reduction compares with the 30 days before it."))
    if rule.every_days < SHORTEST_DAYS:
        raise FieldInvalid("every_days", _("30 days at least: a reduction compares with the 30 days before it."))
    if not 1 <= rule.percent <= 90:
        raise FieldInvalid("percent", _("From 1 to 90."))
    if not 0 <= rule.cuts <= 5:
        raise FieldInvalid("cuts", _("From 0 to 5."))
    if rule.end != MarkdownEnd.NONE and not rule.end_days:
        raise FieldInvalid("end_days", _("Say after how many days."))
    if rule.end_days and rule.cuts and rule.end_days <= rule.after_days:
        raise FieldInvalid("end_days", _("Later than the first reduction."))
    if not rule.agreed_with.strip():
        raise FieldInvalid("agreed_with", _("Say who agreed."))
    if rule.agreed_on > timezone.localdate():
        raise FieldInvalid("agreed_on", pgettext("markdown", "This day is still to come."))


@transaction.atomic
def set_rule(
    *,
    organisation: Organisation,
    category: Category | None,
    agreed_with: str,
    agreed_on: date,
    by: Any,
    **numbers: Any,
) -> MarkdownRule:
    """The rule for these goods from now on; the one before stops, what it did stays. Raise FieldInvalid."""
    rule = MarkdownRule(
        organisation=organisation,
        category=category,
        agreed_with=agreed_with.strip()[:80],
        agreed_on=agreed_on,
        created_by=by,
        **numbers,
    )
    check_rule(rule)
    before = MarkdownRule.objects.active().filter(organisation=organisation, category=category)
    for old in before.order_by("pk"):
        _stop(old)
    try:
        with transaction.atomic():
            rule.save()
    except IntegrityError as error:  # somebody set one at the same moment
        raise FieldInvalid("category", _("Somebody has just set a rule for these goods.")) from error
    record("warehouse.markdown.set", subject=rule, by=by, organisation=organisation, goods=str(rule) or _("all goods"))
    return rule


def _stop(rule: MarkdownRule) -> bool:
    Markdown.objects.filter(rule=rule, state=MarkdownState.PROPOSED).delete()
    rows = MarkdownRule.objects.filter(pk=rule.pk, stopped_on__isnull=True)
    return bool(rows.update(stopped_on=timezone.localdate(), version=F("version") + 1))


@transaction.atomic
def stop_rule(*, rule: MarkdownRule, by: Any) -> MarkdownRule:
    """Nothing more is cut under it; what was proposed goes. Twice is once."""
    if _stop(rule):
        facts = {"goods": str(rule) or _("all goods")}
        record("warehouse.markdown.stopped", subject=rule, by=by, organisation=rule.organisation, **facts)
    rule.refresh_from_db()
    return rule


def run_rules(*, now: datetime | None = None) -> dict[str, int]:
    """The nightly work: what is due is proposed, and done where the rule says so. Run twice, it does nothing more."""
    now = now or timezone.now()
    made = {"proposed": 0, "done": 0}
    for rule in MarkdownRule.objects.active().select_related("category", "organisation").order_by("pk"):
        for some in batched(due_of(rule, now=now), CHUNK):
            made["proposed"] += _propose(rule, some, now)
        if rule.mode == MarkdownMode.APPLY:
            made["done"] += apply_all(rule=rule, by=None, now=now)
    return made


@transaction.atomic
def _propose(rule: MarkdownRule, some: tuple[Due, ...], now: datetime) -> int:
    items = Item.objects.in_bulk([due.pk for due in some])
    rows = [
        Markdown(
            rule=rule,
            item_id=due.pk,
            item_code=items[due.pk].code,
            title=items[due.pk].title[:150],
            kind=due.kind,
            number=due.number,
            old_cents=due.old_cents,
            new_cents=due.new_cents,
            proposed_on=timezone.localdate(now),
        )
        for due in some
        if due.pk in items
    ]
    Markdown.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def apply_all(*, rule: MarkdownRule, by: Any, now: datetime | None = None) -> int:
    """Do all that is proposed under a rule, each in its transaction; what is no longer due goes. Return how many."""
    done = 0
    for markdown in Markdown.objects.filter(rule=rule, state=MarkdownState.PROPOSED).order_by("pk"):
        try:
            apply_markdown(markdown=markdown, by=by, now=now)
        except MarkdownTooLate:
            Markdown.objects.filter(pk=markdown.pk, state=MarkdownState.PROPOSED).delete()
        else:
            done += 1
    return done


@transaction.atomic
def apply_markdown(*, markdown: Markdown, by: Any, now: datetime | None = None) -> Markdown:
    """The price is cut, or the object leaves the sale. Done twice is done once.

    Raise MarkdownTooLate where it was sold, held, withdrawn or priced otherwise meanwhile.
    """
    item = Item.objects.select_related("seller", "category").filter(pk=markdown.item_id).first()
    if item is None:
        raise MarkdownTooLate
    seller, item = item.seller, lock_row(item)
    item.seller = seller
    markdown = lock_row(markdown)
    if markdown.state == MarkdownState.DONE:
        return markdown
    if item.state != ItemState.ON_SALE or item.reserved or item.price_cents != markdown.old_cents:
        raise MarkdownTooLate
    try:
        if markdown.kind == MarkdownKind.CUT:
            reason = _("Agreed reduction, %(percent)s %%") % {"percent": markdown.rule.percent}
            change_price(item=item, price_cents=markdown.new_cents, by=by, reason=reason, now=now)
        else:
            end = MarkdownEnd(markdown.rule.end)
            why = WITHDRAWN_AS.get(end, WithdrawReason.OTHER)
            withdraw_item(item=item, reason=why, by=by, note=str(end.label))
    except CatalogueError as error:
        raise MarkdownTooLate from error
    return _decided(markdown, MarkdownState.DONE, now)


def _decided(markdown: Markdown, state: str, now: datetime | None = None) -> Markdown:
    Markdown.objects.filter(pk=markdown.pk).update(state=state, decided_on=timezone.localdate(now))
    markdown.refresh_from_db()
    return markdown


@transaction.atomic
def put_off_markdown(*, markdown: Markdown, by: Any) -> Markdown:
    """Not this one: it keeps its price until the next cut's day. Raise MarkdownTooLate once it is done."""
    markdown = lock_row(markdown)
    if markdown.state == MarkdownState.DONE:
        raise MarkdownTooLate
    if markdown.state == MarkdownState.PROPOSED:
        item = Item.objects.get(pk=markdown.item_id)
        record("warehouse.markdown.put_off", subject=item, by=by, organisation=markdown.rule.organisation)
    return _decided(markdown, MarkdownState.PUT_OFF)


@transaction.atomic
def undo_markdown(*, markdown: Markdown, by: Any, now: datetime | None = None) -> Markdown:
    """The price before, or on sale again. Twice is once. Raise MarkdownTooLate where it was sold or changed since."""
    item = lock_row(Item.objects.select_related("seller").get(pk=markdown.item_id))
    markdown = lock_row(markdown)
    if markdown.state != MarkdownState.DONE:
        return markdown
    item = Item.objects.select_related("seller", "category").get(pk=item.pk)
    is_cut = markdown.kind == MarkdownKind.CUT
    if item.state != (ItemState.ON_SALE if is_cut else ItemState.WITHDRAWN) or item.price_cents != markdown.new_cents:
        raise MarkdownTooLate
    try:
        if is_cut:
            change_price(item=item, price_cents=markdown.old_cents, by=by, reason=_("Reduction undone"), now=now)
        else:
            publish_item(item=item, by=by)
    except CatalogueError as error:
        raise MarkdownTooLate from error
    return _decided(markdown, MarkdownState.UNDONE, now)
