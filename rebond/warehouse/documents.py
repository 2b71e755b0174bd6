"""Reading a JSON document field by field, so that what is wrong is told with the place where it stands."""

from dataclasses import dataclass
from typing import Any

MISSING: Any = object()


class DocumentInvalid(Exception):  # noqa: N818 -- named by what happened
    """`where` is the path in the document (`layout.bays[3].at`); the message says what was expected."""

    def __init__(self, where: str, message: str) -> None:
        super().__init__(where, message)
        self.where, self.message = where, message

    def __str__(self) -> str:
        return f"`{self.where}`: {self.message}" if self.where else self.message


@dataclass(frozen=True)
class Part:
    """An object of the document and its path. Every reader raises `DocumentInvalid`."""

    value: dict[str, Any]
    path: str = ""

    @classmethod
    def whole(cls, value: Any) -> "Part":
        if not isinstance(value, dict):
            raise DocumentInvalid("", "The document must be one JSON object.")
        return cls(value)

    def at(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def fail(self, name: str, message: str) -> DocumentInvalid:
        return DocumentInvalid(self.at(name), message)

    def only(self, *names: str) -> None:
        """Refuse a field that nobody reads: it is a misspelling more often than a remark."""
        for name in self.value:
            if name not in names:
                raise self.fail(name, f"unknown field; known here: {', '.join(names)}.")

    def whole_number(self, name: str, *, low: int = 0, high: int = 10_000_000, default: Any = MISSING) -> Any:
        value = self.value.get(name, default)
        if value is MISSING:
            raise self.fail(name, "this whole number is missing.")
        if value is default and name not in self.value:
            return default
        return _number(value, self.at(name), low, high)

    def text(self, name: str, *, default: Any = MISSING) -> str:
        value = self.value.get(name, default)
        if value is MISSING:
            raise self.fail(name, "this text is missing.")
        if not isinstance(value, str) or (name in self.value and not value.strip()) or len(value) > 200:
            raise self.fail(name, "expected a text of 1 to 200 characters.")
        return value

    def yes(self, name: str, *, default: bool = False) -> bool:
        value = self.value.get(name, default)
        if not isinstance(value, bool):
            raise self.fail(name, "expected true or false.")
        return value

    def numbers(self, name: str, count: int, *, low: int, high: int) -> tuple[int, ...]:
        value = self.value.get(name)
        if not isinstance(value, list) or len(value) != count:
            raise self.fail(name, f"expected a list of {count} whole numbers.")
        return tuple(_number(one, f"{self.at(name)}[{n}]", low, high) for n, one in enumerate(value))

    def part(self, name: str) -> "Part":
        value = self.value.get(name)
        if not isinstance(value, dict):
            raise self.fail(name, "expected an object.")
        return Part(value, self.at(name))

    def parts(self, name: str, *, least: int = 0, most: int = 100_000) -> "list[Part]":
        """The objects of a list; a list that may be empty may be absent."""
        value = self.value.get(name, [] if least == 0 else None)
        if not isinstance(value, list):
            raise self.fail(name, "expected a list of objects.")
        if not least <= len(value) <= most:
            raise self.fail(name, f"expected {least:,} to {most:,} objects, not {len(value):,}.")
        for n, one in enumerate(value):
            if not isinstance(one, dict):
                raise DocumentInvalid(f"{self.at(name)}[{n}]", "expected an object.")
        return [Part(one, f"{self.at(name)}[{n}]") for n, one in enumerate(value)]


def _number(value: Any, where: str, low: int, high: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise DocumentInvalid(where, f"expected a whole number from {low:,} to {high:,}.")
    return value


def unique(taken: set[str], part: Part, name: str = "id") -> str:
    """The identifier of a part, refused where another has it already."""
    value = part.text(name)
    if value in taken:
        raise part.fail(name, f"“{value}” is used twice.")
    taken.add(value)
    return value
