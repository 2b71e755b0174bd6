"""A figure crossed its threshold: told to whose it is and to the operator, once for each crossing."""

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from rebond.core.seo import absolute
from rebond.journal.actions.mail import queue_mail
from rebond.network.models import Organisation
from rebond.network.queries.languages import language_of
from rebond.shop.models import QualityAlert
from rebond.shop.queries.quality import named, page_of, said_of


@transaction.atomic
def write_quality_mail(*, alert_id: int) -> None:
    """One mail to each, whatever the number of times this runs (its key)."""
    alert = QualityAlert.objects.select_related("seller").get(pk=alert_id)
    operator = Organisation.objects.filter(kind="operator").exclude(email="").order_by("pk").first()
    readers = {to.pk: to for to in (alert.seller, operator) if to is not None and to.email}
    for to in readers.values():
        with translation.override(language_of(to)):
            queue_mail(
                kind="shop.quality",
                to=to.email,
                subject=_("%(name)s: a threshold is crossed (%(figure)s)")
                % {"figure": alert.get_figure_display(), "name": named(alert)},
                template="shop/mail/quality_alert",
                context={"name": named(alert), "said": said_of(alert), "url": absolute(page_of(alert))},
                organisation=to,
                key=f"shop.quality:{alert.pk}:{to.pk}",
            )
