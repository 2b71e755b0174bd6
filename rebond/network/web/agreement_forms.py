"""The form of an agreement: kind, who does what, what it costs, dates."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rebond.core.forms import CentsField
from rebond.network.enums import AgreementKind, CarriageMode, OrganisationKind
from rebond.network.models import Agreement, Organisation
from rebond.network.queries.agreements import DEFAULT_SCOPES, PARTIES, TASKS
from rebond.network.web.forms import date_field

KINDS = {
    AgreementKind.INTEGRATED: ("layers", "lilas", _("The platform is part of the network. Same accounts, same pay.")),
    AgreementKind.BRICK: ("toy-brick", "ciel", _("The organisation keeps its trade. It plugs in the online sale.")),
    AgreementKind.FRANCHISE: (
        "copy-check",
        "peche",
        _("Same name, same rules, separate accounts, gradual entry."),
    ),
    AgreementKind.TUTORED: ("heart-handshake", "menthe", _("One platform helps the other, then each decides.")),
}


FLAT = _("One price whatever the weight; empty, this way is not offered. A table of prices by weight replaces it.")


class PercentField(forms.DecimalField):
    """`12` or `12,5` per cent → basis points (hundredths of a percent)."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(min_value=0, max_value=100, decimal_places=2, max_digits=5, widget=widget, **kwargs)

    def to_python(self, value: Any) -> Any:
        return super().to_python(str(value).replace(",", ".").replace("%", "").strip() if value else value)

    def clean(self, value: Any) -> int | None:
        found: Decimal | None = super().clean(value)
        return None if found is None else int(found * 100)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int):
            return f"{value / 100:g}".replace(".", ",")
        return value


class AgreementForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    kind = forms.ChoiceField(label=_("Form of the agreement"), choices=AgreementKind.choices, widget=forms.RadioSelect)
    operator = forms.ModelChoiceField(label=_("With"), queryset=Organisation.objects.none())
    commission_bp = PercentField(label=_("Commission, in %"))
    solidarity_bp = PercentField(label=_("Solidarity, in %"))
    entry_fee_cents = CentsField(label=_("Entry fee, in €"))
    monthly_fee_cents = CentsField(label=_("Each month, in €"))
    relay_cents = CentsField(label=_("To a pick-up point, in €"), help_text=FLAT, required=False)
    home_cents = CentsField(label=_("To the door, in €"), help_text=FLAT, required=False)
    brand = forms.CharField(label=_("Brand used"), max_length=120, required=False)
    starts_on = date_field(pgettext_lazy("period", "From"))
    ends_on = date_field(pgettext_lazy("period", "To"), required=False)
    document_given_on = date_field(
        _("Pre-contract document given on"),
        required=False,
        help_text=_("Franchise: at least 20 days before the signature (commercial code, L330-3)."),
    )

    def __init__(self, *args: Any, organisation: Organisation, tabled: Collection[str] = (), **kwargs: Any) -> None:
        """`tabled` are the ways that have a table of prices by weight: their one price is not asked, and stays."""
        super().__init__(*args, **kwargs)
        for way in (CarriageMode.RELAY, CarriageMode.HOME):
            if way in tabled:
                del self.fields[f"{way}_cents"]
            else:
                vars(self.fields[f"{way}_cents"])["asked_by_choice"] = True  # its help says what empty means
        operators = Organisation.objects.filter(kind=OrganisationKind.OPERATOR).exclude(pk=organisation.pk)
        self.fields["operator"].queryset = operators.order_by("name")  # type: ignore[attr-defined]
        for key, label, _icon in TASKS:
            self.fields[f"scope_{key}"] = forms.ChoiceField(label=label, choices=PARTIES, widget=forms.RadioSelect)

    @property
    def task_rows(self) -> list[tuple[Any, Any, str]]:
        return [(label, self[f"scope_{key}"], icon) for key, label, icon in TASKS]

    @property
    def kind_rows(self) -> list[tuple[Any, str, str, Any]]:
        return [(choice, *KINDS[AgreementKind(choice.data["value"])]) for choice in self["kind"]]

    @property
    def terms(self) -> dict[str, Any]:
        """The fields of the action."""
        data = self.cleaned_data
        names = ("kind", "operator", "commission_bp", "solidarity_bp", "entry_fee_cents", "monthly_fee_cents")
        asked = {key: data.get(key, self.initial.get(key)) for key in ("relay_cents", "home_cents")}
        prices = {key: cents for key, cents in asked.items() if cents is not None}
        found = {name: data[name] for name in (*names, "brand", "starts_on", "ends_on", "document_given_on")}
        return found | {"shipping": prices, "scope": {key: data[f"scope_{key}"] for key, _label, _icon in TASKS}}


def initial_of(agreement: Agreement | None, kind: str = AgreementKind.BRICK) -> dict[str, Any]:
    """What the form shows first: the agreement's terms, or the usual scope of a kind."""
    if agreement is None:
        scope: dict[str, Any] = DEFAULT_SCOPES.get(kind, DEFAULT_SCOPES[AgreementKind.BRICK])
        return {"kind": kind, "entry_fee_cents": 0, "monthly_fee_cents": 0} | {
            f"scope_{key}": party for key, party in scope.items()
        }
    names = (
        "version",
        "kind",
        "operator",
        "commission_bp",
        "solidarity_bp",
        "entry_fee_cents",
        "monthly_fee_cents",
        "brand",
        "starts_on",
        "ends_on",
        "document_given_on",
    )
    shown: dict[str, Any] = {name: getattr(agreement, name) for name in names} | agreement.shipping
    return shown | {f"scope_{key}": party for key, party in agreement.scope.items()}


class DayForm(forms.Form):
    on = date_field(_("Day"))

    def __init__(self, *args: Any, label: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if label is not None:
            self.fields["on"].label = label
