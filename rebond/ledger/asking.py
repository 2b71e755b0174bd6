"""A desk's button for an act on money: done, or kept for another person, and the sentence of each."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from rebond.core.web import operation_of
from rebond.ledger.actions.money_request import Asked, ask_money
from rebond.ledger.enums import Alone
from rebond.network.models import Organisation


def ask_and_say(
    request: HttpRequest, act: str, data: Any, *, organisation: Organisation, done: str, note: str = ""
) -> Asked:
    """Do it or ask for it, with the operation of the form; a refusal is the caller's to show."""
    asked = ask_money(
        act=act, organisation=organisation, data=data, by=request.user, operation=operation_of(request), note=note
    )
    say_asked(request, asked, done)
    return asked


def say_asked(request: HttpRequest, asked: Asked, done: str) -> None:
    """What came of it, in words."""
    if asked.waits:
        messages.info(request, _("You asked for it: another person must say yes. Nothing is done until then."))
    elif asked.request.alone == Alone.SOLE:
        alone = _("You did it alone: nobody else here may grant it. It is written down.")
        messages.success(request, f"{done} {alone}")
    else:
        messages.success(request, done)
