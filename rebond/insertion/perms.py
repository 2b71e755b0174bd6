"""Who reads and moves the PASS of people: the counsellors of their employer (rules.md F8)."""

from django.utils.translation import gettext_lazy as _

from rebond.core.permissions import describe, register

register(
    {
        "insertion.pass.view": frozenset({"counsellor"}),
        "insertion.pass.change": frozenset({"counsellor"}),
    }
)
describe(
    {
        "insertion.pass.view": _("See the PASS IAE of people, and the days that remain"),
        "insertion.pass.change": _("Write, suspend and prolong the PASS IAE of people"),
    }
)
