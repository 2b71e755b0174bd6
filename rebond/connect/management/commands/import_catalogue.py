"""`rebond import-catalogue FILE --seller SLUG`: the same import as at the desk, for scripts.

Exit status: 0 all rows entered, 1 some were refused, 2 the file cannot be used. A killed run goes on where it
stopped when the same command is given again.
"""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from rebond.connect.actions.categories import choose_categories
from rebond.connect.actions.intake import read_import
from rebond.connect.actions.running import resume_import, run_batches, start_import
from rebond.connect.actions.trial import BATCH, run_trial, start_trial
from rebond.connect.actions.uploads import forget_import, missing_fields, set_target, upload_import
from rebond.connect.enums import ImportState, Outcome, Target
from rebond.connect.errors import ImportRefused
from rebond.connect.fields import FIELDS
from rebond.connect.formats import FORMATS
from rebond.connect.models import ImportRun
from rebond.connect.queries.categories import leaf_pk
from rebond.connect.queries.imports import digest, report_of, unfinished_import
from rebond.network.models import Organisation

UNUSABLE = 2


class Command(BaseCommand):
    requires_system_checks = ()
    help = "Import a seller's catalogue from a file (CSV, XLSX, XML, JSON, or ZIP with pictures)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--seller", required=True, help="slug of the organisation")
        parser.add_argument("--format", default="auto", choices=["auto", *FORMATS])
        parser.add_argument("--mapping", type=Path, help='JSON file: {"column": "field", …}; "" leaves a column out')
        parser.add_argument(
            "--category-map",
            action="append",
            default=[],
            metavar="WORDS=KEY",
            help="may be given again; WORDS=- leaves out",
        )
        parser.add_argument("--default-category", default="", metavar="KEY", help="for lines without a category")
        parser.add_argument("--condition", default="", help="for lines without a condition")
        parser.add_argument("--publish", action="store_true", help="put complete items online (admitted sellers)")
        parser.add_argument("--dry-run", action="store_true", help="read and judge everything, keep nothing")
        parser.add_argument("--batch", type=int, default=BATCH, help="rows per transaction")
        parser.add_argument("--json", action="store_true", help="the report as JSON on standard output")

    def handle(self, **options: Any) -> None:
        try:
            report = self._import(**options)
        except (ImportRefused, OSError, ValueError, Organisation.DoesNotExist) as error:
            sentence = (
                _("No organisation has this slug.") if isinstance(error, Organisation.DoesNotExist) else str(error)
            )
            self._say({"error": sentence}, as_json=options["json"])
            sys.exit(UNUSABLE)
        self._say(report, as_json=options["json"])
        if report["refused"]:
            sys.exit(1)

    def _import(self, *, file: Path, seller: str, **options: Any) -> dict[str, Any]:
        owner = Organisation.objects.get(slug=seller)
        pairs = [text.rpartition("=") for text in options["category_map"]]
        if pairs:
            choose_categories(seller=owner, choices={words: key for words, _sign, key in pairs}, by=None)
        target = Target.PUBLISH if options["publish"] else Target.DRAFT
        run = None if options["dry_run"] else unfinished_import(owner, digest(file), target)
        if run is None:
            run = self._upload(owner, file, target, **options)
        if options["dry_run"]:
            return self._try(run)
        if run.state in {ImportState.PAUSED, ImportState.FAILED}:
            resume_import(run=run, by=None, enqueue=False)
        elif run.state == ImportState.UPLOADED:
            start_import(run=run, by=None, enqueue=False)
        run_batches(run_id=run.pk, batch=options["batch"], told=None if options["json"] else self._progress)
        run.refresh_from_db()
        if run.state != ImportState.DONE:
            raise ImportRefused(run.error or str(run.get_state_display()))
        return report_of(run)

    def _upload(self, owner: Organisation, path: Path, target: str, **options: Any) -> ImportRun:
        mapping = json.loads(options["mapping"].read_text(encoding="utf-8")) if options["mapping"] else None
        with path.open("rb") as opened:
            run = upload_import(
                seller=owner,
                upload=File(opened, name=path.name),
                by=None,
                wanted=options["format"],
                mapping=mapping,
                enqueue=False,
            )
        self._read(run)
        missing = missing_fields(run.mapping)
        if missing:
            forget_import(run)
            raise ImportRefused(
                _("This is not a catalogue: no column gives %(fields)s. Columns: %(columns)s."),
                fields=", ".join(str(FIELDS[f].label).lower() for f in missing),
                columns=", ".join(run.columns)[:300],
            )
        defaults = dict(run.defaults)
        if options["default_category"]:
            defaults["category_id"] = leaf_pk(options["default_category"])
        if options["condition"]:
            defaults["condition"] = FIELDS["condition"].parse(options["condition"])
        ImportRun.objects.filter(pk=run.pk).update(defaults=defaults)
        run.defaults = defaults
        set_target(run=run, target=target, by=None)
        return run

    def _read(self, run: ImportRun) -> None:
        """The table of an archive, at once."""
        if run.state != ImportState.READING:
            return
        read_import(run_id=run.pk)
        run.refresh_from_db()
        if run.error:
            forget_import(run)
            raise ImportRefused(run.error)

    def _try(self, run: ImportRun) -> dict[str, Any]:
        start_trial(run=run, by=None, enqueue=False)
        run_trial(run_id=run.pk)
        run.refresh_from_db()
        if run.error:
            forget_import(run)
            raise ImportRefused(run.error)
        report = report_of(run)
        forget_import(run)
        return report | {"dry_run": True}

    def _progress(self, run: ImportRun) -> None:
        run.refresh_from_db(fields=["rows_read"])
        self.stderr.write(f"\r{run.rows_read:,}", ending="")

    def _say(self, report: dict[str, Any], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(report, ensure_ascii=False))
            return
        if "error" in report:
            self.stderr.write(self.style.ERROR(report["error"]))
            return
        for key in ("format", "rows_read", *(o.value for o in Outcome), "seconds"):
            count = len(report[key]) if isinstance(report[key], list) else report[key]
            self.stdout.write(f"{key:10} {count}")
        for entry in report["problems"][:40]:
            self.stdout.write(f"  {entry['line']:>6}  {entry['column']}: “{entry['value'][:40]}” → {entry['reason']}")
