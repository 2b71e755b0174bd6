"""What is said of a contract in a few lines: to the person in easy words, and on the first page of their file."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from rebond.insertion.enums import ContractState
from rebond.insertion.queries.contracts import ShownContract, current_of, shown_contracts
from rebond.people.models import Person

Facts = list[tuple[str, str]]


def own_facts(person: Person) -> Facts:
    """What the person reads: the contract of today, or the next one, then each other one in a line."""
    every = shown_contracts(person)
    shown = current_of(every)
    others = [one for one in every if one is not shown]
    facts = _of_today(shown) if shown is not None else []
    return facts + [
        (_("Another contract"), f"{one.contract.get_kind_display()} · {days_in_words(one)}") for one in others
    ]


def _of_today(shown: ShownContract) -> Facts:
    terms = shown.now
    facts = [
        (_("My contract"), str(shown.contract.get_kind_display())),
        (_("My job"), terms.job),
        (_("My hours in a week"), terms.week),
        (_("It begins on"), date_format(shown.contract.starts_on, "j F Y")),
    ]
    if shown.contract.has_last_day:
        facts.append((_("My last day"), date_format(shown.contract.last_on, "j F Y")))
    if shown.pause is not None:
        facts.append((_("It is stopped until"), date_format(shown.pause.ends_on, "j F Y")))
    return facts


def desk_facts(person: Person) -> Facts:
    """What the counsellor reads on the first page of the file: of the contract of today, or of the last one."""
    every = shown_contracts(person)
    shown = current_of(every) or (every[0] if every else None)
    if shown is None:
        return []
    facts = [
        (str(shown.contract.get_kind_display()), str(shown.state.label)),
        (pgettext("contract", "Job"), shown.now.job),
        (_("Hours a week"), shown.now.week),
        (_("Days"), days_in_words(shown)),
    ]
    if shown.limit is not None and shown.state != ContractState.ENDED:
        facts.append((_("Limit of 24 months"), date_format(shown.limit, "j F Y")))
    return facts + [(pgettext("contract", "Look at this"), said) for said in shown.warnings]


def days_in_words(shown: ShownContract) -> str:
    """From its first day to its last."""
    first = date_format(shown.contract.starts_on, "j F Y")
    if not shown.contract.has_last_day:
        return _("from %(first)s") % {"first": first}
    return _("from %(first)s to %(last)s") % {"first": first, "last": date_format(shown.contract.last_on, "j F Y")}
