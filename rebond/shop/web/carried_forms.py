"""The form of a parcel's label: who carries it, what it weighs, whom it is for; filled before anybody opens it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rebond.catalogue.enums import DeliveryMode
from rebond.core.forms import GramsField, WordsField
from rebond.shop.models import SellerOrder
from rebond.shop.queries.carried import Carried, named_first
from rebond.warehouse.carriers.contract import Address, AddressRefused, CarrierError, PointRefused, WeightRefused
from rebond.warehouse.models import CarrierAccount
from rebond.warehouse.queries.shipments import is_paused

ADDRESS = ("name", "address", "postal_code", "city", "phone")
WHERE = ADDRESS[1:4]  # asked unless the parcel goes to a pick-up point
NEEDED = {"required": _("The carrier needs it.")}


class LabelForm(forms.Form):
    """`field_of` says beside which field a refusal of the carrier stands."""

    account = forms.ChoiceField(label=_("Carrier"), widget=forms.RadioSelect)
    grams = GramsField(
        label=_("Weight of the closed parcel"),
        max_g=200_000,
        error_messages={"required": _("Weigh it: the carrier asks for it.")},
    )
    name = WordsField(label=_("Name"), max_length=120, error_messages=NEEDED)
    address = WordsField(label=_("Street and number"), max_length=200, required=False, error_messages=NEEDED)
    postal_code = WordsField(label=_("Postal code"), max_length=5, required=False, error_messages=NEEDED)
    city = WordsField(label=_("Town"), max_length=80, required=False, error_messages=NEEDED)
    phone = WordsField(label=_("Telephone"), max_length=30, required=False)

    def __init__(self, data: Any = None, *, part: SellerOrder, parcel: Carried) -> None:
        order = part.order
        initial: dict[str, Any] = {name: getattr(order, name) for name in ADDRESS}
        initial |= {"grams": parcel.grams, "account": next((row.public_id for row in named_first(parcel)), "")}
        super().__init__(data, prefix=f"p{parcel.number}", initial=initial)
        self.parcel = parcel
        if parcel.mode != DeliveryMode.RELAY:
            for name in WHERE:
                self.fields[name].required = True
        choices = [(row.public_id, _label(row)) for row in parcel.accounts]
        self.fields["account"].choices = choices  # type: ignore[attr-defined]

    @property
    def chosen(self) -> CarrierAccount:
        return next(row for row in self.parcel.accounts if row.public_id == self.cleaned_data["account"])

    @property
    def receiver(self) -> Address:
        return Address(**{name: self.cleaned_data[name].strip() for name in ADDRESS})

    def refuse(self, refused: CarrierError) -> None:
        """Put the carrier's refusal beside what it speaks of."""
        field: str | None = None
        if isinstance(refused, AddressRefused):
            field = refused.field if refused.field in self.fields else None  # a mail address is not asked here
        elif isinstance(refused, WeightRefused):
            field = "grams"
        elif isinstance(refused, PointRefused):
            field = "account"
        self.add_error(field, str(refused))


def _label(account: CarrierAccount) -> str:
    if is_paused(account):
        return str(_("%(carrier)s (does not answer now: the label will come later)")) % {"carrier": account}
    return str(account)
