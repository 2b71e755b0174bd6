"""Forms of the books."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rebond.catalogue.models import Category
from rebond.core.forms import CentsField, DayInput, WordsField
from rebond.ledger.enums import FEE_PARTS, Base, SaleKind
from rebond.ledger.models import FeeRule
from rebond.network.enums import AgreementKind
from rebond.network.models import Agreement, Organisation

ANY = ("", pgettext_lazy("fee", "All"))


class PeriodForm(forms.Form):
    du = forms.DateField(
        label=pgettext_lazy("day", "From"),
        required=False,
        widget=DayInput(),
    )
    au = forms.DateField(
        label=pgettext_lazy("day", "To"),
        required=False,
        widget=DayInput(),
    )
    avant = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)


class ReverseForm(forms.Form):
    reason = WordsField(
        label=_("Why this entry is wrong"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It is printed beside the correction, for good."),
    )


class PercentField(forms.DecimalField):
    """`12,5` in percent → 1250 hundredths of a percent."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, max_value=100, decimal_places=2, localize=True, **kwargs)

    def clean(self, value: Any) -> Any:
        found = super().clean(value)
        return 0 if found is None else int(found * 100)


class RuleForm(forms.Form):
    name = WordsField(label=pgettext_lazy("fee", "Name of the rule"), max_length=80)
    part = forms.ChoiceField(
        label=pgettext_lazy("fee", "What it is"), choices=[(part.value, part.label) for part in FEE_PARTS]
    )
    base = forms.ChoiceField(label=pgettext_lazy("fee", "Taken of"), choices=Base.choices)
    rate_bp = PercentField(label=pgettext_lazy("fee", "Rate in %, VAT included"), required=False)
    fixed_cents = CentsField(label=pgettext_lazy("fee", "Fixed part for each sale"), required=False)
    min_cents = CentsField(label=pgettext_lazy("fee", "At least"), required=False)
    max_cents = CentsField(label=pgettext_lazy("fee", "At most"), required=False)
    vat_bp = PercentField(label=pgettext_lazy("fee", "VAT in it, in %"), required=False, initial=20)
    is_refunded = forms.BooleanField(
        label=pgettext_lazy("fee", "It is given back with what is refunded"), required=False, initial=True
    )
    category = forms.ModelChoiceField(
        label=pgettext_lazy("fee", "Category"),
        queryset=Category.objects.none(),
        required=False,
        empty_label=_("All sorts of goods"),
    )
    sale_kind = forms.ChoiceField(
        label=pgettext_lazy("fee", "Kind of sale"), choices=[ANY, *SaleKind.choices], required=False
    )
    agreement_kind = forms.ChoiceField(
        label=pgettext_lazy("fee", "Kind of agreement"), choices=[ANY, *AgreementKind.choices], required=False
    )
    agreement = forms.ModelChoiceField(
        label=pgettext_lazy("fee", "One agreement only"),
        queryset=Agreement.objects.none(),
        required=False,
        empty_label=pgettext_lazy("fee", "All"),
    )
    payee = forms.ModelChoiceField(
        label=pgettext_lazy("fee", "Who has it"),
        queryset=Organisation.objects.none(),
        required=False,
        empty_label=pgettext_lazy("fee", "The operator"),
    )
    priority = forms.IntegerField(
        label=pgettext_lazy("fee", "Priority"),
        min_value=0,
        max_value=30_000,
        initial=100,
        help_text=_("For each object, the fitting rule of the highest priority counts."),
    )
    valid_from = forms.DateField(label=pgettext_lazy("fee", "First day"), widget=DayInput())
    valid_to = forms.DateField(
        label=pgettext_lazy("fee", "Last day"),
        required=False,
        widget=DayInput(),
    )

    def __init__(self, *args: Any, operator: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["category"].queryset = Category.objects.filter(parent__isnull=True).order_by("name")
        rows = Agreement.objects.filter(operator=operator, signed_on__isnull=False).select_related("organisation")
        fields["agreement"].queryset = rows.order_by("organisation__name", "-starts_on")
        fields["payee"].queryset = Organisation.objects.filter(kind="fund").order_by("name")
        fields["valid_from"].initial = timezone.localdate

    def rule_fields(self) -> dict[str, Any]:
        """What `set_rule` takes."""
        given = self.cleaned_data
        found = {name: given[name] for name in given if name in {f.name for f in FeeRule._meta.get_fields()}}  # noqa: SLF001 -- Django's documented name
        found["category"] = given["category"].path if given["category"] else ""
        for name in ("fixed_cents", "min_cents"):
            found[name] = given[name] or 0
        return found


class HoldForm(forms.Form):
    reason = WordsField(
        label=_("Why payouts are held"), max_length=300, help_text=_("The seller reads it on its account.")
    )


class RefusalForm(forms.Form):
    reason = WordsField(label=_("Why it is refused"), max_length=300)


class ContestForm(forms.Form):
    reason = WordsField(
        label=_("What is wrong"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A wrong address, a wrong VAT regime, a price. The treasurer of the network reads it."),
    )


class AnswerForm(forms.Form):
    """`is_upheld` is the button that was pressed."""

    answer = WordsField(label=_("Your answer to the seller"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    is_upheld = forms.TypedChoiceField(
        choices=[("True", "True"), ("False", "False")],
        coerce=lambda value: value == "True",
        widget=forms.HiddenInput,
    )


class TermsForm(forms.Form):
    days = WordsField(
        label=pgettext_lazy("payout", "Days of the month"),
        max_length=80,
        help_text=_("From 1 to 28, such as 1 or 1, 15."),
    )
    extra_days = forms.IntegerField(
        label=pgettext_lazy("payout", "Days to wait after the withdrawal delay"), min_value=0, max_value=90, initial=0
    )
    min_cents = CentsField(label=pgettext_lazy("payout", "Least amount"), required=False)

    def clean_days(self) -> list[int]:
        parts = [part.strip() for part in self.cleaned_data["days"].replace(";", ",").split(",")]
        if not all(part.isdecimal() and 1 <= int(part) <= 28 for part in parts):
            raise forms.ValidationError(_("From 1 to 28, such as 1 or 1, 15."))
        return sorted({int(part) for part in parts})
