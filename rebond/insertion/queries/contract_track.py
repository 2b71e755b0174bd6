"""The months of a path on one line: what was signed, today, and the limit of 24 months."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import ngettext

from rebond.insertion.contract_rules import Period, path_of
from rebond.insertion.enums import ContractKind, TermsKind
from rebond.insertion.queries.contracts import ShownContract

MONTH = 30.44  # days, for a label


@dataclass(frozen=True, slots=True)
class Piece:
    """Where a paper stands on the line, in percent of its length ("16.7%")."""

    label: str
    start: str
    width: str


@dataclass(frozen=True, slots=True)
class Track:
    pieces: list[Piece]
    first: datetime.date
    last: datetime.date  # of what was signed
    limit: datetime.date
    now: str  # where today is; "" outside of the line


def track_of(shown: Sequence[ShownContract], today: datetime.date) -> Track | None:
    """Of the CDDI of the last path; None without any."""
    rows = {Period(one.contract.starts_on, one.contract.last_on): one for one in shown if _counts(one)}
    if not rows:
        return None
    path = path_of(rows)
    limit = next(one.limit for one in rows.values() if one.limit is not None)
    first, last = path[0].start, max(period.end for period in path)
    length = (max(limit, last) - first).days + 1

    def percent(days: int) -> str:
        return f"{100 * days / length:.1f}%"

    papers = [paper for period in path for paper in _papers(rows[period])]
    pieces = [Piece(_months(paper.days), percent((paper.start - first).days), percent(paper.days)) for paper in papers]
    at = (today - first).days
    return Track(pieces, first, last, limit, percent(at) if 0 <= at < length else "")


def _papers(one: ShownContract) -> list[Period]:
    """The days that the contract and each renewal added, as far as they were worked."""
    last = one.contract.last_on
    signed = [row for row in one.terms if row.kind != TermsKind.AMENDMENT and row.from_on <= last]
    return [Period(row.from_on, min(row.ends_on or last, last)) for row in signed]


def _counts(one: ShownContract) -> bool:
    return one.contract.kind == ContractKind.CDDI


def _months(days: int) -> str:
    number = max(1, round(days / MONTH))
    return ngettext("%(n)s month", "%(n)s months", number) % {"n": number}
