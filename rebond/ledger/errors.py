"""What the books refuse, each with the sentence for the person who asked."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rebond.core.refusals import RefusalError


class LedgerError(RefusalError):
    """Base of all refusals of this room."""

    message = _("The books refuse this.")


class EventDiffers(LedgerError):  # noqa: N818 -- named by what happened
    message = _("This event is already in the books, with other amounts.")


class NotBalanced(LedgerError):  # noqa: N818 -- named by what happened
    message = _("The two sides of this entry differ.")


class BadAmount(LedgerError):  # noqa: N818 -- named by what happened
    message = _("An amount must be more than zero.")


class NoOperator(LedgerError):  # noqa: N818 -- named by what happened
    message = _("No operator runs this network: nobody keeps its books.")


class UnknownSale(LedgerError):  # noqa: N818 -- named by what happened
    message = _("This sale is not in the books.")


class TooMuch(LedgerError):  # noqa: N818 -- named by what happened
    message = _("This is more than what is left of the sale.")


class NotReversible(LedgerError):  # noqa: N818 -- named by what happened
    message = _("This entry is undone by an act of its own, not by a correction.")


class AlreadyReversed(LedgerError):  # noqa: N818 -- named by what happened
    message = _("This entry is already reversed.")


class NeedsReason(LedgerError):  # noqa: N818 -- named by what happened
    message = _("Say why.")


class WrongState(LedgerError):  # noqa: N818 -- named by what happened
    message = _("It has moved on meanwhile. Look at it again.")


class RuleInvalid(LedgerError):  # noqa: N818 -- named by what happened
    message = _("This rule says something impossible.")


class RateInvalid(LedgerError):  # noqa: N818 -- named by what happened
    message = _("This rate says something impossible.")


class NothingDue(LedgerError):  # noqa: N818 -- named by what happened
    message = _("Nothing may be paid out to this seller now.")


class SellerHeld(LedgerError):  # noqa: N818 -- named by what happened
    message = _("Payouts to this seller are held.")


class PayoutUnderWay(LedgerError):  # noqa: N818 -- named by what happened
    message = _("A payout to this seller is already under way.")


class SamePerson(LedgerError):  # noqa: N818 -- named by what happened
    message = _("Somebody else than the person who asked grants it.")


class AboveLimit(LedgerError):  # noqa: N818 -- named by what happened
    message = _("This amount is above what you may grant: ask a coordinator.")


class RequestInvalid(LedgerError):  # noqa: N818 -- named by what happened
    message = _("This request says something that nobody can do.")


class ActRefused(LedgerError):  # noqa: N818 -- named by what happened
    """What another room refuses of its act, with its sentence."""


class RequestWaits(LedgerError):  # noqa: N818 -- named by what happened
    message = _("Somebody asked for this already: it waits for another person.")


class BooksWrong(LedgerError):  # noqa: N818 -- named by what happened
    message = _("The last check found the books wrong: nothing is paid out before it is understood.")


class NoProvider(LedgerError):  # noqa: N818 -- named by what happened
    message = _("No payment provider is set: nobody would send the money.")


class InvoiceWaits(LedgerError):  # noqa: N818 -- named by what happened
    """`reasons` are keys of `enums.InvoiceHeld`."""

    message = _("The invoice waits: something that it must say is missing.")

    def __init__(self, reasons: list[str]) -> None:
        super().__init__()
        self.reasons = reasons


class MandateInForce(LedgerError):  # noqa: N818 -- named by what happened
    message = _("The mandate to invoice is already accepted.")


class NoMandate(LedgerError):  # noqa: N818 -- named by what happened
    message = _("No mandate to invoice is in force.")


class ContestTooLate(LedgerError):  # noqa: N818 -- named by what happened
    message = _("The delay to contest this invoice is over.")


class YearNotOver(LedgerError):  # noqa: N818 -- named by what happened
    message = _("This year is not over: only a trial file can be made of it.")


class NothingToDeclare(LedgerError):  # noqa: N818 -- named by what happened
    message = _("Everything is declared already: nothing changed since.")


class TaxDataMissing(LedgerError):  # noqa: N818 -- named by what happened
    message = _("Data that the declaration must have are missing.")


class AlreadyThere(LedgerError):  # noqa: N818 -- named by what happened
    message = _("This file is already here.")


class NoPayer(LedgerError):  # noqa: N818 -- named by what happened
    message = _("The operator’s own account is not set, or is wrong: whoever runs the site sets PAYER_IBAN.")


class NotOwnDebt(LedgerError):  # noqa: N818 -- named by what happened
    message = _("Only the operator’s own debts are paid by a file.")


class NotPayable(LedgerError):  # noqa: N818 -- named by what happened
    message = _("This cannot be paid by a file.")


class AlreadyInFile(LedgerError):  # noqa: N818 -- named by what happened
    message = _("One of these invoices is in a file already.")


class ServiceInvalid(LedgerError):  # noqa: N818 -- named by what happened
    message = _("This service cannot be billed as it is written.")


class ServiceTaken(LedgerError):  # noqa: N818 -- named by what happened
    message = _("The member owes nothing: what it is owed for its sales has paid this service.")


class FileRead(LedgerError):  # noqa: N818 -- named by what happened
    message = _("This file was downloaded and may be at the bank: say what became of each line instead.")


NOT_INVOICES: dict[str, Promise] = {
    "empty": _("This file is empty."),
    "too_big": _("This file is too big: 10 MB at most."),
    "locked": _("This PDF is locked by a password: ask your supplier for one that is not."),
    "active": _("This file holds something that could run: it is refused. Ask your supplier for a plain one."),
    "broken": _("This file is broken, or is not what its name says."),
    "only_paper": _("This PDF is only a paper: no invoice for machines is inside. Ask your supplier for a Factur-X."),
    "no_invoice": _("This is no electronic invoice: a Factur-X (PDF), or an XML in CII or UBL."),
}


class FileNotInvoice(LedgerError):  # noqa: N818 -- named by what happened
    """`reason` is a key of NOT_INVOICES."""

    def __init__(self, reason: str) -> None:
        super().__init__(NOT_INVOICES[reason], field="file")
        self.reason = reason
