"""Forms of payments that people see arrive."""

import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rebond.core.forms import CentsField, DayInput
from rebond.ledger.models import BilledService
from rebond.network.models import Organisation
from rebond.shop.money_enums import Means, WhoPaysThere
from rebond.shop.queries.by_hand import payment_named, service_named

MAX_STATEMENT = 5_000_000


class StatementForm(forms.Form):
    file = forms.FileField(
        label=_("Bank statement"),
        help_text=_("CAMT.053 (XML) or CSV, 5 MB at most. Only what came in is kept."),
        widget=forms.FileInput(attrs={"accept": ".xml,.csv,text/xml,text/csv"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_STATEMENT:
            raise forms.ValidationError(_("This file is larger than 5 MB."))
        return file


class _ForOrder(forms.Form):
    """An order that waits for a transfer, by its code or its reference."""

    order = forms.CharField(
        label=_("For which order?"), help_text=_("Its code, or the reference of the transfer."), max_length=40
    )

    def clean_order(self) -> Any:
        payment = payment_named(self.cleaned_data["order"])
        if payment is None:
            raise forms.ValidationError(_("No order of this code is paid by transfer."))
        return payment


class UseForm(_ForOrder):
    pass


class ServiceUseForm(forms.Form):
    service = forms.CharField(label=_("For which service?"), help_text=_("The number of its invoice."), max_length=40)

    def __init__(self, *args: Any, operator: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.operator = operator

    def clean_service(self) -> BilledService:
        service = service_named(self.operator, self.cleaned_data["service"])
        if service is None:
            raise forms.ValidationError(_("No service of this number waits for a transfer."))
        return service


class ReceiptForm(_ForOrder):
    cents = CentsField(label=_("Amount received"))
    on = forms.DateField(
        label=_("Received on"),
        widget=DayInput(),
        initial=timezone.localdate,
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=300)

    def clean_on(self) -> datetime.date:
        on: datetime.date = self.cleaned_data["on"]
        if on > timezone.localdate():
            raise forms.ValidationError(_("This day has not come yet."))
        return on


class ReturnedForm(forms.Form):
    on = forms.DateField(
        label=_("Given back on"),
        widget=DayInput(),
        initial=timezone.localdate,
    )


class NoteForm(forms.Form):
    note = forms.CharField(label=_("What it is"), max_length=300)


class MeansForm(forms.Form):
    means = forms.ChoiceField(label=_("How it was paid"), choices=Means, widget=forms.RadioSelect)


class PayOptionForm(forms.Form):
    at_collection = forms.ChoiceField(
        label=_("Who may pay when collecting"), choices=WhoPaysThere, widget=forms.RadioSelect
    )
