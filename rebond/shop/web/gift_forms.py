"""Buying a gift card, paying with one, reading one by its code, naming the issuer."""

import datetime
from typing import Any

from django import forms
from django.core import signing
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from rebond.core.forms import CentsField, DayInput, WordsField
from rebond.core.money import format_cents
from rebond.core.throttle import may_go_on
from rebond.shop.actions.gift_card import SEND_WITHIN, Wish
from rebond.shop.actions.gift_issuer import IssuerTerms
from rebond.shop.actions.voucher import note_wrong_code
from rebond.shop.errors import GiftCardRefusedError, ShopError
from rebond.shop.models import GiftCard, GiftIssuer
from rebond.shop.money_enums import GiftCardState
from rebond.shop.queries.basket import BasketPage
from rebond.shop.queries.gift_cards import are_known, card_cents, find_card, hash_of, is_over, parse_card, spendable
from rebond.shop.queries.keeper import keeper_of
from rebond.shop.web.voucher_forms import CodeForm

AMOUNTS = (2_000, 3_000, 5_000, 10_000)
OTHER = "other"
SALT = "rebond.shop.gift-card"
CODE_INPUT = forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"})


class GiftBuyForm(forms.Form):
    """An amount among those proposed, or another one within the issuer's limits."""

    amount = forms.ChoiceField(label=pgettext_lazy("gift card", "Amount"), widget=forms.RadioSelect)
    other = CentsField(label=gettext_lazy("Another amount, in €"), required=False)
    email = forms.EmailField(
        label=gettext_lazy("Your e-mail address"),
        help_text=gettext_lazy("For the receipt."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        max_length=254,
    )
    recipient_email = forms.EmailField(
        label=gettext_lazy("E-mail address of the person who receives it"),
        help_text=gettext_lazy("Leave it empty to receive the code yourself, and give it as you like."),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        max_length=254,
    )
    sender_name = WordsField(
        label=gettext_lazy("From whom"), help_text=gettext_lazy("Told with the card."), required=False, max_length=80
    )
    message = WordsField(
        label=gettext_lazy("A few words"),
        help_text=gettext_lazy("300 signs at most."),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 300}),
    )
    send_on = forms.DateField(
        label=gettext_lazy("Day of sending"),
        help_text=gettext_lazy("Empty: as soon as it is paid."),
        required=False,
        widget=DayInput(),
    )
    has_read = forms.BooleanField(label=gettext_lazy("I have read the conditions of the card and accept them."))

    def __init__(self, *args: Any, issuer: GiftIssuer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        low, high = issuer.min_cents, issuer.max_cents
        proposed = [cents for cents in AMOUNTS if low <= cents <= high] or [low]
        choices = [(str(cents), format_cents(cents)) for cents in proposed]
        amount: Any = self.fields["amount"]
        amount.choices = [*choices, (OTHER, pgettext_lazy("gift card", "Another amount"))]
        amount.initial = choices[0][0]
        other: Any = self.fields["other"]
        other.min_cents, other.max_cents = low, high
        limits = {"low": format_cents(low), "high": format_cents(high)}
        other.help_text = _("From %(low)s to %(high)s.") % limits

    def clean_send_on(self) -> datetime.date | None:
        day: datetime.date | None = self.cleaned_data["send_on"]
        today = timezone.localdate()
        if day is not None and not today <= day <= today + SEND_WITHIN:
            raise forms.ValidationError(_("Choose a day from today on, within a year."))
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("amount") == OTHER and not data.get("other") and "other" not in self.errors:
            self.add_error("other", _("Write the amount."))
        return data

    def wish(self) -> Wish:
        """What was chosen, once the form is valid."""
        data = self.cleaned_data
        cents = data["other"] if data["amount"] == OTHER else int(data["amount"])
        return Wish(
            amount_cents=cents,
            email=data["email"],
            recipient_email=data["recipient_email"],
            sender_name=data["sender_name"],
            message=data["message"],
            send_on=data["send_on"],
        )


class GiftCodeForm(forms.Form):
    code = WordsField(
        label=gettext_lazy("Code of the gift card"),
        help_text=gettext_lazy("16 letters and digits, as in the mail."),
        max_length=40,
        widget=CODE_INPUT,
    )


class IssuerForm(forms.Form):
    """What a site says before it sells a card."""

    legal_basis = WordsField(
        label=gettext_lazy("Legal basis"),
        help_text=gettext_lazy(
            "On which text the issue rests, and who checked it: for example the limited network of articles L521-3 and "
            "L525-5 of the monetary and financial code, and what was declared to the ACPR."
        ),
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    conditions = WordsField(
        label=gettext_lazy("Conditions told to buyers"),
        help_text=gettext_lazy("Where it is used, how long, what happens to what is left, whom to write to."),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    months = forms.IntegerField(label=gettext_lazy("A card lasts, in months"), min_value=1, max_value=120, initial=24)
    min_cents = CentsField(label=gettext_lazy("Smallest amount, in €"), min_cents=100, max_cents=100_000, initial=1_000)
    max_cents = CentsField(label=gettext_lazy("Largest amount, in €"), min_cents=100, max_cents=100_000, initial=15_000)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("min_cents") and data.get("max_cents") and data["min_cents"] > data["max_cents"]:
            self.add_error("max_cents", _("The largest amount is below the smallest one."))
        return data

    def terms(self) -> IssuerTerms:
        """What was written, once the form is valid."""
        return IssuerTerms(**self.cleaned_data)


class CardForm(forms.Form):
    """The code of a gift card at the checkout. Right or wrong, it counts against the rate of tries.

    Once it was taken, `proof` says so: sending the page again is no new try. Unknown, empty, over or blocked: one
    answer.
    """

    card_code = WordsField(
        label=gettext_lazy("Code of the gift card"),
        help_text=gettext_lazy("Only if you have one: 16 letters and digits."),
        required=False,
        max_length=40,
        widget=CODE_INPUT,
    )

    def __init__(self, request: HttpRequest, proved: str = "") -> None:
        self.is_shown = are_known()
        super().__init__(request.POST if request.method == "POST" and self.is_shown else None)
        self.request, self.keeper = request, keeper_of(request)
        self.proved = proved or request.POST.get("card_proof", "")
        self.card: GiftCard | None = None
        self.balance_cents = 0
        self.is_new = False
        self.full_clean()

    def again(self) -> "CardForm":
        """The same card on a basket that changed."""
        return CardForm(self.request, proved=self.proof)

    def cents(self, total: int, gift_cents: int) -> int:
        """What it pays of this total, of which `gift_cents` are for a project."""
        return card_cents(self.balance_cents, total, gift_cents)

    @property
    def proof(self) -> str:
        """What says that this basket was given this code."""
        return signing.dumps([self.card.code_hash, self._whose], salt=SALT) if self.card is not None else ""

    @property
    def _whose(self) -> str:
        return f"u{self.keeper.user.pk}" if self.keeper.user is not None else self.keeper.visitor

    def clean_card_code(self) -> str:
        typed: str = self.cleaned_data["card_code"]
        if not typed.strip():
            return ""
        card_hash = hash_of(parse_card(typed))
        self.is_new = not self._is_proved(card_hash)
        if self.is_new and not may_go_on(self.request, "gift-code"):
            raise forms.ValidationError(
                _("Too many codes were tried from here. Try again in an hour, or order without.")
            )
        card = find_card(typed)
        is_usable = card is not None and card.state == GiftCardState.LIVE and not is_over(card)
        if card is None or not is_usable or not (balance := spendable(card, self.keeper)):
            if self.is_new:
                note_wrong_code(keeper=self.keeper, by=self.keeper.user)
            raise forms.ValidationError(_card_refused())
        self.card, self.balance_cents = card, balance
        return typed

    def _is_proved(self, card_hash: str) -> bool:
        try:
            told = signing.loads(self.proved, salt=SALT)
        except signing.BadSignature:
            return False
        return bool(told == [card_hash, self._whose])

    def refuse(self) -> None:
        """The order was refused because of it: it pays nothing any more on the page."""
        self.add_error("card_code", _card_refused())
        self.card, self.balance_cents = None, 0


def _card_refused() -> str:
    """One sentence for every code that pays nothing: nobody learns which ones exist."""
    return _("This code pays nothing: it may be wrong, over, used up already, or blocked.")


class Codes:
    """What the buyer typed besides: a voucher, a gift card."""

    def __init__(self, code: CodeForm, card: CardForm) -> None:
        self.code, self.card = code, card

    def is_valid(self) -> bool:
        """Whether the order may go on: a field that is not shown asks nothing."""
        return self.code.is_valid() and (not self.card.is_shown or self.card.is_valid())

    @property
    def errors(self) -> bool:
        return bool(self.code.errors or self.card.errors)

    @property
    def is_new(self) -> bool:
        """One of them was typed and not shown yet."""
        return self.code.is_new or (self.card.is_new and self.card.card is not None)

    def again(self, shown: BasketPage) -> "Codes":
        """The same on a basket that changed."""
        return Codes(self.code.again(shown), self.card.again())

    def refuse(self, error: ShopError) -> None:
        """The order was refused because of one of them."""
        if isinstance(error, GiftCardRefusedError):
            self.card.refuse()
        else:
            self.code.refuse(error)
