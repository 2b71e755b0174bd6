"""`rebond worker`: run queued tasks and periodic jobs."""

import logging
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from rebond.core.worker import Worker


class Command(BaseCommand):
    help = "Run queued tasks and periodic jobs, until stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--queues", default="*", help="names parted by commas; * for all (default)")
        parser.add_argument("--interval", type=float, default=1.0, help="seconds between two looks at an empty queue")
        parser.add_argument("--batch", action="store_true", help="stop when the queue is empty")

    def handle(self, *args: Any, **options: Any) -> None:
        logging.getLogger("django.tasks").setLevel(logging.WARNING)
        logging.getLogger("django_tasks_db").setLevel(logging.WARNING)
        worker = Worker(queues=options["queues"].split(","), interval=options["interval"], batch=options["batch"])
        if not options["batch"]:
            worker.configure_signals()
            self.stdout.write(f"Worker {worker.worker_id} is ready.")
        worker.run()
