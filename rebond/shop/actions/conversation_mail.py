"""Mails of a conversation: each side reads what the other wrote, and where to answer."""

import uuid

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from rebond.core.seo import absolute
from rebond.journal.actions.mail import queue_mail
from rebond.network.models import Organisation
from rebond.network.queries.languages import language_of
from rebond.shop.enums import Author
from rebond.shop.models import Conversation, Message
from rebond.shop.queries.conversations import help_path


def tell_buyer(conversation: Conversation, message: Message) -> None:
    """The words of an answer, with the signed link where to go on."""
    part = conversation.part
    with translation.override(conversation.language):
        queue_mail(
            kind="shop.conversation",
            to=part.order.email,
            subject=_("%(seller)s answers about your order %(code)s")
            % {"seller": message.name if message.author == "conciliator" else part.seller.name, "code": part.order},
            template="shop/mail/conversation",
            context={"message": message, "part": part, "url": absolute(help_path(part))},
            key=f"shop.conversation:{message.operation}",
        )


def tell_seller(conversation: Conversation, operation: uuid.UUID) -> None:
    """The buyer's words, and the day by which an answer is due."""
    seller = conversation.part.seller
    message = Message.objects.get(operation=operation)
    if seller.email:
        _tell(conversation, seller, message, f"shop.conversation.seller:{operation}")


def tell_network(conversation: Conversation, message: Message | None = None) -> None:
    """A conversation calls the conciliator of the network, or one side wrote to them (`message`)."""
    operator = Organisation.objects.filter(kind="operator").exclude(email="").order_by("pk").first()
    if operator is None:
        return
    called = f"{conversation.called_at:%Y%m%d%H%M%S%f}" if conversation.called_at else ""
    what = f"network:{message.operation}" if message else f"called:{conversation.public_id}:{called}"
    _tell(conversation, operator, message, f"shop.conversation.{what}")


def _tell(conversation: Conversation, to: Organisation, message: Message | None, key: str) -> None:
    with translation.override(language_of(to)):
        queue_mail(
            kind="shop.conversation.desk",
            to=to.email,
            subject=_subject(message) % {"code": conversation.part.order, "name": message.name if message else ""},
            template="shop/mail/conversation_desk",
            context={
                "conversation": conversation,
                "message": message,
                "url": absolute(reverse("shop:conversation-detail", args=[conversation.public_id])),
            },
            organisation=to,
            key=key,
        )


def _subject(message: Message | None) -> str:
    if message is None:
        return _("A conciliator is called: order %(code)s")
    if message.author == Author.BUYER:
        return _("A buyer writes: order %(code)s")
    return _("%(name)s writes: order %(code)s")
