"""What a buyer adds for a project, and the desk's form of a project."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rebond.core.forms import DayInput
from rebond.network.models import Organisation
from rebond.shop.actions.round_up import Gift
from rebond.shop.models import SolidarityProject

ROUND = "arrondi"
AMOUNTS = (100, 200, 500)


def to_next_euro(cents: int) -> int:
    """What is missing to the next whole euro: a whole one becomes one more."""
    return 100 - cents % 100


class GiftForm(forms.Form):
    """Nothing is chosen beforehand. `base_cents` is the order's total without the gift."""

    gift = forms.ChoiceField(
        choices=[("", ""), (ROUND, ROUND), *((str(n), str(n)) for n in AMOUNTS)], required=False, label=_("Your gift")
    )
    project = forms.CharField(required=False, max_length=12)

    def __init__(self, *args: Any, projects: list[SolidarityProject], base_cents: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.projects, self.base_cents = projects, base_cents
        self.round_cents = to_next_euro(base_cents)
        self.amounts = [(str(n), n) for n in AMOUNTS]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("gift") and self.chosen is None:
            self.add_error("project", _("Choose the project that receives your gift."))
        return data

    @property
    def choice(self) -> str:
        """What is ticked; nothing, until the buyer ticks something."""
        return str(self.data.get("gift", "")) if self.is_bound and self.projects else ""

    @property
    def chosen(self) -> SolidarityProject | None:
        """The project named; the only one where there is one."""
        if len(self.projects) == 1:
            return self.projects[0]
        name = self.data.get("project", "") if self.is_bound else ""
        return next((row for row in self.projects if row.public_id == name), None)

    @property
    def cents(self) -> int:
        """0 where nothing is given."""
        if self.choice == ROUND:
            return self.round_cents
        return dict(self.amounts).get(self.choice, 0)

    def made(self) -> Gift | None:
        """What is added to the order, once the form is valid."""
        project = self.chosen
        return Gift(project, self.cents) if self.cents and project is not None else None


class ProjectForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)
    sentence = forms.CharField(
        label=_("In one sentence"),
        help_text=_("What the money does there: buyers read it when they order."),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    opens_on = forms.DateField(
        label=_("First day"),
        widget=DayInput(),
        initial=timezone.localdate,
    )
    closes_on = forms.DateField(
        label=_("Last day"),
        help_text=_("Empty: until you close it."),
        required=False,
        widget=DayInput(),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        opens_on, closes_on = data.get("opens_on"), data.get("closes_on")
        if opens_on and closes_on and closes_on < opens_on:
            self.add_error("closes_on", _("The last day comes before the first one."))
        return data


class NewProjectForm(ProjectForm):
    """`receiver` is found by its SIREN or its very name: no list of all organisations."""

    receiver = forms.CharField(
        label=_("Who receives the money"),
        help_text=_("An organisation of the network: its SIREN or its exact name. It cannot be changed afterwards."),
        max_length=160,
    )
    field_order = ("name", "sentence", "receiver", "opens_on", "closes_on")

    def clean_receiver(self) -> Organisation:
        typed = self.cleaned_data["receiver"].strip()
        siren = "".join(typed.split())
        found = list(Organisation.objects.filter(siren=siren)[:1]) if siren.isdecimal() else []
        found = found or list(Organisation.objects.filter(name__iexact=typed).order_by("pk")[:2])
        if len(found) != 1:
            raise forms.ValidationError(_("No single organisation has this name: write its SIREN."))
        return found[0]
