"""What may be due for a person on their path."""

from django.utils.translation import gettext_lazy as _

from rebond.insertion.enums import Moment

PASS_END = "insertion.pass_end"  # noqa: S105 -- a kind, no secret
CONTRACT_END = "insertion.contract_end"
NEWS = {moment: f"insertion.news_{moment}" for moment in Moment}
NEWS_LABELS = {
    Moment.END: _("News on leaving"),
    Moment.WEEKS4: _("News 4 weeks after leaving"),
    Moment.MONTHS3: _("News 3 months after leaving"),
    Moment.MONTHS6: _("News 6 months after leaving"),
}
