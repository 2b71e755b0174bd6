"""Mails to the person about a badge of theirs."""

from collections.abc import Callable

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from rebond.core.seo import absolute
from rebond.journal.actions.mail import queue_mail
from rebond.skills.models import Award


def tell_given(award: Award) -> None:
    """Say it in the person's language, once; somebody without an address finds it in their space."""
    _tell(award, "given", lambda: _("A badge for you: %(badge)s"))


def tell_taken_back(award: Award) -> None:
    """Say it with the reason, once."""
    _tell(award, "taken_back", lambda: _("The badge %(badge)s is taken back"))


def _tell(award: Award, what: str, subject: Callable[[], str]) -> None:
    person = award.user
    if person is None or not person.email:
        return
    with translation.override(person.language):
        queue_mail(
            kind=f"skills.award.{what}",
            to=person.email,
            subject=subject() % {"badge": award.badge.name},
            template=f"skills/mail/award_{what}",
            context={"award": award, "url": absolute(reverse("my-badges:list"))},
            organisation=award.organisation,
            key=f"award:{award.public_id}:{what}",
        )
