"""What is noted of somebody who left."""

from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from rebond.core.forms import DayInput, WordsField
from rebond.insertion.actions.news import LONGEST, Said
from rebond.insertion.enums import HowAsked, JobContract, Situation
from rebond.insertion.models import FollowUp
from rebond.insertion.news_dates import IMMEDIATE, immediate_window

OFF = {"autocomplete": "off"}


class NewsForm(forms.Form):
    """One page: each field says when it is asked."""

    situation = forms.ChoiceField(
        label=pgettext_lazy("news", "Situation"), choices=Situation.choices, widget=forms.RadioSelect
    )
    contract = forms.ChoiceField(
        label=pgettext_lazy("news", "Contract"),
        help_text=_("Where the person has a job."),
        choices=[("", "—"), *JobContract.choices],
        required=False,
    )
    employer = WordsField(
        label=pgettext_lazy("news", "Employer or school"),
        required=False,
        max_length=LONGEST["employer"],
        widget=forms.TextInput(attrs=OFF),
    )
    described_on = forms.DateField(label=_("Day whose situation this is"), required=False, widget=DayInput())
    how = forms.ChoiceField(
        label=pgettext_lazy("news", "How"), choices=[one for one in HowAsked.choices if one[0] != HowAsked.LINK]
    )
    note = WordsField(
        label=pgettext_lazy("exit", "Note"),
        help_text=_("In words that the person can read: they read all of it."),
        required=False,
        max_length=LONGEST["note"],
        widget=forms.Textarea(attrs=OFF | {"rows": 3}),
    )
    proof = forms.FileField(
        label=pgettext_lazy("news", "Proof"),
        required=False,
        help_text=_("A contract, a certificate: PDF or picture, 10 MB at most; counsellors alone open it."),
    )
    again_on = forms.DateField(
        label=pgettext_lazy("news", "Try again on"),
        help_text=_("Where nobody was reached. Leave it empty to try no more."),
        required=False,
        widget=DayInput(),
    )

    def __init__(self, *args: Any, follow_up: FollowUp, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("contract", "described_on"):
            self.fields[name].asked_by_choice = True  # type: ignore[attr-defined]
        if follow_up.moment in IMMEDIATE:
            window = immediate_window(follow_up.exit.left_on)
            said = gettext("For the ESF+ the situation must be that of a day from %(first)s to %(last)s.")
            days = {"first": date_format(window.opens, "j F Y"), "last": date_format(window.closes, "j F Y")}
            self.fields["described_on"].help_text = said % days

    @property
    def said(self) -> Said:
        return Said(**{name: said for name, said in self.cleaned_data.items() if name != "proof"})
