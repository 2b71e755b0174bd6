"""The `rebond` command: every management command of the project, by its own name."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rebond.config.settings")
    from django.core.management import execute_from_command_line  # noqa: PLC0415 -- settings module first

    arguments = [*sys.argv]
    if len(arguments) > 1:  # `rebond load-categories` is the module load_categories
        arguments[1] = arguments[1].replace("-", "_") if not arguments[1].startswith("-") else arguments[1]
    execute_from_command_line(arguments)


if __name__ == "__main__":
    main()
