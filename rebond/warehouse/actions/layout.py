"""Plans of sites, drawn at the desk: what is saved is walked from the next wave on."""

from typing import Any

from django.db import IntegrityError, transaction

from rebond.journal.actions.record import record
from rebond.network.models import Site
from rebond.warehouse.errors import LayoutChanged, LayoutWrong
from rebond.warehouse.models import SiteLayout
from rebond.warehouse.picking.drawn import Plan
from rebond.warehouse.queries.layouts import aisles_of, check_plan, current_layout, outside_of


@transaction.atomic
def save_layout(*, site: Site, plan: Plan, based_on: int, by: Any) -> SiteLayout:
    """A new version of the site's plan, with the spot of each bay; waves made before keep theirs.

    `based_on` is the number of the version that was changed, 0 for none. The same plan twice is one version. Raise
    LayoutChanged where somebody saved another one meanwhile, LayoutWrong where a place cannot be walked to.
    """
    last = current_layout(site)
    if last is not None and last.plan == plan and last.number in {based_on, based_on + 1}:
        return last
    if (last.number if last is not None else 0) != based_on:
        raise LayoutChanged
    checked = check_plan(plan, aisles_of(site), outside_of(site))
    if checked.wrong:
        raise LayoutWrong(checked.wrong)
    facts: dict[str, Any] = {"plan": plan, "spots": checked.spots, "far_cm": checked.far_cm, "made_by": by}
    try:
        with transaction.atomic():
            made: SiteLayout = SiteLayout.objects.create(
                organisation_id=site.organisation_id, site=site, number=based_on + 1, **facts
            )
    except IntegrityError:
        raise LayoutChanged from None
    record("warehouse.layout.saved", subject=made, by=by, organisation=site.organisation, number=made.number)
    return made
