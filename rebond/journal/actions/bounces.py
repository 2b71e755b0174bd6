"""Read the mail that came back (delivery status notifications, RFC 3464) and mark what we had sent."""

import contextlib
import email
import email.policy
import mailbox
import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, fields
from email.message import EmailMessage, Message
from pathlib import Path
from typing import Any, cast

from django.conf import settings

from rebond.journal.actions.mail import mark_bounced
from rebond.journal.models import MailState, OutgoingMail

OURS = re.compile(r"<([23456789a-hjkmnp-z]{12})@")
MAX_BYTES = 5_000_000
AT_ONCE = 1_000
KEPT_SECONDS = 30 * 86_400


@dataclass(slots=True)
class BounceReport:
    """What was read: messages, bounces of ours marked, known already, delays, and what was none of these."""

    read: int = 0
    marked: int = 0
    known: int = 0
    delayed: int = 0
    ignored: int = 0


def read_bounces(*, paths: list[Path]) -> BounceReport:
    """Mark the mail that the messages in `paths` (.eml files, mbox files, Maildir folders) say came back."""
    report = BounceReport()
    for path in paths:
        for message in _messages(path):
            report.read += 1
            kind = mark_from_message(message=message)
            setattr(report, kind, getattr(report, kind) + 1)
    return report


def take_bounces(*, folder: Path | None = None, now: float | None = None) -> BounceReport:
    """Read what waits in `folder` (settings.BOUNCES_DIR: a Maildir, or one file a message) and put it aside.

    A message read goes to `folder/read` and is deleted 30 days later; one that was written to within a minute may
    not be whole, and waits. A folder that is not there is empty. At most 1,000 at once: the next run goes on.
    """
    root, now = folder or settings.BOUNCES_DIR, now or time.time()
    waiting = [path for part in (root, root / "new", root / "cur") for path in _files(part)]
    ready = [path for path in waiting if path.stat().st_mtime < now - 60 or path.parent != root][:AT_ONCE]
    report, aside = BounceReport(), root / "read"
    for path in ready:
        some = read_bounces(paths=[path])
        for field in fields(BounceReport):
            setattr(report, field.name, getattr(report, field.name) + getattr(some, field.name))
        aside.mkdir(exist_ok=True)
        path.replace(aside / path.name)
        os.utime(aside / path.name, (now, now))
    for path in _files(aside):
        if path.stat().st_mtime < now - KEPT_SECONDS:
            path.unlink(missing_ok=True)
    return report


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []


def mark_from_message(*, message: Message) -> str:
    """`marked`, `known`, `delayed` or `ignored`. Only `Action: failed` counts; status 5.x.x is for good."""
    status = _status_fields(message)
    mail = _ours(message, status)
    if mail is None or not status:
        return "ignored"
    if str(status.get("action", "")).strip().lower() != "failed":
        return "delayed"
    code = str(status.get("status", "5.0.0")).strip()
    reason = str(status.get("diagnostic-code", "")).strip() or code
    done = mark_bounced(mail=mail, reason=" ".join(f"{code} {reason}".split()), is_permanent=code.startswith("5"))
    return "marked" if done else "known"


def _messages(path: Path) -> Iterator[Message]:
    if path.is_dir():
        if (path / "cur").is_dir():
            yield from mailbox.Maildir(path, create=False)
            return
        for inner in sorted(path.iterdir()):
            if inner.is_file():
                yield from _messages(inner)
        return
    with path.open("rb") as file:
        start = file.read(5)
    if start == b"From ":
        with contextlib.closing(mailbox.mbox(path, create=False)) as box:
            yield from box
    elif path.stat().st_size <= MAX_BYTES:
        yield email.message_from_bytes(path.read_bytes(), policy=email.policy.default)


def _status_fields(message: Message) -> dict[str, str]:
    """Fields of the first recipient in the `message/delivery-status` part, with lower-case names."""
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            groups = cast("list[EmailMessage]", part.get_payload())
            fields: dict[str, str] = {}
            for group in groups if isinstance(groups, list) else []:
                fields |= {name.lower(): str(value) for name, value in group.items()}
                if "action" in fields:
                    break
            return fields
    return {}


def _ours(message: Message, status: dict[str, str]) -> OutgoingMail | None:
    """The mail of ours that this message is about: by its Message-ID, never by the address alone."""
    found: set[str] = set()
    for part in message.walk():
        if part.get_content_type() == "message/rfc822" or part.get_content_type() == "text/rfc822-headers":
            found |= set(OURS.findall(_original_id(part)))
    for name in ("In-Reply-To", "References"):
        found |= set(OURS.findall(str(message.get(name, ""))))
    sent = [MailState.SENT, MailState.BOUNCED, MailState.QUEUED]
    rows = OutgoingMail.objects.filter(public_id__in=found, state__in=sent).order_by("-pk")[:2]
    recipient = status.get("original-recipient") or status.get("final-recipient") or ""
    address = recipient.rpartition(";")[2].strip().strip("<>").lower()
    return next((mail for mail in rows if not address or mail.to.lower() == address), None)


def _original_id(part: Message) -> str:
    payload: Any = part.get_payload()
    if isinstance(payload, list) and payload:
        return str(payload[0].get("Message-ID", ""))
    text = part.get_payload(decode=True)
    inner = email.message_from_bytes(text) if isinstance(text, bytes) else None
    return str(inner.get("Message-ID", "")) if inner is not None else ""
