"""Periodic work of the shop."""

import datetime

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
def mend_reserved() -> int:
    """Each night: what is reserved of each object is what baskets keep of it."""
    from rebond.shop.actions.basket_ends import mend_reserved as mend  # noqa: PLC0415 -- task calls its action

    return mend()


@task()
def tell_freed(item_id: int) -> int:
    from rebond.shop.actions.freed import send_freed  # noqa: PLC0415 -- task calls its action

    return send_freed(item_id=item_id)


@task()
def make_refund(refund_id: int) -> str:
    from rebond.shop.actions.provider import make_refund as make  # noqa: PLC0415 -- task calls its action

    return make(refund_id=refund_id)


@task()
def write_order_mail(order_id: int) -> None:
    from rebond.shop.actions.order_mail import write_order_mail as write  # noqa: PLC0415 -- task calls its action

    write(order_id=order_id)


@task()
def ask_invoices(order_id: int) -> None:
    from rebond.shop.actions.invoices import ask_invoices as ask  # noqa: PLC0415 -- task calls its action

    ask(order_id=order_id)


@task()
def announce_parcels(order_id: int) -> None:
    from rebond.shop.actions.parcels import announce_parcels as announce  # noqa: PLC0415 -- task calls its action

    announce(order_id=order_id)


@task()
def cancel_missing(order_code: str, item_id: int, state: str, by_id: int) -> bool:
    from rebond.shop.actions.parcel_out import cancel_missing as cancel  # noqa: PLC0415 -- task calls its action

    return cancel(order_code=order_code, item_id=item_id, state=state, by_id=by_id)


@task()
def send_rest(part_id: int) -> bool:
    """Of a part the last thing that was still here is bought no more: what left is told, or received."""
    from rebond.shop.actions.parcel_out import send_rest as send  # noqa: PLC0415 -- task calls its action

    return send(part_id=part_id)


@task()
def announce_forgotten() -> int:
    """Paid orders of which no site was told: told now."""
    from rebond.shop.actions.parcels import announce_forgotten as announce  # noqa: PLC0415 -- task calls its action

    return announce()


@task()
def write_invoice_mail(order_id: int) -> None:
    from rebond.shop.actions.invoices import write_invoice_mail as write  # noqa: PLC0415 -- task calls its action

    write(order_id=order_id)


@task()
def write_refund_mail(refund_id: int) -> None:
    from rebond.shop.actions.refund_mail import write_refund_mail as write  # noqa: PLC0415 -- task calls its action

    write(refund_id=refund_id)


@task()
def write_part_mail(part_id: int, state: str) -> None:
    from rebond.shop.actions.part_mail import write_part_mail as write  # noqa: PLC0415 -- task calls its action

    write(part_id=part_id, state=state)


@task()
def write_parcel_mail(parcel_id: int, part_ids: list[int], tracking: str) -> None:
    from rebond.shop.actions.parcel_mail import write_parcel_mail as write  # noqa: PLC0415 -- task calls its action

    write(parcel_id=parcel_id, part_ids=part_ids, tracking=tracking)


@task()
def write_missing_mail(line_id: int, reason: str, refused: str = "", times: int = 0) -> None:
    from rebond.shop.actions.part_mail import write_missing_mail as write  # noqa: PLC0415 -- task calls its action

    write(line_id=line_id, reason=reason, refused=refused, times=times)


@task()
def write_found_mail(line_id: int, request_id: str) -> None:
    from rebond.shop.actions.part_mail import write_found_mail as write  # noqa: PLC0415 -- task calls its action

    write(line_id=line_id, request_id=request_id)


@task()
def write_carried_mail(part_id: int, shipment_id: int, step: str) -> None:
    from rebond.shop.actions.carried_mail import write_carried_mail as write  # noqa: PLC0415 -- task calls its action

    write(part_id=part_id, shipment_id=shipment_id, step=step)


@task()
def write_stray_mail(stray_id: int, what: str) -> None:
    from rebond.shop.actions.stray_mail import write_stray_mail as write  # noqa: PLC0415 -- task calls its action

    write(stray_id=stray_id, what=what)


@task()
def make_slips(job_id: int) -> str:
    from rebond.shop.actions.slips import build_slips  # noqa: PLC0415 -- task calls its action

    return build_slips(job_id=job_id)


@task()
def write_appointment_mail(appointment_id: int, state: str) -> None:
    from rebond.shop.actions.appointment_mail import write_appointment_mail as write  # noqa: PLC0415 -- task calls its action

    write(appointment_id=appointment_id, state=state)


@task()
def write_pay_later_mail(payment_id: int) -> None:
    from rebond.shop.actions.by_hand_mail import write_pay_later_mail as write  # noqa: PLC0415 -- task calls its action

    write(payment_id=payment_id)


@task()
def sweep_orders() -> tuple[int, int]:
    """Orders that were never paid lapse, their appointments first; parcels sent long ago count as received."""
    from rebond.shop.actions.appointment import free_lapsed  # noqa: PLC0415 -- task calls its action
    from rebond.shop.actions.part import lapse_orders  # noqa: PLC0415 -- task calls its action
    from rebond.shop.actions.presumed import presume_delivered  # noqa: PLC0415 -- task calls its action

    free_lapsed()
    return lapse_orders(), presume_delivered()


@task()
def follow_payments() -> dict[str, int]:
    """Every five minutes: messages that wait, payments that were made without being told."""
    from rebond.shop.actions.follow import follow_payments as follow  # noqa: PLC0415 -- task calls its action

    return follow()


@task()
def resume_refunds() -> int:
    """Every six hours: refunds that the provider was asked for and has not made."""
    from rebond.shop.actions.refund_again import resume_refunds as resume  # noqa: PLC0415 -- task calls its action

    return resume()


@task()
def reconcile_yesterday() -> dict[str, int]:
    """Each night: yesterday at the provider against yesterday here."""
    from rebond.shop.actions.reconcile import reconcile_yesterday as reconcile  # noqa: PLC0415 -- task calls its action

    return reconcile()


@task()
def correct_surcharges(starts_on: str) -> int:
    """After the legal rate of a half-year is granted: late refunds that counted with less."""
    from rebond.shop.actions.late import correct_surcharges as correct  # noqa: PLC0415 -- task calls its action

    return correct(starts_on=datetime.date.fromisoformat(starts_on))


@task()
def take_back_transfer(transfer_id: int) -> str:
    from rebond.shop.actions.stripe_payout import take_back  # noqa: PLC0415 -- task calls its action

    return take_back(transfer_id=transfer_id)


@task()
def follow_sellers_accounts() -> dict[str, int]:
    """Each hour: what has to come back from sellers' accounts at the provider."""
    from rebond.shop.actions.follow import follow_accounts  # noqa: PLC0415 -- task calls its action

    return follow_accounts()


@task()
def send_dispute_answer(answer_id: int) -> str:
    """After an answer to a dispute is granted: the provider gives it to the bank."""
    from rebond.shop.actions.dispute_answer import send_answer  # noqa: PLC0415 -- task calls its action

    return send_answer(number=answer_id)


@task()
def tell_trial_events() -> int:
    from rebond.shop.actions.trial import tell_due  # noqa: PLC0415 -- task calls its action

    return tell_due()


@task()
def forget_old_alerts() -> None:
    from rebond.shop.actions.matching import forget_old_hits  # noqa: PLC0415 -- task calls its action

    forget_old_hits()


@task()
def forget_traces() -> int:
    from rebond.shop.actions.retention import forget_old_traces  # noqa: PLC0415 -- task calls its action

    return forget_old_traces()


@task()
def ask_ratings() -> int:
    from rebond.shop.actions.rating import ask_ratings as ask  # noqa: PLC0415 -- task calls its action

    return ask()


@task()
def remind_of_appointments() -> int:
    """Each hour: tomorrow's appointments, told once."""
    from rebond.shop.actions.appointment_mail import remind_of_appointments as remind  # noqa: PLC0415 -- task calls its action

    return remind()


@task()
def make_personal_export(job_id: int) -> None:
    from rebond.shop.actions.personal_export import make_export  # noqa: PLC0415 -- task calls its action

    make_export(job_id=job_id)


@task()
def forget_names(public_id: str) -> int:
    from rebond.journal.actions.forget import forget_name  # noqa: PLC0415 -- task calls its action

    return forget_name(public_id=public_id)


@task()
def erase_old_orders() -> int:
    from rebond.shop.actions.erasure import erase_old_orders as erase  # noqa: PLC0415 -- task calls its action

    return erase()


@task()
def close_quality() -> int:
    """Each night: the sums of the public figures, and their alerts."""
    from rebond.shop.actions.quality import close_quality as close  # noqa: PLC0415 -- task calls its action

    return close()


@task()
def write_quality_mail(alert_id: int) -> None:
    from rebond.shop.actions.quality_mail import write_quality_mail as write  # noqa: PLC0415 -- task calls its action

    write(alert_id=alert_id)


@task()
def write_gift_receipt(card_id: int) -> None:
    from rebond.shop.actions.gift_mail import write_gift_receipt as write  # noqa: PLC0415 -- task calls its action

    write(card_id=card_id)


@task()
def send_gift_card(card_id: int) -> bool:
    from rebond.shop.actions.gift_mail import send_gift_card as send  # noqa: PLC0415 -- task calls its action

    return send(card_id=card_id)


@task()
def send_gift_cards() -> int:
    from rebond.shop.actions.gift_mail import send_gift_cards as send  # noqa: PLC0415 -- task calls its action

    return send()
