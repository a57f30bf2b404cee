#!/usr/bin/env python3
"""Checks that what the documents and comments point to is there: relative links of Markdown, paths
below docs/ in sources, the index of decisions, where each stands once under its own number, and the
functions that docs/walk-of-a-post.md goes through.

usage: links_test.py PROJECT_FOLDER
"""

import pathlib
import re
import sys

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.S | re.M)
MENTION = re.compile(r"(?<![\w/])docs/[\w/.-]*\w\.md\b")
SKIPPED = {"build", "node_modules", ".git", "dist"}
SOURCES = {".hpp", ".cpp", ".py", ".mjs", ".ts", ".cmake", ".toml", ".sh"}


def files(root):
    for path in sorted(root.rglob("*")):
        if not SKIPPED.intersection(path.relative_to(root).parts) and path.is_file():
            yield path


def anchors(text):
    """The fragments that headings make, as forges write them."""
    for heading in re.findall(r"^#+ (.*)$", FENCE.sub("", text), re.M):
        plain = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
        yield re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


def broken_links(root, page):
    for target in LINK.findall(FENCE.sub("", page.read_text())):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, fragment = target.partition("#")
        aim = (page.parent / name).resolve() if name else page
        if not aim.exists():
            yield f"{page.relative_to(root)}: {target} is not there"
        elif fragment and aim.suffix == ".md" and fragment not in anchors(aim.read_text()):
            yield f"{page.relative_to(root)}: {aim.name} has no heading for #{fragment}"


def broken_mentions(root, source):
    for path in MENTION.findall(source.read_text(errors="replace")):
        if not (root / path).exists():
            yield f"{source.relative_to(root)}: {path} is not there"


def broken_index(root):
    folder = root / "docs" / "decisions"
    listed = re.findall(r"\((\d{4}-[\w-]+\.md)\)", (folder / "README.md").read_text())
    there = sorted(path.name for path in folder.glob("[0-9]*.md"))
    for name in there:
        heading = (folder / name).read_text().splitlines()[0]
        if not heading.startswith(f"# {int(name[:4])}. "):
            yield f"docs/decisions/{name}: its heading is not '# {int(name[:4])}. ...'"
        if listed.count(name) != 1:
            yield f"docs/decisions/README.md: {name} stands there {listed.count(name)} times"
    numbers = [name[:4] for name in there]
    for number in sorted({n for n in numbers if numbers.count(n) > 1}):
        yield f"docs/decisions: {number} is taken more than once"
    if listed != sorted(listed):
        yield "docs/decisions/README.md: not in the order of numbers"


def broken_walk(root):
    page = root / "docs" / "walk-of-a-post.md"
    steps = re.findall(r"^\| `([^`]+)` \| `(\w+)` \|", page.read_text(), re.M)
    if len(steps) < 20:
        yield f"docs/walk-of-a-post.md: only {len(steps)} steps: has its form changed?"
    for where, name in steps:
        source = root / where
        if not source.exists() or not re.search(rf"\b{name}\(", source.read_text()):
            yield f"docs/walk-of-a-post.md: {where} has no {name}()"


def problems(root):
    for path in files(root):
        if path.suffix == ".md":
            yield from broken_links(root, path)
        elif path.suffix in SOURCES:
            yield from broken_mentions(root, path)
    yield from broken_index(root)
    yield from broken_walk(root)


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    found = list(problems(root))
    print("\n".join(found) or "every link leads somewhere")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
