"""Mail that leaves: queued with the change that causes it, sent by a task, followed until it comes back."""

import re
import smtplib
from datetime import datetime
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils import timezone

from rebond.core.locks import lock_row
from rebond.core.retry import ATTEMPTS
from rebond.journal.actions.record import record
from rebond.journal.errors import MailNotWaitingError
from rebond.journal.mailtext import render_mail
from rebond.journal.models import MailState, OutgoingMail, SuppressedAddress
from rebond.journal.tasks import send_mail


@transaction.atomic
def queue_mail(
    *,
    kind: str,
    to: str,
    subject: object,
    template: str,
    context: dict[str, Any] | None = None,
    organisation: Any = None,
    key: str | None = None,
    headers: dict[str, str] | None = None,
    is_secret: bool = False,
) -> OutgoingMail:
    """Write one mail and enqueue its sending, inside the caller's transaction.

    `kind` is a stable dotted name ("shop.alert"); `template` has a `.txt` and perhaps a `.html`
    (`journal.mailtext`); the same `key` is written once and gives back the first mail. An address that
    sent mail back is not written to (nor is no address, of an order that was erased): the mail is kept in the state
    `suppressed`. `is_secret` is for a body
    that opens an account or a place in one (a reset link, an invitation): no desk shows it, and it is
    forgotten once sent.
    """
    if key is not None and (kept := OutgoingMail.objects.filter(key=key).first()) is not None:
        return kept
    title = re.sub(r"[ \t\r\n]+", " ", str(subject)).strip()[:250]  # no header of its own; no-break spaces stay
    text, html = render_mail(template, context or {}, subject=title)
    suppressed = not to or SuppressedAddress.objects.filter(email=to.lower()).exists()
    mail = OutgoingMail.objects.create(
        key=key,
        kind=kind,
        to=to,
        subject=title,
        text=text,
        html=html,
        headers=headers or {},
        is_secret=is_secret,
        organisation_id=organisation.public_id if organisation is not None else "",
        state=MailState.SUPPRESSED if suppressed else MailState.QUEUED,
    )
    if not suppressed:
        send_mail.enqueue(mail.pk)
    return mail


def deliver_mail(*, mail_id: int, now: datetime | None = None) -> str:
    """Send one waiting mail; called by its task, harmless when called twice. Return its state.

    A server that is away raises, so that the queue tries again later; a refusal for good (5xx) or the last
    attempt makes it `failed`, and a refused recipient is not written to again.
    """
    mail = OutgoingMail.objects.filter(pk=mail_id).first()
    if mail is None or mail.state != MailState.QUEUED:
        return mail.state if mail is not None else ""
    waiting = OutgoingMail.objects.filter(pk=mail.pk, state=MailState.QUEUED)
    try:
        _message(mail).send()
    except smtplib.SMTPRecipientsRefused as refusal:
        code, words = next(iter(refusal.recipients.values()), (550, b""))
        reason = f"{code} {words.decode(errors='replace') if isinstance(words, bytes) else words}"
        if code >= 500:
            mark_bounced(mail=mail, reason=reason)
            return MailState.BOUNCED
        return _note_failure(mail, reason, refusal)
    except (smtplib.SMTPException, OSError) as failure:
        return _note_failure(mail, f"{type(failure).__name__}: {failure}", failure)
    waiting.update(
        state=MailState.SENT,
        sent_at=now or timezone.now(),
        attempts=mail.attempts + 1,
        error="",
        **({"text": "", "html": ""} if mail.is_secret else {}),
    )
    return MailState.SENT


def _note_failure(mail: OutgoingMail, reason: str, failure: Exception) -> str:
    attempts = mail.attempts + 1
    is_last = attempts >= ATTEMPTS
    OutgoingMail.objects.filter(pk=mail.pk, state=MailState.QUEUED).update(
        attempts=attempts, error=reason[:500], state=MailState.FAILED if is_last else MailState.QUEUED
    )
    if is_last:
        return MailState.FAILED
    raise failure


def _message(mail: OutgoingMail) -> EmailMultiAlternatives:
    headers = {"Auto-Submitted": "auto-generated", "X-Rebond-Mail": mail.public_id, "Message-ID": mail.message_id}
    message = EmailMultiAlternatives(mail.subject, mail.text, to=[mail.to], headers=headers | mail.headers)
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    return message


@transaction.atomic
def resend_mail(*, mail: OutgoingMail, by: Any, organisation: Any = None) -> OutgoingMail:
    """Put a mail that did not leave back in the queue. Raise MailNotWaitingError where it left, or is held."""
    moved = OutgoingMail.objects.filter(pk=mail.pk, state=MailState.FAILED).update(
        state=MailState.QUEUED, attempts=0, error=""
    )
    if not moved:
        raise MailNotWaitingError
    send_mail.enqueue(mail.pk)
    record("journal.mail.resent", subject=mail, by=by, organisation=organisation, kind=mail.kind)
    mail.refresh_from_db()
    return mail


@transaction.atomic
def mark_bounced(*, mail: OutgoingMail, reason: str, is_permanent: bool = True) -> bool:
    """Note that a mail came back; for good, its address is not written to again. False where it was known."""
    mail = lock_row(mail)
    if mail.state == MailState.BOUNCED:
        return False
    mail.state, mail.error = MailState.BOUNCED, reason[:500]
    mail.save(update_fields=["state", "error"])
    if is_permanent:
        SuppressedAddress.objects.get_or_create(
            email=mail.to.lower(), defaults={"reason": reason[:500], "mail_id": mail.public_id}
        )
    record("journal.mail.bounced", subject=mail, by=None, reason=reason[:200], kind=mail.kind)
    return True


@transaction.atomic
def trust_address(*, address: SuppressedAddress, by: Any, organisation: Any = None) -> None:
    """Write to this address again: a person checked it. Mail held meanwhile stays held."""
    record("journal.address.trusted", subject=address, by=by, organisation=organisation)
    SuppressedAddress.objects.filter(pk=address.pk).delete()
