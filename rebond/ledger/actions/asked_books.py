"""Acts on the books that take two people above a limit: an entry undone, a rule set or stopped."""

import datetime
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from rebond.core.money import format_cents
from rebond.ledger.actions.correction import check_reversible, reverse_entry
from rebond.ledger.actions.rule import check_rule, set_rule, stop_rule
from rebond.ledger.enums import Base, Part
from rebond.ledger.errors import NeedsReason, RequestInvalid, WrongState
from rebond.ledger.models import Entry, FeeRule
from rebond.ledger.money_acts import Limit, MoneyAct, Plan, Text, register_act
from rebond.network.models import Agreement, Organisation

UNDO, RULE_SET, RULE_STOP = "ledger.entry.undo", "ledger.rule.set", "ledger.rule.stop"
WHY = gettext_lazy("Why")


def by_amount() -> dict[str, Limit]:
    """The usual limits of the operator's people: 50 € a day alone, 10,000 € granted, any amount by a coordinator."""
    return {"finance": Limit(alone=5_000, grant=1_000_000), "coordinator": Limit(alone=0, grant=None)}


def always_two() -> dict[str, Limit]:
    """Never alone; anybody of the two roles grants it."""
    return {"finance": Limit(alone=0, grant=None), "coordinator": Limit(alone=0, grant=None)}


@dataclass(frozen=True, slots=True)
class EntryUndo:
    number: int
    reason: str


def _entry(data: EntryUndo, operator: Organisation) -> Entry:
    found: Entry | None = (
        Entry.objects.filter(operator=operator, pk=data.number).select_related("operator", "claim").first()
    )
    if found is None:
        raise RequestInvalid
    return found


def plan_undo(data: EntryUndo, operator: Organisation) -> Plan:
    """The entry, and what goes from some accounts to others; raise NeedsReason, NotReversible, AlreadyReversed."""
    if not data.reason.strip():
        raise NeedsReason(field="reason")
    entry = _entry(data, operator)
    check_reversible(entry)
    sides: Counter[int] = Counter()
    for account, cents in entry.postings.values_list("account_id", "cents"):
        sides[account] += cents
    return Plan(
        subject=str(entry.pk),
        label=str(entry),
        cents=sum(cents for cents in sides.values() if cents > 0),
        page=("ledger:entry-detail", (entry.pk,)),
        lines=(
            (pgettext("ledger", "Entry"), f"{entry.pk}, {date_format(entry.on, 'j F Y')}"),
            (WHY, data.reason.strip()),
        ),
    )


def run_undo(data: EntryUndo, operator: Organisation, by: Any, now: datetime.datetime) -> Entry:
    """The entry that undoes it."""
    return reverse_entry(entry=_entry(data, operator), reason=data.reason, by=by, now=now)


@dataclass(frozen=True, slots=True)
class RuleTerms:
    """A rule's fields as plain values: days as `2026-11-27`, an agreement and who has it by their public ids."""

    name: str
    part: str
    base: str
    rate_bp: int
    fixed_cents: int
    min_cents: int
    max_cents: int | None
    vat_bp: int
    is_refunded: bool
    category: str
    sale_kind: str
    agreement_kind: str
    agreement: str
    payee: str
    priority: int
    valid_from: str
    valid_to: str


def rule_terms(fields: dict[str, Any]) -> RuleTerms:
    """Those of the fields that `set_rule` takes."""
    ids = {name: fields[name].public_id if fields.get(name) else "" for name in ("agreement", "payee")}
    last = fields.get("valid_to")
    days = {"valid_from": fields["valid_from"].isoformat(), "valid_to": last.isoformat() if last else ""}
    return RuleTerms(**(fields | ids | days))


def _rule_fields(data: RuleTerms) -> dict[str, Any]:
    fields = {name: getattr(data, name) for name in RuleTerms.__dataclass_fields__}
    for name, model in (("agreement", Agreement), ("payee", Organisation)):
        key = fields[name]
        fields[name] = model.objects.filter(public_id=key).first() if key else None
        if key and fields[name] is None:
            raise RequestInvalid
    fields["valid_from"] = datetime.date.fromisoformat(data.valid_from)
    fields["valid_to"] = datetime.date.fromisoformat(data.valid_to) if data.valid_to else None
    return fields


def plan_rule(data: RuleTerms, operator: Organisation) -> Plan:
    """What it would take; raise RuleInvalid."""
    rule = check_rule(operator=operator, fields=_rule_fields(data))
    percent = f"{rule.rate_bp / 100:g} %".replace(".", ",")
    lines: list[tuple[Text, Text]] = [
        (pgettext("fee", "What it is"), str(Part(rule.part).label)),
        (pgettext("fee", "Taken of"), str(Base(rule.base).label)),
        (pgettext("fee", "Rate"), percent + (f" + {format_cents(rule.fixed_cents)}" if rule.fixed_cents else "")),
        (pgettext("fee", "VAT in it, in %"), f"{rule.vat_bp / 100:g}".replace(".", ",")),
        (pgettext("fee", "It is given back with what is refunded"), _("Yes") if rule.is_refunded else _("No")),
        (pgettext("fee", "Priority"), str(rule.priority)),
        (pgettext("fee", "First day"), date_format(rule.valid_from, "j F Y")),
    ]
    if rule.valid_to:
        lines.append((pgettext("fee", "Last day"), date_format(rule.valid_to, "j F Y")))
    if rule.min_cents or rule.max_cents:
        most = format_cents(rule.max_cents) if rule.max_cents else "–"
        lines.append((pgettext("fee", "At least, at most"), f"{format_cents(rule.min_cents)}, {most}"))
    for words, value in (
        (pgettext("fee", "Category"), rule.category),
        (pgettext("fee", "Kind of sale"), rule.get_sale_kind_display()),
    ):
        if value:
            lines.append((words, str(value)))
    of_whom = rule.agreement or rule.get_agreement_kind_display() or pgettext("fee", "All")
    lines.append((pgettext("fee", "Of whom"), str(of_whom)))
    lines.append((pgettext("fee", "Who has it"), str(rule.payee or operator)))
    return Plan(f"{data.part}:{data.name}"[:80], data.name, page=("ledger:rule-list", ()), lines=tuple(lines))


def run_rule(data: RuleTerms, operator: Organisation, by: Any, now: datetime.datetime) -> FeeRule:
    """The rule."""
    return set_rule(operator=operator, fields=_rule_fields(data), by=by)


@dataclass(frozen=True, slots=True)
class RuleEnd:
    rule: str


def _rule(data: RuleEnd, operator: Organisation) -> FeeRule:
    rule = FeeRule.objects.filter(operator=operator, public_id=data.rule).select_related("operator").first()
    if rule is None:
        raise RequestInvalid
    return rule


def plan_rule_end(data: RuleEnd, operator: Organisation) -> Plan:
    """The rule that would stop; raise WrongState where it is over."""
    rule = _rule(data, operator)
    if rule.valid_to is not None and rule.valid_to <= timezone.localdate():
        raise WrongState
    day = date_format(rule.valid_from, "j F Y")
    lines = ((pgettext("fee", "What it is"), str(Part(rule.part).label)), (pgettext("fee", "First day"), day))
    return Plan(rule.public_id, rule.name, page=("ledger:rule-list", ()), lines=lines)


def run_rule_end(data: RuleEnd, operator: Organisation, by: Any, now: datetime.datetime) -> FeeRule:
    """The rule, stopped the day it is granted."""
    return stop_rule(rule=_rule(data, operator), by=by, on=timezone.localdate(now))


def register() -> None:
    """Called when the app is ready."""
    register_act(
        MoneyAct(
            key=UNDO,
            permission="ledger.entry.correct",
            words=pgettext_lazy("money act", "Undo an entry of the books"),
            data=EntryUndo,
            plan=plan_undo,
            run=run_undo,
            limits=by_amount,
        )
    )
    for key, words, data, plan, run in (
        (RULE_SET, pgettext_lazy("money act", "Set what is taken from sales"), RuleTerms, plan_rule, run_rule),
        (RULE_STOP, pgettext_lazy("money act", "Stop a rule on sales"), RuleEnd, plan_rule_end, run_rule_end),
    ):
        register_act(
            MoneyAct(
                key=key,
                permission="ledger.rule.change",
                words=words,
                data=data,
                plan=plan,
                run=run,
                limits=always_two,
                has_amount=False,
            )
        )
