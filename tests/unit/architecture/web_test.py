#!/usr/bin/env python3
"""Checks who uses whom in the web client (web/README.md), what it must never do, and that what it says
stands in its lists of words.

usage: web_test.py PROJECT_FOLDER
"""

import pathlib
import re
import sys

MAX_LINES = 400
APP = "web/src/app/"
IMPORT = re.compile(
    r"""^(?:import|export)\s(?:[^;'"=]*?\bfrom\s*)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]""", re.M)

# A folder of src/app may use itself, and these; what lies in src/app itself may use everything.
SCREENS = ["core", "ui", "i18n"]
MAY_USE = {
    "ui": ["i18n"],
    "core": ["i18n", "@parley/client"],
    "composer": ["ui", "i18n"],
    "conversation": [*SCREENS, "composer", "@parley/client"],
    "sidebar": [*SCREENS, "@parley/client"],
    "details": [*SCREENS, "sidebar", "@parley/client"],  # where people are searched
    "settings": [*SCREENS, "@parley/client"],
    "search": [*SCREENS, "@parley/client"],
    "console": [*SCREENS, "@parley/client"],
    "sign-in": [*SCREENS, "@parley/client"],
}
# Foreign modules, and the folders that may use them: of whatever stands in none of these rows, nobody.
FOREIGN = {
    "@angular/core": [""],
    "@angular/common": [""],
    "@angular/router": [""],
    "@angular/platform-browser": [""],
    "@angular/cdk/a11y": [""],
    "rxjs": [""],
    "@parley/client": [""],
    "linkify-it": ["conversation"],
    "idb": ["core"],
    "@microsoft/signalr": ["core"],
}
IN_TESTS = ["fast-check", "fake-indexeddb", "vitest"]

# Patterns no source may hold, and why.
BANNED = [
    (r"innerHTML|outerHTML|insertAdjacentHTML|createContextualFragment", "text is text: use a template"),
    (r"bypassSecurityTrust", "nothing is trusted more than the sanitizer trusts it"),
    (r"document\.write", "it writes markup"),
    (r"\beval\(|new Function\(", "it runs text"),
    (r"set(?:Timeout|Interval)\(\s*['\"`]", "it runs text"),
    (r"""[\s{]style=["']""", "the page's policy forbids style attributes: use [style.x] or a class"),
    (r"\b(?:margin|padding|border)-(?:left|right|top|bottom)\b", "logical properties only"),
    (r"text-align: (?:left|right)|float: (?:left|right)", "logical properties only"),
    (r"\bconsole\.", "a failure is shown, not logged"),
]
# Where a rule does not hold, and why.
EXCEPT: dict[str, str] = {}


def part_of(path):
    """The folder of src/app that a path lies in, "" for app itself, or i18n."""
    inside = path.removeprefix("web/src/")
    first, _, rest = inside.partition("/")
    if first != "app":
        return first
    folder, slash, _ = rest.partition("/")
    return folder if slash else ""


def imported(path, name):
    """The part that `name` leads to; a foreign module as it is."""
    if not name.startswith("."):
        return name
    parts = path.split("/")[:-1]
    for step in name.split("/"):
        if step == "..":
            parts.pop()
        elif step != ".":
            parts.append(step)
    return part_of("/".join(parts))


def wrong_imports(path, text):
    part = part_of(path)
    is_test = path.endswith(".spec.ts")
    for name in filter(None, (name for both in IMPORT.findall(text) for name in both)):
        target = imported(path, name)
        if not name.startswith("."):
            base = "/".join(name.split("/")[: 3 if name.startswith("@angular/cdk") else 2])
            base = base if base in FOREIGN else name.split("/")[0] if name[0] != "@" else base
            if is_test and (base in IN_TESTS or base.startswith("@angular/")):
                continue
            if base not in FOREIGN:
                yield f"{path}: {name} is used nowhere yet: decide it in web_test.py"
            elif FOREIGN[base] != [""] and part not in FOREIGN[base]:
                yield f"{path}: {name} belongs into {', '.join(FOREIGN[base])}"
            elif base == "@parley/client" and part in MAY_USE and base not in MAY_USE[part]:
                yield f"{path}: {part} knows no chat"
        elif part == "i18n" and target != "i18n":
            yield f"{path}: the words know nobody"
        elif part in MAY_USE and target not in [part, *MAY_USE[part]]:
            yield f"{path}: {part} may not use {target or 'app'}"
        elif part and path.startswith(APP) and part not in MAY_USE:
            yield f"{path}: {part} has no row in web_test.py"


def problems_of(path, text):
    if path.endswith(".ts"):
        yield from wrong_imports(path, text)
    is_test = path.endswith(".spec.ts")
    if not is_test and text.count("\n") > MAX_LINES:
        yield f"{path}: over {MAX_LINES} lines: look for the seam"
    if part_of(path) == "core" and re.search(r"\btemplate(?:Url)?:", text) and not is_test:
        yield f"{path}: core has no template"
    if is_test:
        return
    for pattern, why in BANNED:
        for found in re.finditer(pattern, text):
            line = text.count("\n", 0, found.start()) + 1
            if f"{path}: {pattern}" not in EXCEPT:
                yield f"{path}:{line}: {found.group().strip()}: {why}"


def check_itself():
    """What it is there for is found."""
    wrong = [
        (APP + "ui/a.ts", "import { x } from '../core/y';"),
        (APP + "ui/a.ts", "import { x } from '@parley/client';"),
        (APP + "composer/a.ts", "const x = await import('../core/chat-store');"),
        (APP + "sidebar/a.ts", "import { x } from '../conversation/y';"),
        (APP + "ui/a.ts", "import x from 'lodash';"),
        (APP + "sidebar/a.ts", "import x from 'linkify-it';"),
        (APP + "core/a.ts", "template: `x`"),
        (APP + "ui/a.ts", "element.innerHTML = x"),
        (APP + "ui/a.html", '<p style="x"></p>'),
        (APP + "ui/a.css", "margin-left: 1px"),
        (APP + "ui/a.ts", "setTimeout('x()', 1)"),
    ]
    right = [
        (APP + "conversation/a.ts", "import { x } from '../composer/y';"),
        (APP + "a.ts", "import { x } from './ui/y'; import { z } from '../i18n/texts';"),
        (APP + "ui/a.ts", "import { x } from '@angular/core'; setTimeout(() => x, 1); [style.x]"),
        (APP + "ui/a.spec.ts", "import fc from 'fast-check'; expect(element.innerHTML)"),
    ]
    for path, text in wrong:
        assert list(problems_of(path, text)), f"not found: {path}: {text}"
    for path, text in right:
        assert not list(problems_of(path, text)), list(problems_of(path, text))


def main():
    check_itself()
    root = pathlib.Path(sys.argv[1])
    files = [file for ending in ("ts", "html", "css") for file in sorted(root.glob(f"web/src/**/*.{ending}"))]
    problems = []
    for file in files:
        path = file.relative_to(root).as_posix()
        problems += problems_of(path, file.read_text(encoding="utf-8"))
    print("\n".join(problems) or f"{len(files)} files of the web client keep to the rules")
    return 1 if problems or len(files) < 20 else 0


sys.exit(main())
