"""Pictures and answers that a device kept while there was no network (docs/decisions/0013)."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rebond.catalogue.errors import CatalogueError, PhotoAlreadyThere
from rebond.catalogue.models import Item
from rebond.core.images import ImageRefused, check_weight
from rebond.core.images.check import advice_on
from rebond.workshop.actions.photograph import begin_photos, finish_photos, take_photo
from rebond.workshop.actions.step import already_done
from rebond.workshop.actions.task import save_answers, take_task
from rebond.workshop.data.chain import PHOTOGRAPH, WRITE
from rebond.workshop.data.shots import FLAWS, shots_of
from rebond.workshop.enums import TaskState
from rebond.workshop.errors import ActConflict, ActUnreadable, AlreadyPhotographed
from rebond.workshop.models import Station, Step, Task, Worker
from rebond.workshop.offline import ActKind, Kept, Told, register_act
from rebond.workshop.queries.listing import answers_in
from rebond.workshop.queries.photograph import item_of, shots_taken
from rebond.workshop.queries.questions import Question, is_open, mark_of, questions_of
from rebond.workshop.queries.reach import may_open
from rebond.workshop.web.answers import read_answer

MOST_SHOTS = 12
MOST_TASKS = 3
FORMS = frozenset({"choice", "words", "brand", "figure", "weight", "price"})  # those that need no page of ours


def photos(kept: Kept) -> Told:
    """`item` is the object’s code, `shots` names each picture ([{shot, operation}]), files are `photo-0`, `photo-1`…

    Each picture has its own operation: one that had arrived before the network was lost is not added again.
    """
    found = already_done(kept.hands.operation_id)
    if found is not None:
        return _told_photos(found, [])
    shots = _shots(kept)
    try:
        task = begin_photos(code=kept.fields.get("item", ""), hands=kept.hands, again=kept.is_forced)
    except AlreadyPhotographed as there:
        raise ActConflict(f"{there} {_('Send yours too, or drop them.')}") from there
    faults: list[str] = []
    for number, (shot, operation) in enumerate(shots):
        file = kept.files.get(f"photo-{number}")
        if file is None:
            raise ActUnreadable
        check_weight(file.size or 0)
        hands = replace(kept.hands, operation_id=operation)
        try:
            taken = take_photo(
                task=task, shot=_free_shot(task, shot, operation), data=file.read(), name="photo.jpg", hands=hands
            )
        except PhotoAlreadyThere:
            continue
        faults += [fault for fault in taken.faults if fault not in faults]
        task.refresh_from_db()
    return _told_photos(finish_photos(task=task, hands=kept.hands, now=kept.at), faults)


def _shots(kept: Kept) -> list[tuple[str, uuid.UUID]]:
    try:
        rows = json.loads(kept.fields.get("shots", "[]"))
        found = [(str(row["shot"]), uuid.UUID(row["operation"])) for row in rows]
    except (ValueError, TypeError, KeyError):
        raise ActUnreadable from None
    if len(found) > MOST_SHOTS:
        raise ActUnreadable
    return found


def _free_shot(task: Task, wanted: str, operation: uuid.UUID) -> str:
    """The shot that a picture is for: without network nobody knew the object's own list.

    The one wanted where the category has it, else the first that has no picture, else one more flaw.
    """
    before = task.data.get(f"op:{operation}")
    if before is not None:
        return str(before["shot"])
    keys = [shot.key for shot in shots_of(item_of(task).category.path, FLAWS)]
    taken = shots_taken(task)
    if wanted in keys and wanted not in taken:
        return wanted
    return next((key for key in keys if key not in taken), keys[-1])


def _told_photos(step: Step, faults: Sequence[str]) -> Told:
    count = len(step.data.get("photos", []))
    said = ngettext("%(item)s: %(count)s photo kept.", "%(item)s: %(count)s photos kept.", count)
    words = said % {"item": step.subject_label, "count": count}
    return Told(" ".join([words, *(str(advice_on(fault)) for fault in faults[:1])]))


def answer(kept: Kept) -> Told:
    """One answer of the guided listing (`task`, `path`, and what its form holds); `seen` marks the answer before.

    Raise ActConflict where another answer came meanwhile, TaskTaken where a colleague has it now.
    """
    worker = kept.hands.worker
    task, item = _written(worker, kept.hands.station, kept.fields.get("task", ""))
    take_task(task=task, worker=worker)
    answers = answers_in(task, item)
    path = kept.fields.get("path", "")
    question = next((one for one in questions_of(item, answers) if one.path == path), None)
    if question is None:
        raise ActConflict(_("This is not asked any more. You may drop it."))
    found = read_answer(question, kept.fields, item=item, answers=answers)
    is_same = all(answers.get(key) == value and (key in answers or value is None) for key, value in found.items())
    if not is_same:
        seen = kept.fields.get("seen")
        if seen and seen != mark_of(answers.get(question.key)) and not kept.is_forced:
            raise ActConflict(_("Another answer was given meanwhile. Yours is not sent yet."))
        save_answers(task=task, worker=worker, **found)
    return Told(f"{item.title}\u00a0: {question.title}")


def _written(worker: Worker, station: Station | None, public_id: str) -> tuple[Task, Item]:
    try:
        rows = Task.objects.filter(may_open(worker.organisation_id, station), kind=WRITE)
        task: Task = get_object_or_404(rows.select_related("worker"), public_id=public_id)
        items = Item.objects.select_related("seller", "site", "category").filter(seller=task.organisation_id)
        return task, get_object_or_404(items, code=task.subject_id)
    except Http404:
        raise ActUnreadable from None


def _writing(worker: Worker, site: Any) -> dict[str, Any]:
    """The listings that the person has in hand, with the questions that need no page of ours."""
    rows = Task.objects.filter(worker=worker, kind=WRITE, state=TaskState.TAKEN).order_by("pk")[:MOST_TASKS]
    found = []
    for task in rows:
        item = Item.objects.select_related("category").filter(code=task.subject_id).first()
        if item is None:
            continue
        answers = answers_in(task, item)
        questions = [_packed(q, answers) for q in questions_of(item, answers) if q.form in FORMS]
        found.append({"task": task.public_id, "label": item.title, "questions": questions})
    return {"writing": found}


def _packed(question: Question, answers: Any) -> dict[str, Any]:
    choices = [{"value": c.value, "label": str(c.label), "hint": str(c.hint)} for c in question.choices]
    return {
        "path": question.path,
        "title": str(question.title),
        "form": question.form,
        "unit": question.unit,
        "required": question.is_required,
        "choices": choices,
        "seen": mark_of(answers.get(question.key)),
        "done": not is_open(question, answers),
    }


def register() -> None:
    """Called when the addresses load."""
    photo_refusals = (CatalogueError, ImageRefused)
    register_act(
        ActKind(
            code="workshop.photos",
            apply=photos,
            step=PHOTOGRAPH,
            refusals=photo_refusals,
            is_whole=False,
        )
    )
    register_act(
        ActKind(code="workshop.answer", apply=answer, step=WRITE, refusals=(CatalogueError,), luggage=_writing)
    )
