"""Periodic work of the shop."""

from django.tasks import task


@task()
def match_and_send_alerts() -> None:
    from rebond.shop.actions.matching import match_alerts, send_alerts  # noqa: PLC0415 -- task calls its action

    match_alerts()
    send_alerts()


@task()
def sweep_baskets() -> int:
    from rebond.shop.actions.basket_ends import sweep_ended  # noqa: PLC0415 -- task calls its action

    return sweep_ended()


@task()
def tell_freed(item_id: int) -> int:
    from rebond.shop.actions.freed import send_freed  # noqa: PLC0415 -- task calls its action

    return send_freed(item_id=item_id)


@task()
def forget_old_alerts() -> None:
    from rebond.shop.actions.matching import forget_old_hits  # noqa: PLC0415 -- task calls its action

    forget_old_hits()


@task()
def forget_traces() -> int:
    from rebond.shop.actions.retention import forget_old_traces  # noqa: PLC0415 -- task calls its action

    return forget_old_traces()
