"""`rebond send-trial-mail ADDRESS`: see whether mail leaves and arrives."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from rebond.journal.actions.mail import deliver_mail, queue_mail
from rebond.journal.models import MailState


class Command(BaseCommand):
    help = "Write a trial mail to an address and send it at once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("to", metavar="ADDRESS", type=str)

    def handle(self, *args: Any, **options: Any) -> None:
        validate_email(options["to"])
        mail = queue_mail(
            kind="journal.trial",
            to=options["to"],
            subject=_("A trial mail"),
            template="journal/mail/trial",
            context={"to": options["to"], "site": settings.SITE_URL},
        )
        try:
            state = deliver_mail(mail_id=mail.pk)
        except Exception as failure:
            raise CommandError(f"not sent, it will be tried again: {failure}") from failure
        if state != MailState.SENT:
            mail.refresh_from_db()
            raise CommandError(f"{state}: {mail.error or 'this address sends mail back'}")
        self.stdout.write(f"sent to {mail.to}")
