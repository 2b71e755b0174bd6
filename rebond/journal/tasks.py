"""Tasks of the journal."""

from django.tasks import task

from rebond.core.priorities import MAIL


@task(queue_name="mail", priority=MAIL)
def send_mail(mail_id: int) -> str:
    from rebond.journal.actions.mail import deliver_mail  # noqa: PLC0415 -- task calls its action

    return deliver_mail(mail_id=mail_id)


@task(queue_name="mail", priority=MAIL)
def read_bounces() -> int:
    from rebond.journal.actions.bounces import take_bounces  # noqa: PLC0415 -- task calls its action

    return take_bounces().read


@task()
def sweep_files() -> int:
    from rebond.journal.actions.files import sweep_stored_files  # noqa: PLC0415 -- task calls its action

    return sweep_stored_files()


@task()
def forget_mail() -> int:
    from rebond.journal.actions.retention import forget_old_mail  # noqa: PLC0415 -- task calls its action

    return forget_old_mail()
