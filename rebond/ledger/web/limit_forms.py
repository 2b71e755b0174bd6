"""The limits of each role, of one act."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rebond.core.forms import CentsField
from rebond.ledger.money_acts import Limit, MoneyAct
from rebond.network.enums import Role

HOW = [
    ("no", pgettext_lazy("limit", "Never")),
    ("upto", pgettext_lazy("limit", "Up to an amount")),
    ("any", pgettext_lazy("limit", "Any amount")),
]
YES_NO = [("no", pgettext_lazy("limit", "Never")), ("any", pgettext_lazy("limit", "Yes"))]
WHAT = (("alone", pgettext_lazy("limit", "Does it alone, in a day")), ("grant", pgettext_lazy("limit", "Grants it")))


class LimitForm(forms.Form):
    """For each role: alone, and granting; never, up to an amount, any amount."""

    def __init__(self, *args: Any, act: MoneyAct, limits: Mapping[str, Limit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.act, self.roles = act, list(limits)
        for role, limit in limits.items():
            for what, words in WHAT:
                cents = getattr(limit, what)
                how = "any" if cents is None else "upto" if cents else "no"
                self.fields[f"{role}_{what}"] = forms.ChoiceField(
                    label=words, choices=HOW if act.has_amount else YES_NO, initial=how
                )
                if act.has_amount:
                    self.fields[f"{role}_{what}_cents"] = CentsField(
                        label=pgettext_lazy("limit", "Amount"), required=False, initial=cents or None
                    )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        for name in [name for name in self.fields if name.endswith("_cents")]:
            if given.get(name.removesuffix("_cents")) == "upto" and not given.get(name) and name not in self.errors:
                self.add_error(name, _("Up to which amount?"))
        if not self.errors and all(given[f"{role}_grant"] == "no" for role in self.roles):
            raise forms.ValidationError(_("Somebody must be able to grant it."))
        return given

    def groups(self) -> Iterator[tuple[str, list[Any]]]:
        """Each role, with its fields."""
        for role in self.roles:
            yield str(Role(role).label), [self[name] for name in self.fields if name.startswith(f"{role}_")]

    def limits(self) -> dict[str, list[int | None]]:
        """By role: alone, granting."""
        return {role: [self._cents(f"{role}_{what}") for what, _words in WHAT] for role in self.roles}

    def _cents(self, name: str) -> int | None:
        how = self.cleaned_data[name]
        if how == "any":
            return None
        return int(self.cleaned_data[f"{name}_cents"]) if how == "upto" else 0
