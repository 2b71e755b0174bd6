"""What the last nightly check of the books found."""

from rebond.core.models import Job

KIND = "ledger.check"


def last_check() -> Job | None:
    """The last night's, or None before the first one."""
    return Job.objects.filter(kind=KIND).order_by("-pk").first()
