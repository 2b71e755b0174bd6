"""Sizes of the house style (rule 13): functions up to 40 lines, files up to 400, test files up to 1,000."""

import ast
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
EXCEPTIONS: dict[str, str] = {  # shrinking: path -> reason
    "rebond/config/settings.py": "one typed settings file (rule 28)",
}


def main() -> int:
    wrong: list[str] = []
    for path in sorted(
        [*(ROOT / "rebond").rglob("*.py"), *(ROOT / "tests").rglob("*.py"), *(ROOT / "tools").rglob("*.py")]
    ):
        name = path.relative_to(ROOT).as_posix()
        if "/migrations/" in name or name in EXCEPTIONS:
            continue
        text = path.read_text(encoding="utf-8")
        lines, limit = text.count("\n"), 1000 if name.startswith("tests/") else 400
        if lines > limit:
            wrong.append(f"{name}: {lines} lines, at most {limit}")
        if name.startswith("tests/"):
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
                size = node.end_lineno - node.lineno + 1
                doc = ast.get_docstring(node, clean=False)
                size -= doc.count("\n") + 1 if doc else 0
                if size > 40:
                    wrong.append(f"{name}:{node.lineno} {node.name}: {size} lines, at most 40 (docstring apart)")
    print("\n".join(wrong) or "sizes: all within the house style")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
