#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Writes the figures of tools/bench into docs/performance.md, between its marks, and makes
docs/performance.json and docs/performance.svg. It does not change the prose of the page.

Usage: report.py FOLDER KERNEL DATE
       report.py --check FIGURES KEPT
--check fails if the ratio of an operation to ntsync is more than 5 % above the kept one.
"""

import json
import math
import re
import statistics
import sys

# Operations of the native ABI only, and what to do on ntsync instead.
INSTEAD = {
    "CLEAR": "RESET",
    "WAIT_ONE, signaled": "wait for 1, signaled",
    "try WAIT_ONE, unsignaled": "try 1, unsignaled",
    "ping-pong of two threads, by SIGNAL_AND_WAIT": "ping-pong of two threads, by set and wait",
}
# Operations that do not reach the driver.
FLOORS = ("getppid", "futex: wake, nobody waits", "eventfd: write + read")


def lines(path, columns):
    """The lines of a file that have this number of columns. Others are from the console."""
    with open(path, encoding="utf-8") as file:
        split = (line.rstrip("\n").split("\t") for line in file)
        return [columns_of for columns_of in split if len(columns_of) == columns]


def costs(path):
    """{row: {whose: instructions}}"""
    rows = {}
    for whose, row, value in lines(path, 3):
        rows.setdefault(row, {})[whose] = int(value)
    return rows


def ratio(rows, row, whose):
    """The cost of one of our operations relative to ntsync's, or None."""
    theirs = rows.get(row, {}).get("ntsync") or rows.get(INSTEAD.get(row), {}).get("ntsync")
    ours = rows[row].get(whose)
    return ours / theirs if ours and theirs else None


def shown(value):
    return "" if value is None else f"{value:.2f}" if isinstance(value, float) else f"{value:,}"


def table(head, body):
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in body:
        yield "| " + " | ".join(shown(cell) if not isinstance(cell, str) else cell for cell in row) + " |"


def cost_table(rows):
    def body():
        for row, of in rows.items():
            same, native = ratio(rows, row, "personality"), ratio(rows, row, "native")
            yield row, of.get("ntsync"), of.get("personality"), same, of.get("native"), native

    yield from table(("operation", "ntsync", "ours, same ABI", "ratio", "ours, native ABI", "ratio"), body())
    ratios = [ratio(rows, row, "personality") for row in rows if row not in FLOORS]
    mean = statistics.geometric_mean(filter(None, ratios))
    yield ""
    yield f"The geometric mean of the ratios of the same ABI is {mean:.2f}. It leaves out getppid, futex and eventfd."


def scaling(path):
    """{row: {n: {whose: value}}}"""
    rows = {}
    for whose, row, number, value in lines(path, 4):
        rows.setdefault(row, {}).setdefault(int(number), {})[whose] = int(value)
    return rows


def scaling_table(rows, matching):
    def body():
        for row, numbers in rows.items():
            if re.search(matching, row):
                for number, of in numbers.items():
                    native = ratio(numbers, number, "native")
                    same = ratio(numbers, number, "personality")
                    yield row, number, of.get("ntsync"), of.get("personality"), same, of.get("native"), native

    return table(("what", "n", "ntsync", "ours, same ABI", "ratio", "ours, native ABI", "ratio"), body())


def concurrency(path):
    """{row: [ratio of each round]}, and for each driver the rate of waits for any beside waits for all, relative to that alone."""
    rows = {}
    for row, whose, number, value in lines(path, 4):
        rows.setdefault(row, {}).setdefault(int(number), {})[whose] = int(value)
    ratios = {row: [of["ntevent"] / of["ntsync"] for of in rounds.values()] for row, rounds in rows.items()}
    alone = rows.pop("wait for any, beside a thread without events")
    beside = rows["wait for any, beside waits for all of other objects"]
    for whose, name in (("ntevent", "ours"), ("ntsync", "ntsync")):
        ratios[f"{name}: rate of waits for any beside waits for all, to that alone"] = [
            alone[number][whose] / beside[number][whose] for number in alone
        ]
    return ratios


def spread(ratios):
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"


def concurrency_table(of_processors):
    processors = sorted(of_processors)
    head = ["what", *(f"{count} processors" for count in processors)]
    rows = of_processors[processors[0]]
    return table(head, ([row, *(spread(of_processors[count][row]) for count in processors)] for row in rows))


COLOURS = {"ntsync": "#c0392b", "personality": "#2980b9", "native": "#27ae60"}
NAMES = {"ntsync": "ntsync", "personality": "ours, same ABI", "native": "ours, native ABI"}


def panel(left, title, across, numbers):
    """One plot, both axes logarithmic: {n: {whose: value}}."""
    width, height, top = 360, 240, 40
    most_x, values = math.log(max(numbers)), [value for of in numbers.values() for value in of.values()]
    low, high = math.log10(min(values)), math.log10(max(values))

    def place(number, value):
        x = left + 60 + (width - 80) * math.log(number) / most_x
        return f"{x:.1f},{top + height - 40 - (height - 60) * (math.log10(value) - low) / (high - low):.1f}"

    yield f'<text x="{left + 60}" y="{top - 8}" font-weight="bold">{title}</text>'
    yield f'<path d="M{place(1, 10**high)} L{place(1, 10**low)} L{place(max(numbers), 10**low)}" stroke="#888" fill="none"/>'
    for number in numbers:
        x = place(number, 10**low).split(",")[0]
        yield f'<text x="{x}" y="{top + height - 24}" text-anchor="middle">{number}</text>'
    for power in range(math.ceil(low), math.floor(high) + 1):
        y = place(1, 10**power).split(",")[1]
        yield f'<text x="{left + 54}" y="{y}" text-anchor="end">{10**power:,}</text>'
    yield f'<text x="{left + 200}" y="{top + height - 6}" text-anchor="middle">{across}</text>'
    for whose, colour in COLOURS.items():
        points = " ".join(place(number, of[whose]) for number, of in numbers.items() if whose in of)
        yield f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'


def plot(rows):
    yield '<svg xmlns="http://www.w3.org/2000/svg" width="1140" height="310" font-family="sans-serif" font-size="12">'
    yield '<rect width="1140" height="310" fill="white"/>'
    panels = (
        ("any of n, last signaled", "objects"),
        ("all of n", "objects"),
        ("set that releases n waiters, until it returns", "waiters"),
    )
    for index, (row, across) in enumerate(panels):
        yield from panel(380 * index, row, across, rows[row])
    for index, (whose, colour) in enumerate(COLOURS.items()):
        yield f'<text x="{60 + 130 * index}" y="302" fill="{colour}">{NAMES[whose]}</text>'
    yield '<text x="1120" y="302" text-anchor="end">instructions</text>'
    yield "</svg>"


def report(folder, kernel, date):
    off, auto = costs(f"{folder}/cost-off.tsv"), costs(f"{folder}/cost-auto.tsv")
    grown = scaling(f"{folder}/scaling-off.tsv")
    together = {count: concurrency(f"{folder}/contention-{count}.tsv") for count in (2, 4)}
    parts = {
        "of": [f"Kernel {kernel}, {date}."],
        "cost-off": cost_table(off),
        "cost-auto": cost_table(auto),
        "objects": scaling_table(grown, "of n, |all of n"),
        "waiters": scaling_table(grown, "waiters"),
        "events": scaling_table(grown, "live events"),
        "names": scaling_table(grown, "names"),
        "concurrency": concurrency_table(together),
    }
    with open("docs/performance.md", encoding="utf-8") as file:
        text = file.read()
    for name, part in parts.items():
        marked = f"<!-- {name} -->\n" + "\n".join(part) + "\n<!-- end -->"
        text, count = re.subn(f"<!-- {name} -->\n.*?<!-- end -->", lambda _, new=marked: new, text, flags=re.DOTALL)
        if count != 1:
            sys.exit(f"docs/performance.md has no place for {name}")
    with open("docs/performance.md", "w", encoding="utf-8") as file:
        file.write(text)
    with open("docs/performance.svg", "w", encoding="utf-8") as file:
        file.write("\n".join(plot(grown)) + "\n")
    figures = {
        "kernel": kernel, "date": date, "cost": {"mitigations=off": off, "mitigations=auto": auto},
        "scaling": grown, "concurrency": together,
    }
    with open("docs/performance.json", "w", encoding="utf-8") as file:
        json.dump(figures, file, indent=1)
        file.write("\n")


def check(figures, kept):
    """An operation may not cost more than at the last `make bench`, whose figures are kept."""
    rows, failed, passed = costs(figures), 0, 0
    with open(kept, encoding="utf-8") as file:
        kept_rows = json.load(file)["cost"]["mitigations=off"]
    for row in kept_rows:
        for whose in ("personality", "native"):
            before = ratio(kept_rows, row, whose)
            if before is None:
                continue
            after = ratio(rows, row, whose) if row in rows else None
            good = after is not None and after <= before * 1.05
            print("ok -" if good else "not ok -", f"{row}, {NAMES[whose]}: {shown(after)} of ntsync's, kept {shown(before)}")
            passed, failed = passed + good, failed + (not good)
    print(f"{passed} passed, {failed} failed")
    return failed or not passed


if __name__ == "__main__":
    if sys.argv[1] == "--check":
        sys.exit(1 if check(*sys.argv[2:]) else 0)
    report(*sys.argv[1:])
