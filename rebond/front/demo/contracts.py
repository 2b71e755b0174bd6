"""Contracts of the people who are followed in the demo: short ones renewed, suspended, about to end, ended."""

import datetime

from rebond.insertion.actions.contract import Terms, amend_contract, renew_contract, sign_contract
from rebond.insertion.actions.contract_life import end_contract, pause_contract, resume_contract
from rebond.insertion.contract_rules import last_day
from rebond.people.enums import StatusKind
from rebond.people.models import Person, Status

PACKING, SALES, SORTING = (
    ("Préparation de commandes", "N1103"),
    ("Vente en boutique", "D1106"),
    ("Tri des dons", "K2304"),
)
LOW = {"low_reason": "Formation de français deux jours par semaine.", "low_authority": "Prescripteur Cap emploi"}
# first name → job, hours a week, months that each paper adds
CDDI: dict[str, tuple[tuple[str, str], int, tuple[int, ...]]] = {
    "Samira": (PACKING, 26, (4, 6)),
    "Ibrahim": (SORTING, 26, (6,)),
    "Nadège": (SALES, 30, (12, 12)),
    "Oksana": (SALES, 28, (8,)),
    "Fatou": (PACKING, 26, (4, 7)),
    "Mireille": (SORTING, 24, (4, 5)),
    "Sofiane": (SORTING, 15, (4,)),
}
SENIOR = "Jean-Marc"  # from a CDDI to a CDI inclusion


def make_contracts(today: datetime.date) -> None:
    """One story each, from the first day of the status that they have."""
    people = {person.first_name: person for person in Person.objects.select_related("organisation", "counsellor")}
    for first_name, (job, hours, months) in CDDI.items():
        _cddi(people[first_name], job, hours, months, today)
    _senior(people[SENIOR])


def _terms(job: tuple[str, str], hours: int) -> Terms:
    low = LOW if hours < 20 else {}
    return Terms(job=job[0], rome_code=job[1], weekly_minutes=hours * 60, **low)


def _cddi(person: Person, job: tuple[str, str], hours: int, months: tuple[int, ...], today: datetime.date) -> None:
    start, by = _start(person, StatusKind.CDDI_EI), person.counsellor
    days = {"starts_on": start, "ends_on": last_day(start, months[0])}
    held = sign_contract(person=person, kind="cddi", structure="EI", terms=_terms(job, hours), by=by, **days)
    for place in range(1, len(months)):
        until = last_day(start, sum(months[: place + 1]))
        renew_contract(contract=held, ends_on=until, terms=_terms(job, hours + 2 * place), by=by)
    if person.first_name == "Samira":
        week = datetime.timedelta(days=7)
        pause_contract(contract=held, reason="trial", first=today - 11 * week, last=today - 7 * week, by=by)
        amend_contract(contract=held, from_on=today - 2 * week, terms=_terms(job, 30), by=by)
    if person.first_name == "Oksana":
        days_off = {"first": today - datetime.timedelta(days=5), "last": today + datetime.timedelta(days=8)}
        pause_contract(contract=held, reason="immersion", by=by, **days_off)
    if person.first_name == "Mireille":
        pause = pause_contract(
            contract=held, reason="other", first=today - datetime.timedelta(days=60), last=today, by=by
        )
        resume_contract(pause=pause, back_on=today - datetime.timedelta(days=50), by=by)
    if person.first_name == "Fatou":
        held.refresh_from_db()
        end_contract(contract=held, ended_on=held.last_on - datetime.timedelta(days=15), reason="hired", by=by)


def _senior(person: Person) -> None:
    by, start = person.counsellor, _start(person, StatusKind.CDDI_EI)
    permanent = _start(person, StatusKind.CDI_INCLUSION)
    before = permanent - datetime.timedelta(days=1)
    terms = _terms(PACKING, 26)
    said = {"person": person, "structure": "EI", "terms": terms, "by": by}
    held = sign_contract(kind="cddi", starts_on=start, ends_on=before, **said)  # type: ignore[arg-type]
    end_contract(contract=held, ended_on=before, reason="term", by=by)
    sign_contract(kind="cdi_inclusion", starts_on=permanent, ends_on=None, **said)  # type: ignore[arg-type]


def _start(person: Person, kind: StatusKind) -> datetime.date:
    day: datetime.date = Status.objects.filter(person=person, kind=kind).values_list("starts_on", flat=True)[0]
    return day
