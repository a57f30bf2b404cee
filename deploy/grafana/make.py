#!/usr/bin/env python3
"""Writes parley.json, the Grafana dashboard of parleyd, from the table of panels below.

usage: make.py [--print]
"""

import json
import pathlib
import sys

OUTPUT = pathlib.Path(__file__).with_name("parley.json")
SOURCE = {"type": "prometheus", "uid": "${source}"}
HERE = '{instance=~"$instance"}'
WIDTH = 24


def rate(name, labels=""):
    return f'rate({name}{{instance=~"$instance"{labels}}}[$__rate_interval])'


def quantile(q, name, labels=""):
    buckets = rate(f"{name}_bucket", labels)
    return f"histogram_quantile({q}, sum by (le) ({buckets}))"


def quantiles(name, labels=""):
    return [(f"p{int(100 * q)}", quantile(q, name, labels)) for q in (0.5, 0.99)]


COMMITS = ', worker="chat-message-to-db"'

# Row: its title and panels. Panel: title, what it tells, unit, [(legend, expression)].
ROWS = [
    ("People and messages", [
        ("Connections", "Signed-in hub connections, and conversations in memory.", "short", [
            ("connections", f"sum(parley_connections{HERE})"),
            ("conversations", f"sum(parley_conversations{HERE})"),
        ]),
        ("Messages", "Given a seq, stored and acknowledged, put into an outbox.", "ops", [
            ("accepted", f"sum({rate('parley_messages_accepted_total')})"),
            ("acknowledged", f"sum({rate('parley_messages_acknowledged_total')})"),
            ("delivered", f"sum({rate('parley_messages_delivered_total')})"),
        ]),
        ("Refused", "Commands refused, and what each limit refused.", "ops", [
            ("commands", f"sum({rate('parley_commands_refused_total')})"),
            ("limit {{limit}}", f"sum by (limit) ({rate('parley_limit_refusals_total')}) > 0"),
        ]),
    ]),
    ("Database", [
        ("Rows that wait", "Accepted and not stored yet: near 0, also under load.", "short", [
            ("{{worker}}", f"sum by (worker) (parley_persistence_backlog_rows{HERE})"),
        ]),
        ("Time of a commit", "Every send waits for one.", "s",
         quantiles("parley_persistence_commit_seconds", COMMITS)),
        ("Rows of a commit", "More under load: one commit carries many messages.", "short",
         quantiles("parley_persistence_batch_rows", COMMITS)),
        ("Time of a read", "History, chat lists, conversations that are loaded.", "s",
         quantiles("parley_db_query_seconds")),
        ("Failures", "Transactions that failed; conversations that read the store again.", "ops", [
            ("{{worker}}", f"sum by (worker) ({rate('parley_persistence_failures_total')})"),
            ("reloads", f"sum({rate('parley_conversation_reloads_total')})"),
        ]),
        ("Dead letters", "Messages that the database refuses for good.", "short", [
            ("{{instance}}", f"parley_dead_letters{HERE}"),
        ]),
    ]),
    ("Network", [
        ("Outboxes", "Bytes that clients have not taken yet.", "bytes", [
            ("{{instance}}", f"parley_outbox_bytes{HERE}"),
        ]),
        ("Writes to sockets", "Below deliveries: several events leave in one write.", "ops", [
            ("writes", f"sum({rate('parley_socket_writes_total')})"),
            ("slow readers closed", f"sum({rate('parley_slow_readers_closed_total')})"),
        ]),
        ("TLS", "Handshakes done and failed.", "ops", [
            ("done", f"sum({rate('parley_tls_handshakes_total')})"),
            ("failed", f"sum({rate('parley_tls_handshake_failures_total')})"),
        ]),
    ]),
    ("Process", [
        ("CPU", "Cores in use.", "short", [
            ("{{instance}}", rate("process_cpu_seconds_total")),
        ]),
        ("Memory", "Resident.", "bytes", [
            ("{{instance}}", f"process_resident_memory_bytes{HERE}"),
        ]),
        ("Jobs", "Things that each job had to do in an hour.", "short", [
            ("{{exported_job}}",
             f"sum by (exported_job) (increase(parley_job_found_total{HERE}[1h]))"),
        ]),
    ]),
]


def panel(number, place, title, tells, unit, lines):
    targets = [
        {"refId": chr(ord("A") + at), "datasource": SOURCE, "expr": expr, "legendFormat": legend}
        for at, (legend, expr) in enumerate(lines)
    ]
    return {
        "id": number,
        "type": "timeseries",
        "title": title,
        "description": tells,
        "datasource": SOURCE,
        "gridPos": place,
        "fieldConfig": {"defaults": {"unit": unit, "min": 0}, "overrides": []},
        "options": {"legend": {"displayMode": "list", "placement": "bottom"},
                    "tooltip": {"mode": "multi"}},
        "targets": targets,
    }


def panels():
    made, y = [], 0
    for title, row in ROWS:
        made.append({"id": len(made) + 1, "type": "row", "title": title, "collapsed": False,
                     "gridPos": {"x": 0, "y": y, "w": WIDTH, "h": 1}, "panels": []})
        y += 1
        for at, one in enumerate(row):
            place = {"x": 8 * (at % 3), "y": y + 8 * (at // 3), "w": 8, "h": 8}
            made.append(panel(len(made) + 1, place, *one))
        y += 8 * ((len(row) + 2) // 3)
    return made


def variable(name, label, kind, query):
    return {"name": name, "label": label, "type": kind, "query": query, "refresh": 1}


def dashboard():
    instances = variable("instance", "Server", "query", "label_values(parley_build_info, instance)")
    instances |= {"datasource": SOURCE, "multi": True, "includeAll": True}
    return {
        "uid": "parley",
        "title": "Parley",
        "tags": ["parley"],
        "schemaVersion": 38,
        "editable": True,
        "refresh": "30s",
        "time": {"from": "now-3h", "to": "now"},
        "templating": {"list": [variable("source", "Prometheus", "datasource", "prometheus"),
                                instances]},
        "panels": panels(),
    }


if __name__ == "__main__":
    text = json.dumps(dashboard(), indent=2) + "\n"
    if "--print" in sys.argv:
        sys.stdout.write(text)
    else:
        OUTPUT.write_text(text)
