"""What was taken so far at the photo table, read from the task's answers."""

from collections.abc import Sequence
from dataclasses import dataclass

from rebond.catalogue.models import Item
from rebond.catalogue.queries.by_code import item_by_code
from rebond.core.images.markup import picture_url
from rebond.workshop.data.shots import OUTLINES, Shot, shots_of
from rebond.workshop.models import Task


@dataclass(frozen=True, slots=True)
class Picture:
    """The picture that a shot shows now, what the checks found and doubt; `original` where it is a retouched one."""

    shot: str
    sha256: str
    faults: tuple[str, ...]
    original: str = ""
    ways: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    @property
    def thumb(self) -> str:
        """The address of the small picture."""
        return picture_url(self.sha256, 480, "webp")

    @property
    def large(self) -> str:
        """The address of the picture to look at."""
        return picture_url(self.sha256, 720, "webp")


@dataclass(frozen=True, slots=True)
class Place:
    """One shot of the object: taken (`picture`), the one being done, or still to come."""

    shot: Shot
    picture: Picture | None
    is_current: bool

    @property
    def outline(self) -> str:
        """The SVG path to put the object in."""
        return OUTLINES[self.shot.outline]


def item_of(task: Task) -> Item:
    """The object of a photo task; raise Item.DoesNotExist where it is gone."""
    found = item_by_code(task.subject_id)
    if found is None:
        raise Item.DoesNotExist
    return found


def shots_taken(task: Task) -> dict[str, Picture]:
    """{key of the shot: its picture now}."""
    found = {}
    for key, operation in task.data.items():
        if key.startswith("shot:") and operation in task.data:
            kept = task.data[operation]
            found[key.removeprefix("shot:")] = Picture(
                kept["shot"],
                kept["sha256"],
                tuple(kept["faults"]),
                kept.get("original", ""),
                tuple(kept.get("ways", ())),
                tuple(kept.get("doubts", ())),
            )
    return found


def flaws_taken(task: Task) -> int:
    """How many pictures of flaws there are: one more is offered."""
    return sum(key.startswith("flaw") for key in shots_taken(task))


def pictures_of(task: Task) -> Sequence[Picture]:
    """All pictures of the task in the order of the shots."""
    taken = shots_taken(task)
    return sorted(taken.values(), key=lambda picture: picture.shot)


def places_of(task: Task, item: Item, wanted: str) -> list[Place]:
    """The object's shots; the current one is `wanted` or else the first that is missing; none where all are done."""
    taken = shots_taken(task)
    shots = shots_of(item.category.path, flaws_taken(task))
    missing = next((shot.key for shot in shots if shot.key not in taken), "")
    current = wanted if wanted in {*(shot.key for shot in shots), "done"} else missing
    return [Place(shot, taken.get(shot.key), shot.key == current) for shot in shots]


def after(places: Sequence[Place]) -> str:
    """The shot that follows the current one, or `done`: where "skip" and a good picture lead."""
    index = next((n for n, place in enumerate(places) if place.is_current), len(places))
    return places[index + 1].shot.key if index + 1 < len(places) else "done"


def doubtful(places: Sequence[Place]) -> Place | None:
    """The shot just before the current one (the last, where all are done), where something may be wrong with it."""
    index = next((n for n, place in enumerate(places) if place.is_current), len(places))
    before = places[index - 1] if index else None
    return before if before is not None and before.picture is not None and before.picture.doubts else None
