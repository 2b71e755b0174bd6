from datetime import timedelta

from django.apps import AppConfig
from django.tasks.signals import task_finished
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "rebond.core"

    def ready(self) -> None:
        from rebond.core import dates, periodic, retry, tasks  # noqa: PLC0415 -- models are ready only now

        dates.write_french_dates()
        task_finished.connect(retry.retry_failed, dispatch_uid="rebond.core.retry")
        periodic.register(
            "core.forget-tasks",
            every=timedelta(hours=6),
            task=tasks.forget_finished_tasks,
            label=_("Forget finished tasks"),
        )
        periodic.register(
            "core.forget-cache",
            every=timedelta(minutes=10),
            task=tasks.forget_expired_cache,
            label=_("Forget expired counters"),
        )
        periodic.register(
            "core.forget-sessions",
            every=timedelta(days=1),
            task=tasks.forget_expired_sessions,
            label=_("Forget ended sessions"),
        )
