"""Forms of the desk: stations, tablets, people."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rebond.network.models import Site
from rebond.workshop.enums import BadgeEnd, SkillLevel, StationKind, StationReach, Wish, WorkerStatus


class StationForm(forms.Form):
    site = forms.ModelChoiceField(label=_("Site"), queryset=Site.objects.none())
    kind = forms.ChoiceField(label=_("What is done there"), choices=StationKind.choices)
    name = forms.CharField(label=_("Name"), max_length=60, help_text=_("Short: people read it on the tablet."))
    hint = forms.CharField(label=_("Where it is"), max_length=80, required=False, help_text=_("Near the window."))
    limit = forms.IntegerField(
        label=_("Objects waiting at most"),
        min_value=1,
        max_value=10_000,
        required=False,
        help_text=_("Above this number the board warns."),
    )

    reach = forms.ChoiceField(
        label=_("Which listings wait there"),
        choices=StationReach.choices,
        widget=forms.RadioSelect,
        help_text=_(
            "For writing and review, photos and answers are enough. Partners: by a signed agreement that says so."
        ),
    )

    def __init__(self, *args: Any, organisation: Any, is_new: bool, is_remote: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_new:
            self.fields["site"].queryset = organisation.sites.order_by("name")  # type: ignore[attr-defined]
            self.fields["reach"].required = False
            self.fields["reach"].initial = StationReach.SITE
        else:
            del self.fields["site"], self.fields["kind"]
        if not is_remote:
            del self.fields["reach"]

    def clean_reach(self) -> str:
        return str(self.cleaned_data["reach"] or StationReach.SITE)


class DeviceForm(forms.Form):
    device_name = forms.CharField(label=_("Name of the tablet"), max_length=60, help_text=_("Such as “Blue tablet”."))


class OptionsForm(forms.Form):
    is_pin_asked = forms.BooleanField(
        label=_("Ask for a code after the badge"),
        required=False,
        help_text=_("Only for people who have one. Whoever forgets it asks a supervisor."),
    )
    idle_minutes = forms.IntegerField(label=_("Minutes without a touch before signing out"), min_value=1, max_value=60)


class WorkerForm(forms.Form):
    first_name = forms.CharField(label=_("First name, as colleagues say it"), max_length=40)
    name = forms.CharField(
        label=_("Full name"), max_length=120, required=False, help_text=_("Read by supervisors only.")
    )
    status = forms.ChoiceField(
        label=_("Status"),
        choices=WorkerStatus.choices,
        widget=forms.RadioSelect,
        help_text=_("It decides what may be noted: never an hour for companions."),
    )
    reviewed_percent = forms.IntegerField(
        label=_("Share of listings that are reviewed, in %"), min_value=0, max_value=100, initial=100
    )

    def __init__(self, *args: Any, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_new:
            del self.fields["reviewed_percent"]
        else:
            del self.fields["name"]


class PinForm(forms.Form):
    pin = forms.CharField(
        label=_("Code of 4 to 6 figures"),
        required=False,
        max_length=6,
        help_text=_("Left empty, the code is removed."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class BadgeEndForm(forms.Form):
    reason = forms.ChoiceField(label=_("Why"), choices=BadgeEnd.choices)


class SkillForm(forms.Form):
    kind = forms.CharField(max_length=40)
    level = forms.ChoiceField(choices=[("", ""), *SkillLevel.choices], required=False)
    wish = forms.ChoiceField(choices=Wish.choices, required=False)


class LimitsForm(forms.Form):
    """One number for each station; left empty: no limit."""

    def __init__(self, *args: Any, stations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for station in stations:
            self.fields[station.public_id] = forms.IntegerField(
                label=station.name,
                min_value=1,
                max_value=10_000,
                required=False,
                initial=station.limit,
                help_text=station.hint,
            )
