"""Work for the tables that write, read again and sort: fresh drafts with their tasks, at each run."""

import random
from functools import cache
from typing import Any

from rebond.catalogue.actions.item import begin_item, change_item, submit_item
from rebond.catalogue.models import Category, Item
from rebond.catalogue.queries import categories
from rebond.intake.queries.suggestion import stops_of
from rebond.workshop.actions.task import open_task
from rebond.workshop.data.chain import REVIEW, WRITE
from rebond.workshop.models import Device, Task
from rebond.workshop.queries.listing import answers_in, changes_of
from rebond.workshop.queries.questions import Question, next_question, questions_of
from rebond.workshop.web.answers import read_answer

LISTINGS, REVIEWS = 3, 8  # of each table: as many as are written in a minute, and some more
# Of ten things on the sorting table (rules of a reuse shop's day, not of any law).
OUTCOMES = ("online", "online", "online", "shop", "shop", "shop", "give", "recycle", "recycle", "waste")


@cache
def leaves() -> list[Category]:
    """The kinds of things that nothing keeps off the shelf, in the order of the tree."""
    return [leaf for leaf in categories.leaves() if leaf.is_active and not stops_of(leaf)]


def work_of(kind: str, device: Device, number: int) -> dict[str, Any]:
    """What one table does in this run: `things`, `listings` or `tasks`."""
    draw = random.Random(number)
    if kind == "sorting":
        return {"things": [_thing(draw) for _ in range(40)]}
    if kind == "review":
        return {"tasks": [_to_review(device, draw).public_id for _ in range(REVIEWS)]}
    return {"listings": [_to_write(device, draw) for _ in range(LISTINGS)]}


def _thing(draw: random.Random) -> dict[str, str]:
    leaf = draw.choice(leaves())
    return {
        "universe": categories.ancestors_of(leaf)[0].key,
        "category": leaf.key,
        "weight": f"{draw.randint(2, 60) * 50} g",
        "outcome": draw.choice(OUTCOMES),
    }


def _draft(device: Device, draw: random.Random) -> Item:
    leaf = draw.choice(leaves())
    return begin_item(
        seller=device.organisation, category=leaf, site=device.station.site, by=device.enrolled_by, weight_g=450
    )


def _to_write(device: Device, draw: random.Random) -> dict[str, Any]:
    item = _draft(device, draw)
    task = open_task(kind=WRITE, subject=item, site=device.station.site, by=device.enrolled_by)
    return {"task": task.public_id, "answers": rehearsed(item)[0], "price": "12"}


def rehearsed(item: Item) -> tuple[list[tuple[str, dict[str, str]]], dict[str, Any]]:
    """(address of the question, fields) of each answer until nothing is asked any more, and what they say.

    Nothing is written.
    """
    kept: dict[str, Any] = {}
    told, after = [], ""
    while True:
        answers = answers_in(Task(data=kept), item)
        question = next_question(questions_of(item, answers), answers, after=after)
        if question is None or question.form == "price":
            return told, kept
        fields = _answer(question)
        kept |= read_answer(question, fields, item=item, answers=answers)
        told.append((question.path, fields))
        after = question.key


def _answer(question: Question) -> dict[str, str]:
    """What somebody in a hurry answers."""
    if question.form in {"choice", "label"}:
        if not question.choices:
            return {"do": "skip"}
        fixed = {"condition": "good", "attr.ce-mark": "yes", "attr.erased": "yes"}
        return {"answer": fixed.get(question.key, question.choices[0].value), "brand": "Atelier"}
    if question.form == "flaws":
        return {"do": "next"}
    if not question.is_required:
        return {"do": "skip"}
    return {"answer": {"figure": "10", "weight": "450 g"}.get(question.form, "Objet de mesure")}


def _to_review(device: Device, draw: random.Random) -> Task:
    """A listing that a colleague sent."""
    item, by = _draft(device, draw), device.enrolled_by
    changes = changes_of(item, {**rehearsed(item)[1], "price": 1_200})
    item = submit_item(item=change_item(item=item, changes=changes, by=by), by=by)
    return open_task(kind=REVIEW, subject=item, site=device.station.site, by=by, data={"writer": None, "why": ""})
