"""The `rebond` command: every management command of the project, by its own name."""

import os
import sys


def main() -> None:
    """Run one; what the operator can mend is told in one line (`--traceback` shows where it came from)."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rebond.config.settings")
    from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415 -- settings module first
    from django.core.management import execute_from_command_line  # noqa: PLC0415 -- settings module first
    from django.db import OperationalError, connection  # noqa: PLC0415 -- settings module first

    arguments = ["rebond", *sys.argv[1:]]  # its name in every usage, whichever script began it
    if len(arguments) > 1:  # `rebond load-categories` is the module load_categories
        arguments[1] = arguments[1].replace("-", "_") if not arguments[1].startswith("-") else arguments[1]
    try:
        execute_from_command_line(arguments)
    except (ImproperlyConfigured, OperationalError, OSError) as error:
        if "--traceback" in arguments or (isinstance(error, OSError) and not error.filename):
            raise
        told = f"{error.filename}: {error.strerror}" if isinstance(error, OSError) else str(error).strip()
        if isinstance(error, OperationalError):
            told = f"the database {connection.settings_dict['NAME']} does not answer: {told}"
        sys.exit(f"rebond: {told}")


if __name__ == "__main__":
    main()
