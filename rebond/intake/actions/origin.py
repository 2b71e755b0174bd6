"""Where an arrival comes from, beside its kind: what is asked of each origin (rules.md E2)."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from rebond.intake.enums import SOURCE_FACTS, Source
from rebond.intake.errors import FieldInvalid
from rebond.intake.models import Donation
from rebond.journal.actions.record import record

LONGEST = {"place": 120, "slip": 60, "postcode": 5}


@dataclass(frozen=True, slots=True)
class Origin:
    """What is known of it; "" where nobody said. Never about a person."""

    place: str = ""
    slip: str = ""
    postcode: str = ""

    def facts(self, source: str) -> dict[str, str]:
        """Those that are asked of this kind of origin. Raise FieldInvalid on `postcode`, `place` or `slip`."""
        found = {name: " ".join(getattr(self, name).split()) for name in SOURCE_FACTS[Source(source)]}
        for name, value in found.items():
            check_fact(name, value)
        return found


def check_fact(name: str, value: str) -> None:
    """One of them; "" is right. Raise FieldInvalid."""
    if name == "postcode" and value and not (value.isdecimal() and len(value) == 5):
        raise FieldInvalid("postcode", _("A postcode has five figures."))
    if len(value) > LONGEST[name]:
        raise FieldInvalid(name, _("Write it in fewer words."))


@transaction.atomic
def set_origin(*, donation: Donation, origin: Origin, by: Any) -> Donation:
    """Said or corrected later, at the desk. The same twice is written once. Raise FieldInvalid."""
    facts = origin.facts(donation.source)
    if any(getattr(donation, name) != value for name, value in facts.items()):
        Donation.objects.filter(pk=donation.pk).update(**facts)
        donation.refresh_from_db(fields=list(facts))
        record("intake.donation.placed", subject=donation, by=by, organisation=donation.organisation, **facts)
    return donation
