"""A listing as its answers make it: composed texts, the columns to write, what it looks like before it is written."""

import copy
from collections.abc import Mapping
from typing import Any

from rebond.catalogue.models import Category, Item, ItemFlaw
from rebond.catalogue.queries import categories
from rebond.catalogue.queries.books import prefill_from_isbn
from rebond.catalogue.queries.comparables import Asked
from rebond.catalogue.validators import clean_attributes
from rebond.core.prepared import Prepared
from rebond.workshop.data.composing import Answers, Attribute, compose_description, compose_title
from rebond.workshop.data.french import has_name, noun_of
from rebond.workshop.models import Task
from rebond.workshop.queries.questions import WITHOUT_MARKS, category_of, universe_of

FLAW = ("kind", "part", "detail", "photo_position", "spot_x", "spot_y")
MEASURES = ("length_mm", "width_mm", "height_mm")


_FLAWS: Prepared[ItemFlaw] = Prepared(lambda pk: ItemFlaw.objects.filter(item_id=pk).order_by("position", "pk"), -1)


def seed_of(item: Item) -> dict[str, Any]:
    """What the object says already, as answers: nothing that somebody wrote is asked again or lost."""
    category = categories.get(item.category_id)
    found: dict[str, Any] = {name: getattr(item, name) for name in ("condition", "color", "size", "brand", "gtin")}
    found["price"] = item.price_cents
    found["measures"] = {name: value for name in MEASURES if (value := getattr(item, name))}
    found["flaws"] = [{name: getattr(flaw, name) for name in FLAW} for flaw in _FLAWS.run(item.pk)]
    if item.description:
        found["text"] = {"is_own": True, "title": item.title, "description": item.description}
        found["name"] = item.title
    for attribute in categories.attributes_of(category):
        value = item.attributes.get(attribute.key)
        if value not in (None, "", []):
            found[f"attr.{attribute.key}"] = ("yes" if value else "no") if attribute.type == "boolean" else value
    return {key: value for key, value in found.items() if value}


def answers_in(task: Task, item: Item) -> dict[str, Any]:
    """The answers given at the kiosk, over what the object says."""
    return {**seed_of(item), **task.data}


def book_answers(isbn: str, category: Category) -> dict[str, Any]:
    """What the bibliographic table says of a code, as answers: nothing where it does not know it."""
    filled, book = prefill_from_isbn(isbn)
    if book is None:
        return {}
    values = {key.removeprefix("attr-"): value for key, value in filled.items() if key.startswith("attr-")}
    clean = clean_attributes(categories.attributes_of(category), values)
    return {"gtin": filled["gtin"], "name": filled["title"]} | {f"attr.{key}": value for key, value in clean.items()}


def attributes_of(category: Category, item: Item, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The item's characteristics with the answers over them, each of its type; "I do not know" takes one away."""
    found = dict(item.attributes)
    for attribute in categories.attributes_of(category):
        given = answers.get(f"attr.{attribute.key}")
        if given is None:
            continue
        if given == "":
            found.pop(attribute.key, None)
        else:
            found[attribute.key] = given == "yes" if attribute.type == "boolean" else given
    return found


def flaws_of(item: Item, answers: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What was seen; an object without marks has none, whatever was answered before."""
    if answers.get("condition") in WITHOUT_MARKS:
        return []
    return list(answers.get("flaws") or [])


def answers_for(item: Item, answers: Mapping[str, Any]) -> Answers:
    """The answers as the composition reads them."""
    category = category_of(item, answers)
    measures = answers.get("measures") or {}
    return Answers(
        noun=noun_of(category.key, str(answers.get("noun", ""))),
        universe=universe_of(category),
        name=str(answers.get("name", "")) if has_name(category.key) else "",
        condition=str(answers.get("condition", "")),
        colour=str(answers.get("color", item.color)),
        brand=str(answers.get("brand", item.brand)),
        size=str(answers.get("size", item.size)),
        values=attributes_of(category, item, answers),
        attributes=[
            Attribute(a.key, a.name, a.type, a.unit, {c["key"]: c["fr"] for c in a.choices})
            for a in categories.attributes_of(category)
        ],
        flaws=[(flaw["kind"], flaw.get("part", "")) for flaw in flaws_of(item, answers)],
        **{name: measures.get(name, getattr(item, name)) for name in MEASURES},
    )


def texts_of(item: Item, answers: Mapping[str, Any]) -> tuple[str, str]:
    """(title, description): the person's own words where they changed them, else composed from the answers."""
    own = answers.get("text") or {}
    if own.get("is_own"):
        return own["title"], own["description"]
    made = answers_for(item, answers)
    return compose_title(made), compose_description(made)


def changes_of(item: Item, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The item's columns as the answers say, for `change_item`; what was not answered is left as it is."""
    category = category_of(item, answers)
    title, description = texts_of(item, answers)
    found: dict[str, Any] = {
        "title": title,
        "description": description,
        "attributes": attributes_of(category, item, answers),
    }
    if category.pk != item.category_id:
        found["category"] = category
    for name in ("condition", "color", "size", "brand", "gtin"):
        if name in answers:
            found[name] = answers[name]
    found |= answers.get("measures") or {}
    if answers.get("weight"):
        found |= {"weight_g": answers["weight"], "is_weight_estimated": False}
    if answers.get("price"):
        found["price_cents"] = answers["price"]
    return found


def drafted(item: Item, answers: Mapping[str, Any]) -> Item:
    """The item as it would be written: a copy in memory, never saved."""
    draft = copy.copy(item)
    for name, value in changes_of(item, answers).items():
        setattr(draft, name, value)
    return draft


def asked_of(item: Item, answers: Mapping[str, Any]) -> Asked:
    """What the price help compares."""
    draft = drafted(item, answers)
    return Asked(
        category=category_of(item, answers),
        title=draft.title,
        description=draft.description,
        condition=draft.condition,
        brand=draft.brand,
        gtin=draft.gtin,
        attributes=draft.attributes,
        pk=item.pk,
    )
