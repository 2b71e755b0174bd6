"""Filters of the journal's pages."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rebond.core.forms import DayInput
from rebond.journal.models import MailState

ROOMS = [
    ("", _("All subjects")),
    ("catalogue", _("Objects")),
    ("connect", _("Imports")),
    ("network", _("Organisations")),
    ("shop", _("Shop")),
    ("accounts", _("Accounts")),
    ("journal", _("Mail, files, tasks")),
]


class EntryFilterForm(forms.Form):
    q = forms.CharField(label=_("Person or object"), required=False, max_length=100)
    sujet = forms.ChoiceField(label=_("Subject"), choices=ROOMS, required=False)
    structure = forms.CharField(label=_("Organisation"), required=False, max_length=100)
    du = forms.DateField(label=pgettext_lazy("day", "From"), required=False, widget=DayInput())
    au = forms.DateField(label=pgettext_lazy("day", "To"), required=False, widget=DayInput())
    avant = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)


class MailFilterForm(forms.Form):
    q = forms.CharField(label=_("Address or subject"), required=False, max_length=100)
    etat = forms.ChoiceField(choices=[("", ""), *MailState.choices], required=False)
    avant = forms.CharField(required=False, max_length=12)
