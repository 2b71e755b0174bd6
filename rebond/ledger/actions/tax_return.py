"""The yearly declaration: made once the year is over, corrected by files of its own, sellers told (rules.md F5)."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.core.locks import lock_row
from rebond.journal.actions.record import record
from rebond.ledger import dac7
from rebond.ledger.actions.telling import tell_managers
from rebond.ledger.enums import TaxReturnKind
from rebond.ledger.errors import NothingToDeclare, TaxDataMissing, YearNotOver
from rebond.ledger.models import TaxReturn, TaxReturnLine
from rebond.ledger.queries.tax import declared_of, platform_of, rows_of, seats_of
from rebond.network.models import Organisation

NAMED = 5  # sellers named in a refusal


@dataclass(frozen=True, slots=True)
class Said:
    """What a declaration would say of one seller now; `before` is what was said last."""

    seller: Organisation
    declared: dac7.Declared
    iban: str
    before: TaxReturnLine | None
    is_withdrawn: bool = False

    @property
    def digest(self) -> str:
        return dac7.digest_of(self.declared, self.iban)

    @property
    def version(self) -> int:
        return self.before.version + 1 if self.before else 1

    @property
    def is_new(self) -> bool:
        """Never said, or taken back since: a document of its own."""
        return self.before is None or self.before.is_withdrawn


@transaction.atomic
def trial_file(*, operator: Organisation, year: int, by: Any = None, now: datetime | None = None) -> tuple[str, bytes]:
    """Name and content of a file marked as a trial: no declaration is kept, no seller is told. Raise TaxDataMissing.

    It holds what the true file does (tax numbers, accounts): that somebody made it is in the journal.
    """
    record("ledger.tax_return.tried", subject=operator, by=by, organisation=operator, year=year)
    said = [one for one in _said(operator, year) if not one.is_withdrawn]
    kind = TaxReturnKind.NEW if said else TaxReturnKind.NOTHING
    return _file(operator, year, 1, kind, said, now or timezone.now(), is_trial=True)


@transaction.atomic
def open_return(*, tax_return: TaxReturn, by: Any) -> Any:
    """The file as it was sent, to be read; who reads the sellers' tax numbers and accounts is in the journal."""
    record("ledger.tax_return.read", subject=tax_return, by=by, organisation=tax_return.operator)
    return tax_return.file.open("rb")


@transaction.atomic
def make_returns(*, operator: Organisation, year: int, by: Any, now: datetime | None = None) -> list[TaxReturn]:
    """Declare a year that is over: the first time all of it, then what changed (a file) and who is new (another).

    Raise YearNotOver, NothingToDeclare where nothing changed, TaxDataMissing with the names.
    """
    now = now or timezone.now()
    if year >= timezone.localdate(now).year:
        raise YearNotOver
    lock_row(operator)
    number = TaxReturn.objects.filter(operator=operator, year=year).count()
    said = _said(operator, year)
    changed = [one for one in said if not one.is_new and (one.is_withdrawn or _differs(one))]
    fresh = [one for one in said if one.is_new and not one.is_withdrawn]
    wanted = [(TaxReturnKind.CORRECTION, changed), (TaxReturnKind.NEW, fresh)]
    plans = [plan for plan in wanted if plan[1]]
    if not plans and not number:
        plans = [(TaxReturnKind.NOTHING, [])]
    if not plans:
        raise NothingToDeclare
    made = [_keep(operator, year, number + n, kind, some, by, now) for n, (kind, some) in enumerate(plans, start=1)]
    record("ledger.tax_return.made", subject=made[-1], by=by, organisation=operator, year=year, files=len(made))
    return made


def _differs(one: Said) -> bool:
    return one.before is not None and one.before.digest != one.digest


def _said(operator: Organisation, year: int) -> list[Said]:
    """What would be said of each seller to declare, and of those that were declared and need not have been."""
    rows = [row for row in rows_of(operator, year) if row.is_declared]
    seats = seats_of([row.seller for row in rows])
    lines = TaxReturnLine.objects.filter(operator=operator, year=year).select_related("seller__tax_file")
    last = {line.seller_id: line for line in lines.order_by("version")}
    found = [
        Said(
            row.seller,
            declared_of(row, seats.get(row.seller.pk)),
            row.file.iban if row.file is not None else "",
            last.pop(row.seller.pk, None),
        )
        for row in rows
    ]
    for line in last.values():
        if not line.is_withdrawn:
            file = getattr(line.seller, "tax_file", None)
            found.append(Said(line.seller, dac7.declared_from(line.data), file.iban if file else "", line, True))
    return found


def _keep(
    operator: Organisation, year: int, number: int, kind: TaxReturnKind, said: Sequence[Said], by: Any, now: datetime
) -> TaxReturn:
    """One file with its lines; each seller is told once it is committed."""
    name, made = _file(operator, year, number, kind, said, now)
    row = TaxReturn(
        operator=operator, year=year, number=number, kind=kind, name=name, sellers=len(said),
        sha256=hashlib.sha256(made).hexdigest(), made_at=now,
        made_by=by.display_name[:160] if by is not None else "Rebond",
    )  # fmt: skip
    row.file.save("", ContentFile(made), save=False)
    row.save()
    for one in said:
        line = TaxReturnLine.objects.create(
            tax_return=row, operator=operator, year=year, seller=one.seller, version=one.version, digest=one.digest,
            data=one.declared.as_json(), is_withdrawn=one.is_withdrawn,
        )  # fmt: skip
        _tell(line)
    return row


def _file(
    operator: Organisation,
    year: int,
    number: int,
    kind: TaxReturnKind,
    said: Sequence[Said],
    now: datetime,
    *,
    is_trial: bool = False,
) -> tuple[str, bytes]:
    platform = platform_of(operator, is_known=number > 1)
    lacking = [] if platform.siren and platform.city else [operator.name]
    lacking += [one.seller.name for one in said if not (one.declared.tax_number and one.declared.city)]
    if lacking:
        names = ", ".join(lacking[:NAMED]) + ("…" if len(lacking) > NAMED else "")
        raise TaxDataMissing(_("SIREN or address of the seat are missing: %(names)s.") % {"names": names})
    message = dac7.Message(
        platform=platform,
        year=year,
        number=number,
        kind=kind,
        parts=[_part(platform.siren, year, one) for one in said],
        at=timezone.localtime(now).replace(tzinfo=None),
        is_trial=is_trial,
    )
    return message.filename, dac7.xml_of(message)


def _part(siren: str, year: int, one: Said) -> dac7.Part:
    indicator = dac7.WITHDRAWN if one.is_withdrawn else dac7.NEW if one.is_new else dac7.CORRECTED
    before = one.before
    corrects = dac7.reference_of(siren, year, one.seller.public_id, before.version) if before is not None else ""
    return dac7.Part(
        declared=one.declared,
        iban=one.iban,
        indicator=indicator,
        reference=dac7.reference_of(siren, year, one.seller.public_id, one.version),
        corrects="" if indicator == dac7.NEW else corrects,
    )


def _tell(line: TaxReturnLine) -> None:
    """The same figures go to the seller by the same date: a mail that leads to its letter."""
    url = settings.SITE_URL + reverse("ledger:own-tax")
    tell_managers(
        organisation=line.seller,
        kind="ledger.tax.declared",
        template="ledger/mail/tax_declared",
        subject=lambda: _("What was declared of your sales of %(year)s") % {"year": line.year},
        context=lambda: {"name": line.seller.name, "line": line, "url": url},
        key=f"ledger.tax.declared:{line.public_id}",
    )
