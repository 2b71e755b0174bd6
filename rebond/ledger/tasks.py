"""Tasks of the books. Each calls its action."""

from typing import Any

from django.tasks import task


@task()
def check_the_books() -> dict[str, Any]:
    """Each night: the books are right, or the finance desk is told."""
    from rebond.ledger.actions.night import check_at_night  # noqa: PLC0415 -- task calls its action

    return check_at_night()


@task()
def send_one_payout(payout_id: int) -> str:
    """After a payout is granted: take it from what is owed and ask the provider."""
    from rebond.ledger.actions.payout import send_by_number  # noqa: PLC0415 -- task calls its action

    return send_by_number(number=payout_id)


@task()
def resume_payouts() -> int:
    """Each hour: payouts that were granted or taken and that nobody answered for (a process was killed)."""
    from rebond.ledger.actions.payout import resume_unanswered  # noqa: PLC0415 -- task calls its action

    return resume_unanswered()


@task()
def issue_one_invoice(sale_id: int) -> str:
    """After a sale is in the books: its invoice, once."""
    from rebond.ledger.actions.invoice import issue_by_number  # noqa: PLC0415 -- task calls its action

    return issue_by_number(sale_id=sale_id)


@task()
def issue_one_credit_note(entry_id: int) -> str:
    """After a refund is in the books: its credit note, once."""
    from rebond.ledger.actions.credit_note import issue_by_number  # noqa: PLC0415 -- task calls its action

    return issue_by_number(entry_id=entry_id)


@task()
def issue_waiting_invoices(seller_id: int | None = None) -> int:
    """Each hour, and for one seller after its mandate: sales that wait for an invoice (a number, a killed process)."""
    from rebond.ledger.actions.invoice import issue_waiting  # noqa: PLC0415 -- task calls its action

    return issue_waiting(seller_id=seller_id)


@task()
def ask_for_tax_data() -> int:
    """Each night: sellers whose tax data are missing are asked, then reminded; what is older than ten years goes."""
    from rebond.ledger.actions.buyer_contact import forget_buyers  # noqa: PLC0415 -- task calls its action
    from rebond.ledger.actions.tax_reminder import forget_tax_data, remind_sellers  # noqa: PLC0415 -- task calls its action

    forget_tax_data()
    forget_buyers()
    return remind_sellers()


@task()
def count_sold_years() -> int:
    """Each night: what sellers sold this year, for the page of the yearly declaration, and the month that runs."""
    from rebond.ledger.actions.month_count import count_months  # noqa: PLC0415 -- task calls its action
    from rebond.ledger.actions.tax_count import count_years  # noqa: PLC0415 -- task calls its action

    return count_years() + count_months()


@task()
def count_sold_year(operator_id: int, year: int) -> None:
    """Asked for at the desk: one year again."""
    from rebond.ledger.actions.tax_count import count_year  # noqa: PLC0415 -- task calls its action
    from rebond.network.models import Organisation  # noqa: PLC0415 -- app registry

    count_year(operator=Organisation.objects.get(pk=operator_id), year=year)


@task()
def make_month_file(job_id: int) -> str:
    """A month of one seller in one ZIP, asked for at the desk."""
    from rebond.ledger.actions.month_file import build_month  # noqa: PLC0415 -- task calls its action

    return build_month(job_id=job_id)
