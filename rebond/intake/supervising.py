"""What this room adds to the supervisor's desk (`workshop.contributions`)."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from rebond.core.desk import Waiting
from rebond.workshop import contributions


def _days(codes: Any) -> dict[str, datetime.date]:
    from rebond.intake.queries.supervising import donation_days  # noqa: PLC0415 -- app registry

    return donation_days(codes)


def _weights(site: Any, start: datetime.date, end: datetime.date) -> Any:
    from rebond.intake.queries.supervising import weights  # noqa: PLC0415 -- app registry

    return weights(site, start, end)


def _story(item: Any) -> Iterable[contributions.Happening]:
    from rebond.intake.queries.supervising import story  # noqa: PLC0415 -- app registry

    return story(item)


def _needs(request: HttpRequest, site: Any, today: datetime.date) -> Iterable[Waiting]:
    """A mass balance of last month that does not close."""
    from rebond.intake.queries.supervising import gaps, last_month  # noqa: PLC0415 -- app registry

    if not request.access.can("intake.donation.view"):  # type: ignore[attr-defined]
        return
    found = gaps(site, today)
    if found:
        start, end = last_month(today)
        title = ngettext(
            "The mass balance of one flow does not close",
            "The mass balance of %(n)s flows does not close",
            len(found),
        )
        query = f"?site={site.public_id}&start={start}&end={end}"
        yield Waiting(
            icon="scale",
            tint="menthe",
            title=title % {"n": len(found)},
            text=_("Last month: %(flows)s.") % {"flows": ", ".join(one.label for one in found)},
            url=reverse("intake-desk:balance") + query,
            action=pgettext("need", "Look"),
        )


def register() -> None:
    """Called when the app is ready."""
    contributions.add_arrivals(_days)
    contributions.add_weights(_weights)
    contributions.add_story(_story)
    contributions.add_needs(50, _needs)
