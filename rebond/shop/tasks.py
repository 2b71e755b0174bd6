"""Periodic work of the shop."""

from django.tasks import task


@task()
def match_and_send_alerts() -> None:
    from rebond.shop.actions.matching import match_alerts, send_alerts  # noqa: PLC0415 -- task calls its action

    match_alerts()
    send_alerts()


@task()
def forget_old_alerts() -> None:
    from rebond.shop.actions.matching import forget_old_hits  # noqa: PLC0415 -- task calls its action

    forget_old_hits()


@task()
def forget_traces() -> int:
    from rebond.shop.actions.retention import forget_old_traces  # noqa: PLC0415 -- task calls its action

    return forget_old_traces()
