"""Write queries.txt: 200 queries of the generator's vocabulary, always the same."""

import json
import random
from pathlib import Path

from rebond.catalogue.demo import words

HERE = Path(__file__).parent


def nouns() -> list[str]:
    tree = json.loads((HERE.parent.parent / "rebond/catalogue/data/categories.json").read_text(encoding="utf-8"))[
        "tree"
    ]
    found, level = [], [node for node in tree if node["key"] != "books"]
    while level:
        node = level.pop(0)
        level += node.get("children", [])
        if not node.get("children"):
            found.append(words.singular(node["name"]).lower())
    return found


def main() -> None:
    draw = random.Random(7)
    brands = words.invented(random.Random(42), 200, ("x", "l", "n", "ne", "tti"))
    things = nouns()
    broad = [*draw.sample(words.SUBJECTS, 40), *draw.sample(words.COLORS[:10], 6), *draw.sample(words.MATERIALS, 14)]
    two = [
        f"{draw.choice(things)} {draw.choice(draw.choice((words.ADJECTIVES, brands, words.COLORS)))}"
        for _ in range(100)
    ]
    rare = [
        f"{draw.choice(words.SUBJECTS)} {draw.choice(words.SUBJECTS)} {draw.choice(words.FIRST_NAMES).lower()} "
        f"{draw.choice(words.LAST_NAMES).lower()}"
        for _ in range(40)
    ]
    lines = [
        f"{kind}\t{text}" for kind, texts in (("broad", broad), ("two-word", two), ("rare", rare)) for text in texts
    ]
    (HERE / "queries.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
