"""Every test that a page of docs/ names as `path::"test name"` exists.

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


def main():
    root = pathlib.Path(sys.argv[1])
    problems = list(missing(root))
    print("\n".join(problems) or "every named test exists")
    named = NAMED.findall((root / "docs/limits.md").read_text(encoding="utf-8"))
    if len(named) < 40:
        problems.append("docs/limits.md names too few tests")
    return 1 if problems else 0


sys.exit(main())
