"""Every test that a page of docs/ names as `path::"test name"` exists, and every rate among the
settings has a row in docs/limits.md that names its entry in tests/e2e/rates.test.mjs.

usage: named_tests_test.py REPOSITORY
"""
import pathlib
import re
import sys

NAMED = re.compile(r'`(tests/[\w./-]+)::"([^`]+)"`')


def missing(root):
    for page in sorted((root / "docs").rglob("*.md")):
        for path, name in NAMED.findall(page.read_text(encoding="utf-8")):
            file = root / path
            if not file.is_file():
                yield f"{page.name}: there is no {path}"
            elif name not in file.read_text(encoding="utf-8"):
                yield f'{page.name}: {path} has no test "{name}"'


RATE_KEY = re.compile(r"^(\w+_per_(?:s|min)) = ", re.M)
RATE_ROW = re.compile(r"^\| [^|]* \| `(\w+)` \| ([^|]*) \|(.*)$", re.M)
ASKED = '`tests/e2e/rates.test.mjs::"'


def unasked(root):
    """Rates that nobody asks whether a reconnect, another thread, REST or many connections lift them."""
    example = (root / "config/parley.example.toml").read_text(encoding="utf-8")
    limits = example[example.index("\n[limits]\n"):].split("\n[", 2)[1]
    rows = RATE_ROW.findall((root / "docs/limits.md").read_text(encoding="utf-8"))
    documented = {key: rest for key, _, rest in rows}
    for key in RATE_KEY.findall(limits):
        if key not in documented:
            yield f"limits.{key} has no row in docs/limits.md"
    for key, default, rest in rows:
        if not re.match(r"[\d.,]+/(s|min)", default):
            yield f"docs/limits.md: {key} is no rate: {default}"
        if ASKED not in rest:
            yield f"docs/limits.md: {key} names no test in tests/e2e/rates.test.mjs"
    if len(rows) < 10:
        yield "docs/limits.md: the table of rates was not found"


def main():
    root = pathlib.Path(sys.argv[1])
    problems = list(missing(root)) + list(unasked(root))
    print("\n".join(problems) or "every named test exists, and every rate is asked about")
    named = NAMED.findall((root / "docs/limits.md").read_text(encoding="utf-8"))
    if len(named) < 40:
        problems.append("docs/limits.md names too few tests")
    return 1 if problems else 0


sys.exit(main())
