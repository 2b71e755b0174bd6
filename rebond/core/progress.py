"""Whether somebody is there to move a job on: its page (`ui/job.html`) polls its row."""

from datetime import timedelta

from django.utils import timezone

from rebond.core.models import WorkerSign

SILENT_AFTER = timedelta(seconds=60)


def is_worker_silent() -> bool:
    """Whether no worker has given a sign of life for 60 s: the page says so, the work waits."""
    return not WorkerSign.objects.filter(seen_at__gte=timezone.now() - SILENT_AFTER).exists()
