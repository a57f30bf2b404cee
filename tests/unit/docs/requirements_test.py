#!/usr/bin/env python3
"""Checks docs/requirements.md: every requirement has its row, and every proof is a test.

usage: requirements_test.py PROJECT_FOLDER
"""

import pathlib
import re
import sys

EXPECTED = (
    [f"R-{n:03}" for n in range(1, 132)]
    + [f"Q-{n:02}" for n in range(1, 47) if n != 35]  # Q-35 was never given
    + [f"C-{n:02}" for n in range(1, 18)]
    + ["C-03b", "C-07b"]
)
STATES = re.compile(r"works|not yet|replaced|elsewhere: (web client|cluster|packaging)")
ROW = re.compile(r"^\| ([RQCX]-\w+) \| (.*) \|$")
CODE = re.compile(r"`([^`]+)`")
PROOF = re.compile(r'([\w./-]+)::"(.+)"')
# How a test begins, up to its name.
BEGINS = {
    ".cpp": r'(?:(?:TEST|STORE)_CASE\(|TEST_CASE_METHOD\(\w+,)\s*"{}"',
    ".mjs": r"test\(\s*(?P<quote>['\"`]){}(?P=quote)",
    ".py": r"{}",
}


class Tests:
    """The tests of a project, by file and name."""

    def __init__(self, folder):
        self.folder = folder
        self.texts = {}

    def text(self, file):
        if file not in self.texts:
            path = self.folder / file
            self.texts[file] = path.read_text() if path.is_file() else None
        return self.texts[file]

    def problem(self, proof):
        """What is wrong with `file::"test"`; nothing when the test is there."""
        parts = PROOF.fullmatch(proof)
        if not parts:
            return f'write file::"test", not {proof}'
        file, name = parts.groups()
        text = self.text(file)
        if text is None:
            return f"there is no tests/{file}"
        begins = BEGINS.get(pathlib.Path(file).suffix)
        if begins is None or not re.search(begins.replace("{}", re.escape(name)), text):
            return f'tests/{file} has no test "{name}"'
        return None


def rows(page):
    """(id, cells) of each row, in the order of the page."""
    for line in page.splitlines():
        found = ROW.match(line)
        if found:
            yield found.group(1), [cell.strip() for cell in found.group(2).split(" | ")]


def problems_of_row(cells, root, tests):
    state, proofs = cells[1], CODE.findall(cells[-1])
    if not cells[0]:
        yield "say what it is"
    if not STATES.fullmatch(state):
        yield f'"{state}" is no state'
    if state == "works" and not proofs:
        yield "it works, and nothing proves it"
    if len(cells) == 4:
        for place in CODE.findall(cells[2]):
            if not (root / place).exists():
                yield f"there is no {place}"
    for proof in proofs:
        problem = tests.problem(proof)
        if problem:
            yield problem


def problems(root):
    found = list(rows((root / "docs/requirements.md").read_text()))
    ids = [name for name, _ in found]
    for name in EXPECTED:
        if ids.count(name) != 1:
            yield f"{name}: {ids.count(name)} rows, expected one"
    for name in sorted(set(ids) - set(EXPECTED)):
        if name.startswith("X-"):  # beyond the requirements
            continue
        yield f"{name}: no such requirement"
    tests = Tests(root / "tests")
    for name, cells in found:
        if len(cells) != (4 if name.startswith("R-") else 3):
            yield f"{name}: {len(cells) + 1} columns"
            continue
        for problem in problems_of_row(cells, root, tests):
            yield f"{name}: {problem}"


def main():
    found = list(problems(pathlib.Path(sys.argv[1])))
    print("\n".join(found) or "every requirement has its row and its proofs")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
