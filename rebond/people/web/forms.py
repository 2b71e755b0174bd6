"""What counsellors type about people."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rebond.accounts.models import User
from rebond.core.forms import DayInput, WordsField
from rebond.people.actions.correction import ANSWERS
from rebond.people.actions.correction import LONGEST as LONGEST_CORRECTION
from rebond.people.actions.need import LONGEST_NAME, LONGEST_PHONE, LONGEST_WORDS, Noted, Whom
from rebond.people.actions.person import LONGEST, Identity
from rebond.people.enums import StatusKind
from rebond.people.models import Need, TrustedContact
from rebond.people.needs import POINTS, WITHOUT_WORDS, NeedKind

OFF = {"autocomplete": "off"}  # of somebody else: a browser must not offer its owner's


class IdentityForm(forms.Form):
    """Who the person is. All but the first name is sealed."""

    first_name = WordsField(
        label=_("First name shown"),
        help_text=_("The one the person wants to be called by. Colleagues read it."),
        max_length=LONGEST["first_name"],
        widget=forms.TextInput(attrs=OFF),
    )
    family_name = WordsField(
        label=_("Family name"), max_length=LONGEST["family_name"], widget=forms.TextInput(attrs=OFF)
    )
    born_on = forms.DateField(label=_("Date of birth"), required=False, widget=DayInput(attrs=OFF))
    phone = WordsField(
        label=_("Telephone"),
        required=False,
        max_length=LONGEST["phone"],
        widget=forms.TextInput(attrs=OFF | {"inputmode": "tel"}),
    )
    email = forms.EmailField(
        label=_("E-mail"), required=False, max_length=LONGEST["email"], widget=forms.EmailInput(attrs=OFF)
    )
    address = WordsField(
        label=_("Address"),
        required=False,
        max_length=LONGEST["address"],
        widget=forms.Textarea(attrs=OFF | {"rows": 2}),
    )
    notes = WordsField(
        label=_("Notes"),
        help_text=_("Facts that help to accompany, in words that the person can read: they read all of it."),
        required=False,
        max_length=LONGEST["notes"],
        widget=forms.Textarea(attrs=OFF | {"rows": 6}),
    )

    @property
    def identity(self) -> Identity:
        return Identity(**{name: self.cleaned_data[name] for name in Identity.__dataclass_fields__})


class PaperForm(forms.Form):
    given_on = forms.DateField(label=_("Signed on"), widget=DayInput())


class NeedForm(forms.Form):
    """What is known of one kind of need; several stand on one page."""

    points = forms.MultipleChoiceField(
        label=pgettext_lazy("need", "What is so"), required=False, widget=forms.CheckboxSelectMultiple
    )
    words = WordsField(
        label=_("In a few words"),
        help_text=_("Only what helps to accompany. The person reads it."),
        required=False,
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs=OFF | {"rows": 2}),
    )
    review_on = forms.DateField(
        label=_("To look at again on"),
        help_text=_("The next visit, or the end of the paper. The list of people sorts by it."),
        required=False,
        widget=DayInput(),
    )

    def __init__(self, data: Any = None, *, kind: str, need: Need | None = None) -> None:
        """`need` is what is known, shown before anybody types."""
        said = {"points": need.codes, "words": need.words, "review_on": need.review_on} if need else {}
        super().__init__(data, initial=said, auto_id=f"id_{kind}_%s")
        self.fields["points"].choices = list(POINTS[kind].items())  # type: ignore[attr-defined]
        if kind in WITHOUT_WORDS:
            del self.fields["words"]
        if kind != NeedKind.APTITUDE:
            del self.fields["review_on"]

    @property
    def noted(self) -> Noted:
        return Noted(**self.cleaned_data)


class TrustedForm(forms.Form):
    """Whom to call when something happens."""

    name = WordsField(label=_("Name"), max_length=LONGEST_NAME, widget=forms.TextInput(attrs=OFF))
    phone = WordsField(
        label=_("Telephone"), max_length=LONGEST_PHONE, widget=forms.TextInput(attrs=OFF | {"inputmode": "tel"})
    )
    link = WordsField(
        label=pgettext_lazy("trusted", "Who it is"),
        help_text=_("Sister, friend, neighbour, social worker."),
        required=False,
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs=OFF),
    )

    def __init__(self, data: Any = None, *, trusted: TrustedContact | None = None) -> None:
        said = {name: getattr(trusted, name) for name in ("name", "phone", "link")} if trusted else {}
        super().__init__(data, initial=said, auto_id="id_trusted_%s")

    @property
    def whom(self) -> Whom:
        return Whom(**self.cleaned_data)


class CorrectionForm(forms.Form):
    words = WordsField(
        label=pgettext_lazy("correction", "What is wrong?"),
        help_text=_("Write what is wrong, and what is right."),
        max_length=LONGEST_CORRECTION,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class AnswerForm(forms.Form):
    """What became of a correction that was asked."""

    state = forms.ChoiceField(
        label=_("What you did"), choices=[(one.value, one.label) for one in ANSWERS], widget=forms.RadioSelect
    )
    answer = WordsField(
        label=_("In words, for the person"),
        help_text=_("What you changed; or why nothing changes. Who is not satisfied may write to the CNIL."),
        max_length=LONGEST_CORRECTION,
        widget=forms.Textarea(attrs=OFF | {"rows": 4}),
    )


class StatusForm(forms.Form):
    kind = forms.ChoiceField(label=_("Status"), choices=StatusKind.choices)
    starts_on = forms.DateField(label=pgettext_lazy("status", "From"), widget=DayInput())
    ends_on = forms.DateField(
        label=pgettext_lazy("status", "Until"),
        help_text=_("The last day. Leave it empty where none is known."),
        required=False,
        widget=DayInput(),
    )


class WelcomeForm(StatusForm, IdentityForm):
    """The first page of a file."""

    field_order = [*IdentityForm.base_fields, *StatusForm.base_fields]


class EndForm(forms.Form):
    ends_on = forms.DateField(label=_("Last day"), widget=DayInput())


class FollowForm(forms.Form):
    """Who follows, whose account, when they meet."""

    meeting_on = forms.DateField(
        label=_("Next meeting"),
        help_text=_("The list of people sorts by it. The person sees it."),
        required=False,
        widget=DayInput(),
    )
    counsellor = forms.ModelChoiceField(
        label=_("Followed by"), queryset=User.objects.none(), required=False, empty_label="—"
    )
    user = forms.ModelChoiceField(
        label=_("Account of the person"),
        help_text=_("Signed in with it, the person reads their file and who opened it."),
        queryset=User.objects.none(),
        required=False,
        empty_label="—",
    )

    def __init__(self, *args: Any, counsellors: Any, accounts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["counsellor"].queryset = counsellors  # type: ignore[attr-defined]
        self.fields["user"].queryset = accounts  # type: ignore[attr-defined]
