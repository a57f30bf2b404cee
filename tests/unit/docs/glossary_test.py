#!/usr/bin/env python3
"""Finds, in C++ sources, names that docs/glossary.md has given up.

usage: glossary_test.py PROJECT_FOLDER
"""

import pathlib
import re
import sys

FOLDERS = ["actors", "app", "bench", "chat", "config", "net", "storage", "telemetry", "tests"]
ROW = re.compile(r"^\| (?P<word>[^|]+) \| [^|]+ \| (?P<instead>[^|]*) ?\|$", re.M)


def given_up(root):
    """(word to take, name not to take, where it may stand all the same)"""
    page = (root / "docs/glossary.md").read_text()
    for row in ROW.finditer(page):
        names, _, places = row["instead"].partition(" but in ")
        for name in re.findall(r"`([^`]+)`", names):
            yield row["word"].strip("` "), name, tuple(re.findall(r"`([^`]+)`", places))


def sources(root):
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in (".hpp", ".cpp"):
                yield path.relative_to(root).as_posix(), path.read_text()


def problems(root):
    rows = list(given_up(root))
    if len(rows) < 5:
        yield f"docs/glossary.md gives up only {len(rows)} names: has its form changed?"
    patterns = [(word, name, places, re.compile(rf"(?<!\w){re.escape(name)}(?!\w)"))
                for word, name, places in rows]
    for source, text in sources(root):
        for number, line in enumerate(text.splitlines(), 1):
            for word, name, places, pattern in patterns:
                if pattern.search(line) and not source.startswith(places or ("no place",)):
                    yield f"{source}:{number}: {name}: the word is {word} (docs/glossary.md)"


def main():
    found = list(problems(pathlib.Path(sys.argv[1])))
    print("\n".join(found) or "sources keep to the words of docs/glossary.md")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
