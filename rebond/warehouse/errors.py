"""What the warehouse refuses, each with the sentence for the person who asked (12 words at most)."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class WarehouseError(Exception):
    """Base of all refusals. `str()` is a sentence in the reader's language."""

    message: Promise | str = _("This cannot be done.")

    def __str__(self) -> str:
        return str(self.message)


class FieldInvalid(WarehouseError):  # noqa: N818 -- named by what happened
    """`field` says where; the message says what to write."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(field, message)
        self.field, self.message = field, message


class NothingLeft(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("Nothing is left of this object. Ask for help.")


class NotEnoughHere(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("There are fewer than that here. Ask for help.")


class PlaceFull(WarehouseError):  # noqa: N818 -- named by what happened
    """`label` is the place's."""

    def __init__(self, label: str) -> None:
        super().__init__(label)
        self.label = label

    def __str__(self) -> str:
        return str(_("%(place)s is full. Choose another place.")) % {"place": self.label}


class PlaceElsewhere(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("This place is at another site. Choose a place here.")


class PlaceHoldsNothing(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("Scan the shelf itself, not the whole aisle.")


class PlaceClosed(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("This place is closed. Choose another one.")


class PlaceNotEmpty(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("Something is still there. Empty it first.")


class BoxInItself(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("A box does not go into a box. Scan a shelf.")


class NothingToCount(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("No place here holds things, or all of them are being counted.")


class TooManyBins(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("More than 1,000 places. Count aisle by aisle.")


class CountClosed(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("This count is over.")


class NotToCount(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("This place is counted already. Choose another one.")


class CountedByYou(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("You counted this place. Somebody else counts it again.")


class CountedByOther(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("Somebody else counts this place now.")


class BoxCountedApart(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("A box is counted by itself. Finish this place first.")


class NothingScanned(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("Scan the objects first, or say that it is empty.")


class NotEmptyHere(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("You scanned something here. Take it off the list first.")


class StockMovedOn(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("Its stock has changed since it was counted: count this place again.")


class HeldByBuyer(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("Somebody holds it in a basket. Confirm again in a while.")


class TransportStateForbids(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("This transport is no longer there. Choose another one.")


class NothingLoaded(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("Nothing is loaded yet. Scan the objects first.")


class NotFromHere(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("This object belongs to another site. Put it aside.")


class AlreadyHere(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("This object was here already. Put it back.")


class KeptHereOnly(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("This object is kept here for another seller, and has no agreement for the place where this goes.")


class BatchSplit(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("Some of a batch lies outside the box. Load it apart.")


class StillLoaded(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("Something is still loaded. Take it off first.")


class NothingToPick(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("No such parcel waits for that hour. Choose a later one, another zone or another size.")


class WaveStateForbids(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("This wave is over.")


class NotYourRound(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("Somebody else has this round now. Go back to the home screen.")


class NotInRound(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("This object is not to be taken any more. Go on.")


class WrongObject(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("Almost: this is another object. Put it back, and look again.")


class SlotTaken(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("This slot is taken. Choose another way.")


class PartOnCart(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("A part of this parcel is on the cart. Use a second slot.")


class WrongSlot(WarehouseError):  # noqa: N818 -- named by what happened
    """`slot` is the right one."""

    def __init__(self, slot: int) -> None:
        super().__init__(slot)
        self.slot = slot

    def __str__(self) -> str:
        return str(_("Not this slot. Put it in slot %(slot)s.")) % {"slot": self.slot}


class ParcelStays(WarehouseError):  # noqa: N818 -- named by what happened
    """`message` says why it does not leave."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class StockOutStateForbids(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("Somebody said meanwhile what became of it. Look at it again.")


class StockOutAwaited(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("Its order still waits for the refund. Decide it there first.")


class PackedWithout(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("Its parcel was closed without it. Refund it on its order first.")


class MarkdownTooLate(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("It was sold, held or changed meanwhile. Nothing was done.")


class ShipmentStateForbids(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("This parcel has moved on meanwhile. Look at it again.")


class AccountOff(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("This carrier’s account is switched off. Choose another one.")


class WayNotServed(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("This carrier does not deliver that way. Choose another one.")


class SignatureRefused(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("This message is not signed as agreed.")


class ManifestClosed(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("This list is closed: the carrier has its parcels.")


class ParcelUnknown(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("No parcel of yours has this number. Scan its label again.")


class ParcelOfAnother(WarehouseError):  # noqa: N818 -- named by what happened
    """`carrier` is who it belongs to."""

    def __init__(self, carrier: str) -> None:
        super().__init__(carrier)
        self.carrier = carrier

    def __str__(self) -> str:
        return str(_("Not this cage: this parcel leaves with %(carrier)s.")) % {"carrier": self.carrier}


class ParcelNotReady(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("This parcel left already, or is on another list.")


class CartonClosed(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("This carton is out of use. Choose another one.")


class ParcelNotOpen(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("This parcel is packed, left or cancelled. Choose another one.")


class BeingPicked(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("Somebody is picking this parcel. It comes to you next.")


class NotInParcel(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("This object is not for this parcel. Put it aside.")


class AlreadyIn(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("It is in already. Scan the next one.")


class StillMissing(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("Something is not in yet. Scan each object.")


class WeightUnchecked(WarehouseError):  # noqa: N818 -- named by what happened
    """`weight` is what was expected, in grams."""

    message = _("This is not the expected weight. Look into the parcel again.")

    def __init__(self, weight: object) -> None:
        super().__init__(weight)
        self.weight = weight


class LayoutChanged(WarehouseError):  # noqa: N818 -- named by what happened
    message = _("Somebody else saved another version of this plan meanwhile. Look at it, then draw your change again.")


class LayoutWrong(WarehouseError):  # noqa: N818 -- named by what happened
    """`said`: one sentence for each thing that is wrong."""

    message = _("This plan cannot be walked as it is.")

    def __init__(self, said: list[str]) -> None:
        super().__init__(said)
        self.said = said
