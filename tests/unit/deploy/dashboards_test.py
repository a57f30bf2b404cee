#!/usr/bin/env python3
"""Checks deploy/prometheus and deploy/grafana: every figure they name is one that the server has,
and is asked for as what it is.

usage: dashboards_test.py PROJECT_FOLDER
"""

import json
import pathlib
import re
import subprocess
import sys

MADE = re.compile(r'(counter|gauge|histogram)\(\s*(?:in|\*registry),\s*"(parley_\w+)"')
PROCESS = re.compile(r'family\("(process_\w+)", "[^"]*",\s*(?:prometheus::MetricType::)?(\w+)')
NAMED = re.compile(r"\b((?:parley|process)_\w+)")
RISING = re.compile(r"\b(?:rate|increase)\(\s*(\w+)")
HISTOGRAM_PARTS = ("_bucket", "_sum", "_count")


def figures(project):
    """Name -> counter, gauge or histogram."""
    made = MADE.findall((project / "telemetry/metrics.cpp").read_text())
    process = PROCESS.findall((project / "telemetry/process.cpp").read_text())
    kinds = {name: kind for kind, name in made}
    return kinds | {name: kind.lower() for name, kind in process}


def kind_of(name, known):
    for part in HISTOGRAM_PARTS:
        if name.endswith(part) and known.get(name.removesuffix(part)) == "histogram":
            return "counter"
    return known.get(name)


def faults_of(expression, known):
    for name in NAMED.findall(expression):
        if kind_of(name, known) is None:
            yield f"{name} is no figure of the server"
    for name in RISING.findall(expression):
        if kind_of(name, known) not in (None, "counter"):
            yield f"{name} is no counter, and has no rate"


def alert_expressions(project):
    text = (project / "deploy/prometheus/parley.rules.yml").read_text()
    blocks = re.split(r"^\s+- alert: ", text, flags=re.MULTILINE)[1:]
    ends = re.compile(r"expr:(.*?)\n\s+(?:for|labels):", re.DOTALL)
    return [ends.search(block).group(1) for block in blocks]


def panel_expressions(project):
    dashboard = json.loads((project / "deploy/grafana/parley.json").read_text())
    return [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]


def main(folder):
    project = pathlib.Path(folder)
    known = figures(project)
    alerts, panels = alert_expressions(project), panel_expressions(project)
    assert len(known) > 20 and len(alerts) > 10 and len(panels) > 20, "nothing was found to check"
    faults = [fault for one in alerts + panels for fault in faults_of(one, known)]
    made = subprocess.run([project / "deploy/grafana/make.py", "--print"],
                          capture_output=True, text=True, check=True).stdout
    if made != (project / "deploy/grafana/parley.json").read_text():
        faults.append("deploy/grafana/parley.json is not what make.py makes")
    print(f"{len(alerts)} alerts and {len(panels)} lines of panels on {len(known)} figures")
    for fault in faults:
        print("FAULT:", fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
