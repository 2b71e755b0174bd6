"""The link by which somebody who left gives their news alone: made with their consent only (rules.md F8)."""

from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from rebond.core.seo import absolute
from rebond.insertion.enums import HowAsked
from rebond.insertion.errors import NewsRefused
from rebond.insertion.links import LASTS, news_token
from rebond.insertion.models import FollowUp
from rebond.journal.actions.mail import queue_mail
from rebond.journal.actions.record import record
from rebond.people.enums import ConsentKind
from rebond.people.models import Consent, Person


def may_be_written(person: Person) -> bool:
    """Whether the person agreed to be asked by a link, and has not taken it back."""
    return Consent.objects.filter(person=person, kind=ConsentKind.NEWS).standing().exists()


@transaction.atomic
def make_news_link(*, follow_up: FollowUp, is_mailed: bool, by: Any) -> str:
    """A new address; by mail it leaves for the address of the person's own account, and no desk reads it.

    Else whoever asked it sends it from their telephone: the person's number and address stay sealed. Raise NewsRefused
    without consent, for one that is closed, and for a mail without account.
    """
    person = follow_up.exit.person
    if follow_up.closed_on is not None or follow_up.exit.cancelled_at is not None:
        raise NewsRefused(_("It is answered already."))
    if not may_be_written(person):
        raise NewsRefused(_("This person did not agree to be written to after they left."))
    url = absolute(reverse("news:answer", args=[news_token(follow_up.public_id)]))
    if is_mailed:
        if person.user is None or not person.user.email:
            raise NewsRefused(_("There is no account to write to: send the link from your telephone."))
        with translation.override(person.user.language):
            queue_mail(  # of no organisation: its manager reads the list of mails, and nothing of people
                kind="insertion.news",
                to=person.user.email,
                subject=_("How are you?"),
                template="insertion/mail/news",
                context={"organisation": person.organisation, "url": url, "days": LASTS.days},
                is_secret=True,
            )
    how = HowAsked.WRITTEN if is_mailed else HowAsked.PHONE
    record("insertion.news.asked", subject=follow_up, by=by, organisation=person.organisation, how=how)
    return url
