"""The file of accounting entries that the tax office may ask for (LPF A47 A-1: eighteen columns, in this order)."""

import csv
import datetime
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.db.models import Q, Sum

from rebond.ledger.enums import AccountKind, EntryKind
from rebond.ledger.models import Account, ChartLine, Entry, Posting
from rebond.network.models import Organisation

COLUMNS = (
    *("JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib", "CompAuxNum", "CompAuxLib"),
    *("PieceRef", "PieceDate", "EcritureLib", "Debit", "Credit", "EcritureLet", "DateLet", "ValidDate"),
    *("Montantdevise", "Idevise"),
)
# Numbers of the general chart of accounts (PCG). Third parties have an auxiliary account, by their public id.
CHART: dict[str, tuple[str, str]] = {
    AccountKind.PROVIDER: ("517000", "Prestataire de paiement"),
    AccountKind.SELLER: ("467100", "Vendeurs"),
    AccountKind.COMMISSION: ("706000", "Commissions et services"),
    AccountKind.VAT: ("445710", "TVA collectée"),
    AccountKind.SOLIDARITY: ("467200", "Contribution solidaire à reverser"),
    AccountKind.SHIPPING: ("708500", "Ports facturés"),
    AccountKind.PAYMENT_FEE: ("627800", "Frais du prestataire de paiement"),
    AccountKind.GESTURE: ("658000", "Gestes commerciaux"),
    AccountKind.SURCHARGE: ("671800", "Majorations pour remboursement tardif"),
    AccountKind.GIFT_CARD: ("419700", "Cartes cadeaux"),
    AccountKind.ROUND_UP: ("467300", "Arrondis solidaires à reverser"),
    AccountKind.DISPUTED: ("467400", "Paiements contestés"),
    AccountKind.TRANSIT: ("580000", "Versements en cours"),
    AccountKind.BUYER: ("467500", "Acheteurs à rembourser"),
    AccountKind.LOSS: ("654000", "Pertes sur paiements contestés"),
    AccountKind.SUPPLIER: ("401000", "Fournisseurs"),
    AccountKind.BANK: ("512000", "Banque"),
    AccountKind.VOUCHER: ("658100", "Bons d’achat du réseau"),
    AccountKind.CUSTOMER: ("411000", "Clients de prestations"),
    AccountKind.WAITING: ("471000", "Virements reçus à affecter"),
}
JOURNALS: dict[str, tuple[str, set[str]]] = {
    "VE": ("Ventes", {EntryKind.SALE, EntryKind.FEE, EntryKind.GIFT_CARD, EntryKind.ROUND_UP}),
    "BQ": (
        "Versements et frais",
        {
            *(EntryKind.PAYOUT, EntryKind.PAYOUT_PAID, EntryKind.PAYOUT_BACK, EntryKind.PAYOUT_TAKEN),
            *(EntryKind.PAYMENT_FEE, EntryKind.EXCESS, EntryKind.STRAIGHT, EntryKind.SUPPLIER),
            EntryKind.SERVICE_PAID,
        },
    ),
    "RB": (
        "Remboursements et litiges",
        {EntryKind.REFUND, EntryKind.EXCESS_BACK, EntryKind.DISPUTE, EntryKind.DISPUTE_WON, EntryKind.DISPUTE_LOST},
    ),
}
OTHER_JOURNAL = ("OD", "Opérations diverses")
OPENING_JOURNAL = ("AN", "À nouveaux")
OF_THE_YEAR = ("6", "7")  # classes of the chart that begin each year at nothing: their sum is the result
EARLIER_PROFIT = ("110000", "Report à nouveau (solde créditeur)")
EARLIER_LOSS = ("119000", "Report à nouveau (solde débiteur)")
AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Exercise:
    """An accounting period of one operator, both days included."""

    operator: Organisation
    first: datetime.date
    last: datetime.date

    @property
    def filename(self) -> str:
        """As the order asks: SIREN, FEC, the closing day."""
        return f"{self.operator.siren or 'SIREN'}FEC{self.last:%Y%m%d}.txt"


def fec_lines(exercise: Exercise) -> Iterator[str]:
    """The header, then one line a posting: tabs between columns, dates AAAAMMJJ, decimal commas, no field quoted.

    The balances brought forward are the first entry, where anything was posted before. Entries are numbered from 1 by
    their day, those of a day as they were posted: what was posted keeps its number as long as the period begins on the
    same day. Memory grows with the accounts, not with what was posted.
    """
    yield "\t".join(COLUMNS)
    opening = _opening(exercise)
    for cells in opening:
        yield "\t".join(_plain(cell) for cell in cells)
    for cells in _cells(exercise, number=1 if opening else 0):
        yield "\t".join(_plain(cell) for cell in cells)


def _opening(exercise: Exercise) -> list[tuple[str, ...]]:
    """One line an account of the balance sheet that does not begin at nothing, and the result of earlier years."""
    chart = chart_of(exercise.operator)
    before = Posting.objects.filter(account__operator=exercise.operator, on__lt=exercise.first).order_by()
    sums = dict(before.values_list("account").annotate(n=Sum("cents")))
    found: list[tuple[tuple[str, str], tuple[str, str], int]] = []
    result = 0
    for account in Account.objects.filter(operator=exercise.operator).select_related("owner").order_by("pk"):
        cents = sums.get(account.pk, 0)
        if chart[account.kind][0].startswith(OF_THE_YEAR):
            result += cents
        elif cents:
            found.append((chart[account.kind], _third(account), cents))
    if result:
        found.append((EARLIER_LOSS if result > 0 else EARLIER_PROFIT, ("", ""), result))
    day = f"{exercise.first:%Y%m%d}"
    name = OPENING_JOURNAL[1]
    return [
        (*OPENING_JOURNAL, "1", day, *account, *third, f"AN{day}", day, name, *_sides(cents), "", "", day, "", "")
        for account, third, cents in sorted(found)
    ]


# The generic file: what any accounting program asks for, one line a posting.
GENERIC = (
    "Journal",
    "Date",
    "Compte",
    "Intitulé",
    "Auxiliaire",
    "Nom",
    "Pièce",
    "Libellé",
    "Débit",
    "Crédit",
    "Écriture",
)
_PICKED = (0, 3, 4, 5, 6, 7, 8, 10, 11, 12, 2)  # where each is among the eighteen columns of the FEC
DANGEROUS = ("=", "+", "-", "@")  # a spreadsheet would run it


def generic_lines(exercise: Exercise) -> Iterator[str]:
    """CSV for spreadsheets and accounting programs: `;` between cells, days as 2026-11-27, decimal commas."""
    yield _row(GENERIC)
    for cells in _cells(exercise):
        picked = [_plain(cells[place]) for place in _PICKED]
        day = picked[1]
        picked[1] = f"{day[:4]}-{day[4:6]}-{day[6:]}"
        yield _row([f"'{cell}" if cell.startswith(DANGEROUS) else cell for cell in picked])


def _row(cells: Iterable[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=";", lineterminator="").writerow(cells)
    return buffer.getvalue()


def chart_of(operator: Organisation) -> dict[str, tuple[str, str]]:
    """Number and name of each kind of account: the usual ones, or those that the operator's accountant chose."""
    rows = ChartLine.objects.filter(operator=operator).order_by("pk")
    return CHART | {row.kind: (row.number, row.label) for row in rows}


def _cells(exercise: Exercise, number: int = 0) -> Iterator[tuple[str, ...]]:
    """The eighteen cells of each posting, entry by entry in the order of days; `number` is the last one taken."""
    chart = chart_of(exercise.operator)
    entries = Entry.objects.filter(operator=exercise.operator, on__range=(exercise.first, exercise.last))
    day, last = exercise.first, 0
    while True:
        after = entries.filter(Q(on__gt=day) | Q(pk__gt=last), on__gte=day)
        some = list(after.order_by("on", "pk")[:AT_ONCE])
        if not some:
            return
        sides: dict[int, list[Posting]] = {}
        rows = Posting.objects.filter(entry__in=some).select_related("account__owner").order_by("pk")
        for posting in rows:
            sides.setdefault(posting.entry_id, []).append(posting)
        for entry in some:
            number += 1
            for posting in sides[entry.pk]:
                yield _line(number, entry, posting, chart)
        day, last = some[-1].on, some[-1].pk


def _line(number: int, entry: Entry, posting: Posting, chart: Mapping[str, tuple[str, str]]) -> tuple[str, ...]:
    code, name = next(((code, name) for code, (name, kinds) in JOURNALS.items() if entry.kind in kinds), OTHER_JOURNAL)
    account = posting.account
    account_number, account_name = chart[account.kind]
    day = f"{entry.on:%Y%m%d}"
    return (
        *(code, name, str(number), day, account_number, account_name),
        *_third(account),
        *(entry.subject_id or str(entry.pk), day, f"{entry} {posting.get_part_display()}"),
        *_sides(posting.cents),
        *("", "", day, "", ""),
    )


def _third(account: Account) -> tuple[str, str]:
    """Number and name of the auxiliary account: whose it is, where it is not the operator's own."""
    return (account.owner.public_id.upper(), account.owner.name) if account.is_cached else ("", "")


def _sides(cents: int) -> tuple[str, str]:
    """Debit and credit."""
    return _amount(max(cents, 0)), _amount(max(-cents, 0))


def _amount(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02d}"


def _plain(text: str) -> str:
    """No tab and no end of line inside a field."""
    return " ".join(text.split())
