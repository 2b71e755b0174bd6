"""Rules of what is taken from sales: set, stopped; their terms are never changed."""

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rebond.journal.actions.record import record
from rebond.ledger.errors import RuleInvalid, WrongState
from rebond.ledger.models import FeeRule
from rebond.network.models import Organisation

MOST_BP = 10_000


@transaction.atomic
def set_rule(*, operator: Organisation, fields: dict[str, Any], by: Any) -> FeeRule:
    """A rule that counts for the sales from its first day on; past sales keep their frozen lines.

    Raise RuleInvalid where it takes nothing, ends before it begins, begins in the past, or caps below its floor.
    """
    rule = check_rule(operator=operator, fields=fields)
    rule.created_by = by
    rule.save()
    record("ledger.rule.set", subject=rule, by=by, organisation=operator, part=str(rule.part), rate_bp=rule.rate_bp)
    return rule


def check_rule(*, operator: Organisation, fields: dict[str, Any]) -> FeeRule:
    """The rule that these fields make, not saved. Raise RuleInvalid."""
    rule = FeeRule(operator=operator, **fields)
    if rule.valid_from < timezone.localdate():
        raise RuleInvalid(_("A rule begins today at the earliest: past sales keep their terms."), field="valid_from")
    if rule.valid_to is not None and rule.valid_to < rule.valid_from:
        raise RuleInvalid(_("It ends before it begins."), field="valid_to")
    if rule.max_cents is not None and rule.max_cents < rule.min_cents:
        raise RuleInvalid(_("The most is below the least."), field="max_cents")
    if rule.rate_bp > MOST_BP:
        raise RuleInvalid(_("At most 100 %."), field="rate_bp")
    if rule.agreement is not None and rule.agreement.operator_id != operator.pk:
        raise RuleInvalid(_("This agreement is with another operator."), field="agreement")
    return rule


@transaction.atomic
def stop_rule(*, rule: FeeRule, by: Any, on: date | None = None) -> FeeRule:
    """Its last day is `on` (today); before its first day it is its first day. Raise WrongState where it is over."""
    last = max(on or timezone.localdate(), rule.valid_from)
    rows = FeeRule.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=last), pk=rule.pk)
    if not rows.update(valid_to=last):
        raise WrongState
    rule.refresh_from_db()
    record("ledger.rule.stopped", subject=rule, by=by, organisation=rule.operator, on=last.isoformat())
    return rule
