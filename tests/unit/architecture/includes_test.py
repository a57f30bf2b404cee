#!/usr/bin/env python3
"""Checks who includes whom (docs/architecture.md), how long sources are, and that events are
named in one place.

usage: includes_test.py PROJECT_FOLDER
"""

import pathlib
import re
import sys

MAX_LINES = 400
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')

# A folder may include itself, telemetry, and what begins with one of these.
OWN = {
    "chat": [],
    "config": ["chat/expected.hpp", "chat/ids.hpp", "chat/text.hpp"],
    "telemetry": ["chat/", "config/"],
    "storage": ["chat/", "config/"],
    "actors": ["chat/", "config/", "storage/store.hpp", "storage/password.hpp", "storage/blobs"],
    "net": ["chat/", "config/", "actors/messages.hpp", "actors/pinned_actor.hpp", "storage/blobs"],
    "app": [""],
}
# The rooms of a folder, the lowest first: each may include itself and those before it. What stands
# flat in actors is what all of them stand on; in net nothing does.
ROOMS = {
    "actors": ["storage", "people", "conversation", "session", "upkeep"],
    "net": ["codec", "auth", "limits", "http", "io", "docs", "web", "signalr", "files", "rest",
            "chat_hub", "transports", "fan_out", "endpoint", "front"],
}
FLAT = {"actors": ["environment", "messages", "pinned_actor", "resident", "signal", "steady_actor", "watched_actor"],
        "net": []}
# Headers of one room alone: what they show is for the sources beside them.
PRIVATE = {"actors/conversation/actor.hpp": "actors/conversation/"}
# No folder below these may know telemetry: the rules stay plain.
WITHOUT_TELEMETRY = ("chat",)

# Foreign headers, and the places (files or folders) that may include them.
JSON = ["net/codec/", "net/signalr/", "net/chat_hub/", "net/rest/", "net/auth/", "net/http/",
        "net/endpoint/", "net/front/", "net/transports/open_connections", "net/docs/", "config/",
        "storage/sql/attachments", "telemetry/", "app/"]
FOREIGN = {
    "nlohmann/": JSON,
    "mysql": ["storage/mysql/"],
    "sqlite3.h": ["storage/sqlite/"],
    "boost/": ["net/", "app/"],
    "caf/": ["actors/", "net/fan_out/", "app/"],
    "sodium.h": ["net/auth/", "storage/password", "storage/key_ring"],
    "prometheus/": ["telemetry/"],
    "toml++/": ["config/"],
    "CLI/": ["app/", "config/"],
}


# Texts no source may hold, and what to do instead.
FORBIDDEN = {"beast::iequals(": "it reads past the end of its texts: take net/codec/any_case.hpp"}

# Patterns no source of a place may hold, and what to do instead. What a client sent is read through
# client_value: a look-up by name in the library's own constant values reads past their end.
READS_CLIENTS = ["net/rest/", "net/codec/bind", "net/chat_hub/chat_hub", "net/chat_hub/stream_history"]
PATTERNS = [
    (r": public caf::event_based_actor", ["actors/", "net/", "app/"], ["actors/steady_actor.hpp"],
     "our actors derive from actors::steady_actor, or an answer that they did not ask for ends them"),
    (r'(?<!request)\["|\.at\("', ["net/"], ["net/docs/"],
     "values are looked up by name through codec::client_value, objects made with emplace"),
    (r"\bjson &|\bjson& |nlohmann", READS_CLIENTS, [],
     "what a client sent is read through codec::client_value"),
    (r"\bjson\b(?!\.hpp)(?!::array)(?!_)", ["net/rest/routes", "net/rest/people", "net/codec/bind"], [],
     "what a client sent is read through codec::client_value"),
]

# The one place where the names of events live.
EVENT_NAMES = "net/codec/event_names.hpp"


def sources(root):
    for folder in OWN:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in (".hpp", ".cpp", ".h"):
                yield folder, path.relative_to(root).as_posix(), path


def includes(path):
    for number, line in enumerate(path.read_text().splitlines(), 1):
        found = INCLUDE.match(line)
        if found:
            yield number, found.group(1) == '"', found.group(2)


def is_allowed_own(folder, header):
    if header.startswith(folder + "/"):
        return True
    if header.startswith("telemetry/"):
        return folder not in WITHOUT_TELEMETRY
    return any(header.startswith(one) for one in OWN[folder])


def floor_of(name):
    """Where a source stands in its folder: 0 flat, 1 in the lowest room; None: in no place it may."""
    folder, *rest = name.split("/")
    if len(rest) == 1:
        return 0 if rest[0].split(".")[0] in FLAT[folder] else None
    return ROOMS[folder].index(rest[0]) + 1 if rest[0] in ROOMS[folder] else None


def is_downwards(name, header):
    """Within a folder only from a room to those below it."""
    above, below = floor_of(name), floor_of(header)
    return None not in (above, below) and below <= above


def is_allowed_foreign(name, header):
    return all(any(name.startswith(place) for place in places)
               for prefix, places in FOREIGN.items() if header.startswith(prefix))


def event_literals(root):
    """`"MessageReceived"` and so on, as they stand in source text."""
    return set(re.findall(r'= ("\w+");', (root / EVENT_NAMES).read_text()))


def problems(root):
    events = event_literals(root)
    if not events:
        yield f"{EVENT_NAMES} names no events"
    for folder, name, path in sources(root):
        text = path.read_text()
        for literal in sorted(events if name != EVENT_NAMES else ()):
            if literal in text:
                yield f"{name}: {literal} is an event: take it from {EVENT_NAMES}"
        for literal, instead in FORBIDDEN.items():
            if literal in text:
                yield f"{name}: {literal}...): {instead}"
        for pattern, places, but_not, instead in PATTERNS:
            if not any(map(name.startswith, places)) or any(map(name.startswith, but_not)):
                continue
            for number, line in enumerate(text.splitlines(), 1):
                if re.search(pattern, line.split("//")[0]):
                    yield f"{name}:{number}: {instead}"
        if folder in ROOMS and floor_of(name) is None:
            yield f"{name}: {folder} has rooms: {', '.join(ROOMS[folder])}"
        lines = len(text.splitlines())
        if lines > MAX_LINES:
            yield f"{name}: {lines} lines, at most {MAX_LINES}: look for the seam"
        for number, is_own, header in includes(path):
            if is_own and header.split("/")[0] in OWN and not is_allowed_own(folder, header):
                yield f"{name}:{number}: {folder} must not include {header}"
            if is_own and "/" not in header:
                yield f'{name}:{number}: write "{folder}/.../{header}" with its folder'
            if folder in ROOMS and header.startswith(folder + "/") and not is_downwards(name, header):
                yield f"{name}:{number}: a room of {folder} includes itself and lower ones, not {header}"
            if not name.startswith(PRIVATE.get(header, "")):
                yield f"{name}:{number}: {header} is for {PRIVATE[header]} alone"
            if not is_allowed_foreign(name, header):
                yield f"{name}:{number}: {header} has no place here"


def main():
    root = pathlib.Path(sys.argv[1])
    count = sum(1 for _ in sources(root))
    if count < 50:
        sys.exit(f"only {count} sources under {root}: is this the project's folder?")
    found = list(problems(root))
    print("\n".join(found) or f"{count} sources keep to the rules")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
