"""What the shop's actions refuse."""

import datetime


class ShopError(Exception):
    """Base of the room's refusals."""


class FavouritesFullError(ShopError):
    """A list holds 20,000 favourites at most."""


class LaterFullError(ShopError):
    """The list of what is put aside holds 100 objects at most."""


class AlertsFullError(ShopError):
    """An address has 100 alerts at most."""


class NoticeDecidedError(ShopError):
    """The notice was decided already."""


class ItemTakenError(ShopError):
    """The item is sold, off sale, or in somebody else's basket."""


class BasketFullError(ShopError):
    """A basket keeps 30 objects at most."""


class AddressHoldsTooMuchError(ShopError):
    """Too many objects are kept from one network address."""


class HeldLongEnoughError(ShopError):
    """The basket kept this item as long as it may: others first, until `free_at`."""

    def __init__(self, free_at: datetime.datetime) -> None:
        super().__init__(free_at)
        self.free_at = free_at


class BasketEmptyError(ShopError):
    """The basket keeps nothing any more."""


class OrderChangedError(ShopError):
    """What is kept, or its price, is no longer what the buyer saw."""


class GiftInvalidError(ShopError):
    """A gift without the project that receives it."""


class ProjectInvalidError(ShopError):
    """A project that closes before it opens, or whose gifts would be the operator's own."""


class VoucherInvalidError(ShopError):
    """What a voucher would give, to whom or when makes no sense."""


class VoucherStateError(ShopError):
    """The voucher has moved on meanwhile: it is ended, or paused already."""


class VoucherRefusedError(ShopError):
    """The code gives nothing on this order: unknown, over, used up, or for others. One answer for all of them."""


class VoucherFloorError(ShopError):
    """The objects that the voucher is for cost less than `floor_cents`, from which on it gives something."""

    def __init__(self, floor_cents: int) -> None:
        super().__init__(floor_cents)
        self.floor_cents = floor_cents


class PartStateError(ShopError):
    """The seller order has moved on meanwhile: it is not where this starts."""


class PartStillHereError(PartStateError):
    """A parcel of the order has not left: it is received with the last one."""


class WithdrawnStaysError(PartStateError):
    """The buyer withdrew from an object that has not left: it is refunded, not sent."""


class ContestedStaysError(PartStateError):
    """The buyer's bank contests the payment: nothing leaves before it is decided."""


class DisputeWaitsError(ShopError):
    """What is told of a dispute cannot be applied yet: it is tried again."""


class DisputeStateError(ShopError):
    """The dispute, or its answer, is no longer where this act starts."""


class AnswerWaitsError(ShopError):
    """Another answer to the same dispute waits already."""


class TooManyUnpaidError(ShopError):
    """Too many orders of this organisation, or this person, wait for their money."""


class CashLimitError(ShopError):
    """More than the law lets be paid in cash (CMF D112-3)."""


class BankLineStateError(ShopError):
    """The line of the statement is no longer where this act starts, or is for no transfer."""


class RequestWaitsError(ShopError):
    """Another change of this order waits for somebody to grant it."""


class SamePersonError(ShopError):
    """Somebody else than the person who asked grants it."""


class RefundInvalidError(ShopError):
    """The lines are not of this order, were never paid, or nothing is asked."""


class UnderRepairError(RefundInvalidError):
    """It is at its seller's to be repaired: it is taken back and looked at before its money goes."""


class RefundTooMuchError(ShopError):
    """More than what is left of what was paid."""


class HoldOverError(ShopError):
    """The item is no longer kept for this basket, or as long as it may be."""


class ProviderError(ShopError):
    """Base of what goes wrong with a provider of payments."""


class ProviderAwayError(ProviderError):
    """It does not answer, or not to our key: the same call may be made again."""


class ProviderRefusedError(ProviderError):
    """It answers no: the same call has the same answer."""


class SignatureError(ProviderError):
    """Nothing proves that a message comes from the provider."""


class WithdrawalOverError(ShopError):
    """The delay to withdraw ended on `last_day` (rules.md F2)."""

    def __init__(self, last_day: datetime.date) -> None:
        super().__init__(last_day)
        self.last_day = last_day


class NothingToWithdrawError(ShopError):
    """None of the lines named may be withdrawn: not bought, or not of this order."""


class ReturnStateForbidsError(ShopError):
    """The return is no longer where this move starts."""


class PhotoMissingError(ShopError):
    """What came back is decided with a picture of it."""


class LossWaitsError(ShopError):
    """Somebody has still to grant, or to refuse, that the refund is lowered."""


class LossForbiddenError(ShopError):
    """The refund is lowered only for what the buyer withdrew from, came damaged, and has a picture."""


class ConversationStateError(ShopError):
    """The conversation is no longer where this act starts."""


class MovedMeanwhileError(ShopError):
    """What was asked while the object was here, or away, is granted now that it is the other way."""


class LimitError(ShopError):
    """More money than this person may give back alone."""


class TooSoonError(ShopError):
    """The conciliator comes once the seller answered, or let its day pass."""


class AttachmentRefusedError(ShopError):
    """A file that is not kept: its message says why."""


class TermsChangedError(ShopError):
    """Somebody else wrote these terms meanwhile, or published others."""


class TermsSameError(ShopError):
    """The draft says what the version in force says."""


class AddressesFullError(ShopError):
    """An account keeps 20 addresses at most."""


class AddressKnownError(ShopError):
    """The account has this very address already."""


class RatingOverError(ShopError):
    """The opinion may no longer be given or changed, or its comment was withdrawn by a moderator."""


class RepliedError(ShopError):
    """The seller replied already: once, publicly."""


class ContestOverError(ShopError):
    """The withdrawal of a comment was contested, answered or ended already, or its delay is over."""


class ErasureStoppedError(ShopError):
    """Something of this person is under way: nothing is erased."""


class SlotFullError(ShopError):
    """The slot of the parcel `number` is taken, or no longer offered: another one is chosen."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class AppointmentStateError(ShopError):
    """The appointment is no longer where this act starts."""


class TooLateError(ShopError):
    """It is the day of the appointment already, or later."""


class AgendaKnownError(ShopError):
    """The site has an agenda already."""


class AgendaChangedError(ShopError):
    """Somebody else changed the agenda meanwhile."""


class GesturePaidThereError(ShopError):
    """The seller took the money itself: no provider of ours gives some of it back."""


class GiftIssuerStateError(ShopError):
    """There is an issuer of gift cards already, or none any more."""


class GiftCardInvalidError(ShopError):
    """A gift card that its issuer does not sell: another amount, a day of sending that is over or too far."""


class GiftCardRefusedError(ShopError):
    """The gift card does not hold, or no longer, what it was to pay."""


class GiftCardNobodyError(ShopError):
    """No address that is known would receive the code of a gift card."""


class OrderOtherError(ShopError):
    """The same form placed an order (the argument, its public id) with other choices already."""


class GiftCardOtherWishError(ShopError):
    """The same form ordered another gift card already."""


class GiftCardStateError(ShopError):
    """The gift card is elsewhere: it was used, given back or blocked already, or its delay is over."""


class RepairStateError(ShopError):
    """Somebody else noted it meanwhile, another thing was decided, or what never came is to go back as it was."""


class StrayStateError(ShopError):
    """Somebody else cleared this parcel up meanwhile, or nothing of the order that was named can be in it."""


class StrayKnownError(ShopError):
    """The parcel was noted already, on `day`, and lies at `put_at`."""

    def __init__(self, day: datetime.date, put_at: str) -> None:
        super().__init__(day, put_at)
        self.day, self.put_at = day, put_at
