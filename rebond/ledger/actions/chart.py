"""The accountant's numbers for the exports."""

import re
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from rebond.journal.actions.record import record
from rebond.ledger.enums import AccountKind
from rebond.ledger.errors import LedgerError
from rebond.ledger.models import ChartLine
from rebond.ledger.queries.fec import CHART
from rebond.network.models import Organisation

NUMBER = re.compile(r"^[0-9][0-9A-Z]{2,19}$")  # the FEC wants three digits at least, then what the accountant likes


@transaction.atomic
def set_chart(*, operator: Organisation, chart: Mapping[str, tuple[str, str]], by: Any) -> None:
    """Number and name of each kind of account in the exports to come; what equals the usual ones is not kept.

    Nothing in the books changes. Raise LedgerError (field: the kind) where a number is none.
    """
    for kind, (number, label) in chart.items():
        if kind not in AccountKind.values:
            raise LedgerError(field=kind)
        if not NUMBER.match(number) or not label.strip():
            raise LedgerError(_("A number of the chart of accounts such as 467100, and its name."), field=kind)
    ChartLine.objects.filter(operator=operator, kind__in=chart).delete()
    changed = {kind: line for kind, line in chart.items() if line != CHART[kind]}
    ChartLine.objects.bulk_create(
        ChartLine(operator=operator, kind=kind, number=number, label=label.strip()[:80])
        for kind, (number, label) in sorted(changed.items())
    )
    record("ledger.chart.set", subject=operator, by=by, organisation=operator, changed=sorted(changed))
