#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Names the functions in which the instructions of one operation ran.

Usage: profile.py COUNTS SYMBOLS CALLS, where COUNTS is the output of bench/profiler.c for that many
calls, and SYMBOLS is the guest's /proc/kallsyms.
"""

import bisect
import collections
import re
import subprocess
import sys


def symbols(path):
    with open(path, encoding="utf-8") as file:
        split = (line.split() for line in file)
        return sorted((int(words[0], 16), words[2]) for words in split if len(words) >= 3 and words[1] in "tTwW")


def main(counts, names, calls):
    table = symbols(names)
    addresses = [address for address, _ in table]
    found = collections.Counter()
    with open(counts, encoding="utf-8") as file:
        for line in file:
            address, count = line.split()
            address = int(address, 16)
            user = address < 1 << 47
            name = "(user space)" if user else table[bisect.bisect_right(addresses, address) - 1][1]
            found[name] += int(count)
    plain = subprocess.run(["c++filt"], input="\n".join(found), capture_output=True, text=True, check=True).stdout
    print(f"{sum(found.values()) / int(calls):10.1f} in all")
    for name, (_, count) in sorted(zip(plain.split("\n"), found.items()), key=lambda of: -of[1][1]):
        if count >= int(calls):
            print(f"{count / int(calls):10.1f} {re.sub(r'\[[0-9a-f]{16}\]', '', name)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
