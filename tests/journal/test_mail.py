import datetime
import json
import smtplib
import time
from email.message import EmailMessage

import pytest
from django.core import mail as outbox
from django.core.mail import EmailMultiAlternatives
from django.core.management import CommandError, call_command
from django.tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from rebond.core.periodic import jobs
from rebond.core.worker import Worker
from rebond.journal.actions import mail as actions
from rebond.journal.actions.bounces import mark_from_message, read_bounces, take_bounces
from rebond.journal.errors import MailNotWaitingError
from rebond.journal.mailtext import html_from_text
from rebond.journal.models import Entry, MailState, OutgoingMail, SuppressedAddress

pytestmark = pytest.mark.unit


@pytest.fixture
def queue(db):
    def queue(**fields):
        return actions.queue_mail(
            **{
                "kind": "test.hello",
                "to": "Lea@example.org",
                "subject": "Bonjour\nLéa",
                "template": "journal/mail/trial",
                "context": {"to": "lea@example.org", "site": "https://rebond.example"},
            }
            | fields
        )

    return queue


def work():
    Worker(queues=["*"], batch=True).run()


def test_mail_is_written_queued_and_sent(queue):
    mail = queue()
    assert (mail.subject, mail.state) == ("Bonjour Léa", "queued")

    work()

    mail.refresh_from_db()
    assert (mail.state, mail.attempts, mail.error) == ("sent", 1, "")
    [sent] = outbox.outbox
    assert (sent.to, sent.subject) == (["Lea@example.org"], "Bonjour Léa")
    assert sent.extra_headers["Message-ID"] == mail.message_id
    assert sent.alternatives[0].mimetype == "text/html"


def test_same_key_is_written_once(queue):
    assert queue(key="alert:1") == queue(key="alert:1")
    assert OutgoingMail.objects.count() == 1
    assert DBTaskResult.objects.count() == 1


def test_delivery_twice_sends_once(queue):
    mail = queue()

    actions.deliver_mail(mail_id=mail.pk)
    actions.deliver_mail(mail_id=mail.pk)

    assert len(outbox.outbox) == 1


def test_text_holds_no_html_entity_and_html_is_escaped(queue):
    mail = queue(context={"to": "<b>l'été</b>", "site": "https://x.example/?a=1&b=2"})

    assert "<b>l'été</b>" in mail.text
    assert "a=1&b=2" in mail.text
    assert "&lt;b&gt;l&#x27;été&lt;/b&gt;" in mail.html


def test_two_line_paragraph_becomes_a_button():
    html = html_from_text(
        "Confirmer :\nhttps://x.example/a?b=1&c=2", {"subject": "x", "SITE_URL": "", "LANGUAGE_CODE": "fr"}
    )

    assert '<p class="go"><a href="https://x.example/a?b=1&amp;c=2">Confirmer</a></p>' in html


def refuse(error):
    def send(self, **kwargs):
        raise error

    return send


def test_server_away_is_tried_again_then_failed_and_sent_again(queue, monkeypatch, owner):
    mail = queue()
    monkeypatch.setattr(EmailMultiAlternatives, "send", refuse(ConnectionRefusedError("no")))
    for _ in range(4):
        with pytest.raises(ConnectionRefusedError):
            actions.deliver_mail(mail_id=mail.pk)

    assert actions.deliver_mail(mail_id=mail.pk) == MailState.FAILED
    mail.refresh_from_db()
    assert (mail.state, mail.attempts, mail.error) == ("failed", 5, "ConnectionRefusedError: no")

    actions.resend_mail(mail=mail, by=owner)
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == ("queued", 0)
    with pytest.raises(MailNotWaitingError):
        actions.resend_mail(mail=mail, by=owner)


def test_refused_recipient_is_not_written_to_again(queue, monkeypatch):
    mail = queue()
    refusal = smtplib.SMTPRecipientsRefused({"Lea@example.org": (550, b"no such user")})
    monkeypatch.setattr(EmailMultiAlternatives, "send", refuse(refusal))

    assert actions.deliver_mail(mail_id=mail.pk) == MailState.BOUNCED

    assert SuppressedAddress.objects.get().email == "lea@example.org"
    again = queue(to="LEA@example.org")
    assert again.state == "suppressed"
    assert DBTaskResult.objects.count() == 1


def bounce(mail, *, action="failed", status="5.1.1", to="lea@example.org"):
    """A delivery status notification, as RFC 3464 draws it."""
    text = (
        "From: MAILER-DAEMON@mx.example\r\nTo: bonjour@rebond.example\r\nSubject: Undelivered Mail\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="B"\r\n\r\n'
        "--B\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n"
        "--B\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; {to}\r\nAction: {action}\r\nStatus: {status}\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 User unknown\r\n\r\n"
        f"--B\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {mail.message_id}\r\nTo: {to}\r\n\r\n--B--\r\n"
    )
    return text.encode()


def test_bounce_is_read_from_a_file(queue, tmp_path):
    mail = queue()
    actions.deliver_mail(mail_id=mail.pk)
    (tmp_path / "a.eml").write_bytes(bounce(mail))
    (tmp_path / "b.mbox").write_bytes(b"From x Thu Jan  1 00:00:00 2026\n" + bounce(mail).replace(b"\r\n", b"\n"))
    (tmp_path / "c.eml").write_bytes(b"Subject: holiday\r\n\r\nI am away.")
    (tmp_path / "d.eml").write_bytes(b"\x00\xff" * 50)

    report = read_bounces(paths=[tmp_path])

    assert (report.read, report.marked, report.known, report.ignored) == (4, 1, 1, 2)
    mail.refresh_from_db()
    assert (mail.state, mail.error) == ("bounced", "5.1.1 smtp; 550 5.1.1 User unknown")
    assert SuppressedAddress.objects.get().email == "lea@example.org"
    assert Entry.objects.filter(action="journal.mail.bounced").count() == 1


@pytest.mark.parametrize(
    ("fields", "said", "state", "held"),
    [
        ({"action": "delayed", "status": "4.4.1"}, "delayed", "sent", 0),
        ({"status": "4.2.2"}, "marked", "bounced", 0),
        ({"to": "somebody@else.example"}, "ignored", "sent", 0),
    ],
)
def test_bounce_that_is_not_for_good_holds_nothing(queue, fields, said, state, held):
    from email import message_from_bytes
    from email.policy import default

    mail = queue()
    actions.deliver_mail(mail_id=mail.pk)

    assert mark_from_message(message=message_from_bytes(bounce(mail, **fields), policy=default)) == said

    mail.refresh_from_db()
    assert (mail.state, SuppressedAddress.objects.count()) == (state, held)


def test_bounce_of_an_unknown_mail_is_ignored(db):
    message = EmailMessage()
    message["References"] = "<aaaaaaaaaaaa@rebond.example>"

    assert mark_from_message(message=message) == "ignored"


def test_trusted_address_is_written_to_again(queue, owner):
    address = SuppressedAddress.objects.create(email="lea@example.org")

    actions.trust_address(address=address, by=owner)

    assert queue().state == "queued"
    assert Entry.objects.get(action="journal.address.trusted").subject_label == "lea@example.org"


def test_failing_mail_task_comes_back_after_a_minute(queue, monkeypatch):
    queue()
    monkeypatch.setattr(EmailMultiAlternatives, "send", refuse(ConnectionRefusedError("no")))

    work()

    row = DBTaskResult.objects.get(task_path="rebond.journal.tasks.send_mail")
    assert row.status == TaskResultStatus.READY
    assert 50 < (row.run_after - row.enqueued_at).total_seconds() < 70


def test_trial_mail_command_sends_at_once(db):
    call_command("send_trial_mail", "lea@example.org")

    assert OutgoingMail.objects.get().state == "sent"
    assert len(outbox.outbox) == 1


def test_bounces_command_counts_and_names_a_missing_file(queue, tmp_path, capsys):
    mail = queue()
    actions.deliver_mail(mail_id=mail.pk)
    (tmp_path / "a.eml").write_bytes(bounce(mail))

    call_command("read_bounces", str(tmp_path), "--json")

    assert json.loads(capsys.readouterr().out) == {"read": 1, "marked": 1, "known": 0, "delayed": 0, "ignored": 0}
    with pytest.raises(CommandError, match="nowhere"):
        call_command("read_bounces", "nowhere.eml")


def test_bounces_that_wait_are_read_and_put_aside(queue, settings, tmp_path):
    settings.BOUNCES_DIR = tmp_path / "bounces"
    assert take_bounces().read == 0  # no folder: nothing came back

    mail = queue()
    actions.deliver_mail(mail_id=mail.pk)
    (tmp_path / "bounces" / "new").mkdir(parents=True)
    (tmp_path / "bounces" / "new" / "1.M1.host").write_bytes(bounce(mail))
    (tmp_path / "bounces" / "half.eml").write_bytes(bounce(mail)[:40])

    report = take_bounces()

    mail.refresh_from_db()
    assert (report.read, report.marked, mail.state) == (1, 1, "bounced")
    assert [path.name for path in (tmp_path / "bounces" / "read").iterdir()] == ["1.M1.host"]
    assert (tmp_path / "bounces" / "half.eml").exists()  # written a moment ago: perhaps not whole
    assert take_bounces().read == 0
    later = take_bounces(now=time.time() + 120)
    assert (later.read, later.ignored) == (1, 1)
    take_bounces(now=time.time() + 120 + 31 * 86_400)
    assert list((tmp_path / "bounces" / "read").iterdir()) == []


def test_bounces_are_read_by_the_worker():
    job = next(job for job in jobs() if job.name == "journal.read-bounces")

    assert (job.every, job.task.queue_name) == (datetime.timedelta(minutes=10), "mail")
