#!/usr/bin/env python3
"""Checks that every setting is read by something: a key that no source outside config/ uses would be
documented, checked, and without effect.

usage: settings_test.py PROJECT_FOLDER
"""

import pathlib
import re
import sys

KEY = re.compile(r'key\{\s*"([\w.]+)",\s*in<([^>]*)>', re.S)
MEMBER = re.compile(r'::(\w+)\s*$')
READERS = ("actors", "app", "net", "storage", "telemetry")
# A reader names the member behind a dot or an arrow, or takes the whole structure apart.
COMMENT = re.compile(r'//[^\n]*')


def settings(root):
    """{key: name of its member} of config/keys.cpp."""
    found = {}
    for key, path in KEY.findall((root / "config/keys.cpp").read_text()):
        found[key] = MEMBER.search(path.split(",")[-1].strip()).group(1)
    return found


def main():
    root = pathlib.Path(sys.argv[1])
    text = ""
    for folder in READERS:
        for source in sorted((root / folder).rglob("*.[ch]pp")):
            text += COMMENT.sub("", source.read_text())
    read = set(re.findall(r'(?:\.|->)(\w+)', text))
    all_keys = settings(root)
    if len(all_keys) < 80:
        sys.exit(f"only {len(all_keys)} settings were found in config/keys.cpp")
    unread = [key for key, member in all_keys.items() if member not in read]
    for key in unread:
        print(f"{key}: no source outside config/ reads it")
    return 1 if unread else 0


if __name__ == "__main__":
    sys.exit(main())
