"""Who reads and moves the PASS, the contracts and the exits of people: the counsellors of their employer (rules.md F8).

A director reads numbers; the reasons of exits are the network's, the same for all.
"""

from django.utils.translation import gettext_lazy as _

from rebond.core.permissions import describe, register

register(
    {
        "insertion.pass.view": frozenset({"counsellor"}),
        "insertion.pass.change": frozenset({"counsellor"}),
        "insertion.exit.view": frozenset({"counsellor"}),
        "insertion.exit.change": frozenset({"counsellor"}),
        "insertion.exit.figures": frozenset({"manager", "counsellor"}),
        "insertion.reason.view": frozenset({"coordinator", "counsellor"}),
        "insertion.reason.change": frozenset({"coordinator"}),
        "insertion.contract.view": frozenset({"counsellor"}),
        "insertion.contract.change": frozenset({"counsellor"}),
    }
)
describe(
    {
        "insertion.pass.view": _("See the PASS IAE of people, and the days that remain"),
        "insertion.pass.change": _("Write, suspend and prolong the PASS IAE of people"),
        "insertion.exit.view": _("See who left, why, and what became of them"),
        "insertion.exit.change": _("Write exits, and what people say after they left"),
        "insertion.exit.figures": _("See how many left, and the rate of dynamic exits"),
        "insertion.reason.view": _("See the reasons of exits"),
        "insertion.reason.change": _("Change the reasons of exits from a day on"),
        "insertion.contract.view": _("See the contracts of people, those that end soon, and their papers"),
        "insertion.contract.change": _("Write, renew, amend, suspend and end the contracts of people"),
    }
)
