"""Writes what a session has measured: Markdown with SVG plots, and JSON."""
import datetime
import json
import statistics

from . import machine, plots


def middle(rows, column):
    return statistics.median(row[column.key] for row in rows) / column.per


def spread(values, digits=2):
    """Median [lowest..highest]; the median alone of one."""
    low, mid, high = min(values), statistics.median(values), max(values)
    text = f"{mid:,.{digits}f}"
    return text if len(values) == 1 else f"{text} [{low:,.{digits}f}..{high:,.{digits}f}]"


def ratios(rows, others, key):
    """These over the others, for every round that both finished."""
    theirs = {row["round"]: row[key] for row in others if row[key] > 0}
    return [row[key] / theirs[row["round"]] for row in rows if row["round"] in theirs]


def cell(rows, column):
    values = [row[column.key] / column.per for row in rows if column.key in row]
    if not values:
        return ""
    return spread(values, column.digits) if column.spread else \
        f"{statistics.median(values):,.{column.digits}f}"


class Report:
    def __init__(self, session, info, command):
        self.session = session
        self.info = info
        self.command = command

    def rows_of(self, scenario, label):
        return self.session.results.get((scenario.name, label), [])

    def why_missing(self, scenario, label):
        key = (scenario.name, label)
        return self.session.failures.get(key) or self.session.limited.get(key) or "not run"

    def table(self, scenario):
        """One row per competitor; ratios are of this row's key figure, over the first row's."""
        rows = list(self.session.competitors(scenario))
        used = [column for column in scenario.columns
                if any(column.key in figures for row in rows
                       for figures in self.rows_of(scenario, row.label))]
        lines = ["| server | " + " | ".join(column.title for column in used) +
                 " | over the first | rounds |", "|---" * (len(used) + 3) + "|"]
        for row in rows:
            figures = self.rows_of(scenario, row.label)
            if not figures:
                why = self.why_missing(scenario, row.label).replace("|", "/").replace("\n", " ")
                lines.append(f"| {row.label} | **no figures: {why}** |" +
                             " |" * (len(used) + 1))
                continue
            over = ratios(figures, self.rows_of(scenario, rows[0].label), scenario.key) \
                if row != rows[0] else []
            lines.append(f"| {row.label} | " + " | ".join(cell(figures, each) for each in used) +
                         f" | {spread(over) if over else ''} | {len(figures)} |")
        return lines

    def peer_ratios(self):
        """The first parleyd's key figure over each other contestant's, in the same round."""
        shapes = [each for each in self.session.scenarios if each.others]
        others = [each for each in self.session.contestants if not each.is_parleyd]
        first = next((each for each in self.session.contestants if each.is_parleyd), None)
        if not shapes or not others or not first:
            return []
        lines = ["", "## Beside the others", "",
                 f"CPU per delivery of {first.name} (memory per connection where idle) as a "
                 "multiple of the other's, in the same round. What each keeps of a message: " +
                 "; ".join(f"{each.name}: {each.stores}" for each in [first] + others) + ".", "",
                 "| scenario | " + " | ".join(each.name for each in others) + " |",
                 "|---" * (len(others) + 1) + "|"]
        for scenario in shapes:
            ours = self.rows_of(scenario, first.name)
            cells = [ratios(ours, self.rows_of(scenario, each.name), scenario.key)
                     for each in others]
            lines.append(f"| {scenario.name} | " +
                         " | ".join(spread(each) if each else "-" for each in cells) + " |")
        return lines

    def history(self, scenario):
        found = self.rows_of(scenario, self.session.options.store)
        if not found:
            return [f"**No figures: {self.why_missing(scenario, self.session.options.store)}**"]
        sizes = found[0]["sizes"]
        lines = ["p50 / p99 us; then the far read's p50 over that of the near one of its kind.", "",
                 "| read | " + " | ".join(f"{int(size):,}" for size in sizes) + " | far / near |",
                 "|---" * (len(sizes) + 2) + "|"]
        for read in next(iter(sizes.values())):
            cells = [f"{each[read]['p50_us']:,.0f} / {each[read]['p99_us']:,.0f}"
                     for each in sizes.values()]
            ratio = list(sizes.values())[-1][read]["ratio"]
            lines.append(f"| {read} | " + " | ".join(cells) +
                         f" | {f'{ratio:.2f}' if ratio else ''} |")
        return lines

    def plot(self, scenario, folder, stem):
        """An SVG of the key figures beside the report. @returns its Markdown"""
        rows = [(row.label, statistics.median(each[scenario.key] for each in found))
                for row in self.session.competitors(scenario)
                if (found := self.rows_of(scenario, row.label))]
        if not rows:
            return []
        unit = next((column for column in scenario.columns if column.key == scenario.key), None)
        title = f"{scenario.name}: {unit.title if unit else scenario.key} (median)"
        if unit:
            rows = [(label, value / unit.per) for label, value in rows]
        name = f"{stem}-{scenario.name}.svg"
        (folder / name).write_text(plots.bars(title, [(scenario.title, rows)]))
        return ["", f"![{title}]({name})"]

    def section(self, scenario, folder, stem):
        lines = ["", f"## {scenario.name}", "", scenario.title + ".", ""]
        if scenario.program == "history":
            return lines + self.history(scenario)
        return lines + self.table(scenario) + self.plot(scenario, folder, stem)

    def head(self):
        options = self.session.options
        versions = "; ".join(f"{each.name}: {version}" for each in self.session.contestants
                             if (version := each.version()))
        return [f"# Benchmarks, {datetime.date.today()}, {options.store}", "",
                machine.text(self.info) + ".", "", f"{versions}.", "",
                f"Up to {options.rounds} rounds of {options.seconds:g} s after {options.warmup:g} s; "
                "contestants in turns, each run a fresh process; messages of "
                f"{options.bytes} bytes. Median [lowest..highest] over the rounds; a ratio is taken "
                "within one round. CPU is that of the server's process. Every delivery was "
                "checked; a run that lost one, or that the client limited, has no figure. Where the "
                "client rests 200 us between reads (its command says `--read-gap-us 200`) that is "
                "part of every latency."]

    def commands(self):
        lines = ["", "## Commands", "", f"This report: `{self.command}`.", "",
                 "The load generator, in the first round; `$SECRET` is `contestants.SECRET`, and "
                 "parleyd was started with it as `PARLEY_AUTH__HS256_SECRET`, with "
                 "`PARLEY_LIMITS__ENABLED=false` and with a database of its own:", ""]
        for (scenario, label), command in self.session.commands.items():
            lines.append(f"- {scenario}, {label}: `{command}`")
        return lines

    def save(self, folder):
        """@returns the path of the Markdown file"""
        folder.mkdir(parents=True, exist_ok=True)
        options = self.session.options
        stem = f"{datetime.datetime.now():%Y%m%d-%H%M%S}-{options.store}"
        lines = self.head()
        for scenario in self.session.scenarios:
            lines += self.section(scenario, folder, stem)
        lines += self.peer_ratios()
        lines += [""] + [f"- {note}" for note in self.session.notes]
        lines += self.commands()
        path = folder / f"{stem}.md"
        path.write_text("\n".join(lines) + "\n")
        figures = [{"scenario": scenario, "server": label, "rounds": rounds}
                   for (scenario, label), rounds in self.session.results.items()]
        missing = [{"scenario": scenario, "server": label, "why": why}
                   for (scenario, label), why in
                   (self.session.limited | self.session.failures).items()]
        (folder / f"{stem}.json").write_text(json.dumps(
            {"machine": self.info, "command": self.command, "store": options.store,
             "settings": dict(options.set), "frame_extra": self.session.frame_extra,
             "results": figures, "no_figures": missing}, indent=1))
        return path
