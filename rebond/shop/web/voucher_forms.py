"""The code of a voucher at the checkout, and the desk's form of a voucher."""

from typing import Any

from django import forms
from django.core import signing
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rebond.catalogue.models import Category
from rebond.catalogue.queries.categories import children_of, universes
from rebond.core.forms import CentsField
from rebond.core.money import format_cents
from rebond.core.throttle import may_go_on
from rebond.shop.actions.voucher import note_wrong_code
from rebond.shop.actions.voucher_desk import Terms
from rebond.shop.errors import ShopError, VoucherFloorError, VoucherRefusedError
from rebond.shop.models import Voucher
from rebond.shop.queries.basket import BasketPage
from rebond.shop.queries.keeper import keeper_of
from rebond.shop.queries.vouchers import Reduction, find_voucher, parse_voucher, reduction_of, says

SALT = "rebond.shop.code"


class CodeForm(forms.Form):
    """A code that was never given to this basket counts against the rate of tries, right or wrong.

    Once it was taken, `proof` says so: sending the page again is no new try. Unknown, over, used up or for others: the
    answer is the same.
    """

    code = forms.CharField(
        label=gettext_lazy("Voucher code"),
        help_text=gettext_lazy("Only if you have one: 12 letters and digits."),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def __init__(self, request: HttpRequest, shown: BasketPage, proved: str = "") -> None:
        super().__init__(request.POST if request.method == "POST" else None)
        self.request, self.shown = request, shown
        self.proved = proved or request.POST.get("code_proof", "")
        self.cut: Reduction | None = None
        self.is_new = False
        self.full_clean()

    def again(self, shown: BasketPage) -> "CodeForm":
        """The same code on a basket that changed."""
        return CodeForm(self.request, shown, proved=self.proof)

    @property
    def cents(self) -> int:
        return self.cut.cents if self.cut is not None else 0

    @property
    def voucher(self) -> Voucher | None:
        return self.cut.voucher if self.cut is not None else None

    @property
    def says(self) -> str:
        return says(self.cut.voucher) if self.cut is not None else ""

    @property
    def proof(self) -> str:
        """What says that this basket was given this code."""
        return signing.dumps([self.cut.voucher.code, self._whose], salt=SALT) if self.cut is not None else ""

    @property
    def _whose(self) -> str:
        keeper = keeper_of(self.request)
        return f"u{keeper.user.pk}" if keeper.user is not None else keeper.visitor

    def clean_code(self) -> str:
        typed: str = self.cleaned_data["code"]
        if not typed.strip():
            return ""
        self.is_new = not self._is_proved(parse_voucher(typed))
        if self.is_new and not may_go_on(self.request, "voucher", key=self._whose):
            raise forms.ValidationError(
                _("Too many codes were tried from here. Try again in an hour, or order without.")
            )
        try:
            self.cut = self._cut(typed)
        except VoucherFloorError as low:
            raise forms.ValidationError(floor_words(low)) from low
        except VoucherRefusedError as refused:
            if self.is_new:
                note_wrong_code(keeper=keeper_of(self.request), by=self._user)
            raise forms.ValidationError(refused_words()) from refused
        return typed

    @property
    def _user(self) -> Any:
        return self.request.user if self.request.user.is_authenticated else None

    def _is_proved(self, code: str) -> bool:
        try:
            told = signing.loads(self.proved, salt=SALT)
        except signing.BadSignature:
            return False
        return bool(code) and told == [code, self._whose]

    def _cut(self, typed: str) -> Reduction:
        voucher = find_voucher(typed, timezone.localdate())
        if voucher is None:
            raise VoucherRefusedError
        lines = [row.line for parcel in self.shown.parcels for row in parcel.lines]
        return reduction_of(voucher, lines)

    def refuse(self, error: ShopError) -> None:
        """The order was refused because of it: nothing of it counts any more on the page."""
        self.add_error("code", floor_words(error) if isinstance(error, VoucherFloorError) else refused_words())
        self.cut = None


def refused_words() -> str:
    """One sentence for every code that gives nothing: nobody learns which ones exist."""
    return _("This code gives nothing here: it may be wrong, over, used already, or for other objects.")


def floor_words(error: VoucherFloorError) -> str:
    return _("This code counts from %(sum)s of the objects that it is for.") % {"sum": format_cents(error.floor_cents)}


def category_choices() -> list[tuple[Any, Any]]:
    """All of them, then each universe with what is right below it."""
    rows: list[tuple[Any, Any]] = [("", gettext_lazy("All categories"))]
    for universe in universes():
        below = [(row.key, row.label) for row in children_of(universe)]
        rows.append((universe.label, [(universe.key, _("All: %(name)s") % {"name": universe.label}), *below]))
    return rows


def _day(label: Any, **kwargs: Any) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, widget=widget, **kwargs)


class VoucherForm(forms.Form):
    """`is_network`: a percentage has a ceiling, so that its cost is known before it is granted."""

    name = forms.CharField(
        label=gettext_lazy("Name"), help_text=gettext_lazy("For you: buyers do not see it."), max_length=80
    )
    amount_cents = CentsField(
        label=gettext_lazy("Amount, in €"),
        help_text=gettext_lazy("Either an amount, or a percentage."),
        required=False,
        min_cents=1,
        max_cents=100_000,
    )
    percent = forms.IntegerField(
        label=gettext_lazy("Percentage of the objects"), required=False, min_value=1, max_value=100
    )
    ceiling_cents = CentsField(
        label=gettext_lazy("At most, each time, in €"),
        help_text=gettext_lazy("For a percentage only."),
        required=False,
        min_cents=1,
        max_cents=100_000,
    )
    floor_cents = CentsField(
        label=gettext_lazy("From how much of these objects on, in €"),
        help_text=gettext_lazy("Empty: from 1.01 € on. One euro of them is always left to pay."),
        required=False,
        max_cents=1_000_000,
    )
    category = forms.ChoiceField(label=gettext_lazy("Category"), required=False, choices=category_choices)
    starts_on = _day(gettext_lazy("First day"), initial=timezone.localdate)
    ends_on = _day(gettext_lazy("Last day"))
    uses_max = forms.IntegerField(label=gettext_lazy("Uses in all"), min_value=1, max_value=1_000_000)
    buyer_max = forms.IntegerField(label=gettext_lazy("Uses for one buyer"), min_value=1, max_value=1_000, initial=1)

    def __init__(self, *args: Any, is_network: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_network = is_network
        self.fields["name"].widget.attrs["autocomplete"] = "off"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self._check_sum(data)
        starts_on, ends_on = data.get("starts_on"), data.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", _("The last day comes before the first one."))
        if (data.get("buyer_max") or 0) > (data.get("uses_max") or 1_000_000):
            self.add_error("buyer_max", _("More than all its uses together."))
        return data

    def _check_sum(self, data: dict[str, Any]) -> None:
        amount, percent, ceiling = data.get("amount_cents"), data.get("percent"), data.get("ceiling_cents")
        if not self.errors.keys() & {"amount_cents", "percent"} and bool(amount) == bool(percent):
            self.add_error("amount_cents", _("Write an amount or a percentage, one of them."))
        if amount and ceiling:
            self.add_error("ceiling_cents", _("An amount is its own ceiling: leave this empty."))
        if self.is_network and percent and not ceiling and "ceiling_cents" not in self.errors:
            self.add_error("ceiling_cents", _("The network’s percentage has a ceiling: write it."))

    def terms(self) -> Terms:
        """What was written, once the form is valid."""
        data = self.cleaned_data
        category = Category.objects.filter(key=data["category"]).first() if data["category"] else None
        return Terms(**data | {"category": category, "floor_cents": data["floor_cents"] or 0})
