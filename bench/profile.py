#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Names what bench/profiler.c and bench/sharing.c have found.

Usage: profile.py counts COUNTS SYMBOLS CALLS, where COUNTS is the output of bench/profiler.c for that
many calls, and SYMBOLS is the guest's /proc/kallsyms. Prints the functions and their instructions.

Usage: profile.py shared LINES SYMBOLS CALLS, where LINES is the output of bench/sharing.c. Prints each
cache line that both processors wrote in at least one of ten calls, and the functions that wrote it.
"""

import bisect
import collections
import re
import subprocess
import sys


class Symbols:
    """The symbols of the guest's kernel."""

    def __init__(self, path, types):
        with open(path, encoding="utf-8") as file:
            split = (line.split() for line in file)
            self.table = sorted((int(words[0], 16), words[2]) for words in split if words[1] in types)
        self.addresses = [address for address, _ in self.table]

    def name(self, address):
        """The last symbol that is not above the address."""
        return self.table[bisect.bisect_right(self.addresses, address) - 1][1]


def plain(names):
    """The names of Rust without their mangling."""
    found = subprocess.run(["c++filt"], input="\n".join(names), capture_output=True, text=True, check=True)
    return [re.sub(r"\[[0-9a-f]{16}\]", "", name) for name in found.stdout.split("\n")]


def counts(path, symbols, calls):
    """Prints how many instructions each function runs in a call."""
    code = Symbols(symbols, "tTwW")
    found = collections.Counter()
    with open(path, encoding="utf-8") as file:
        for line in file:
            address, count = line.split()
            address = int(address, 16)
            found["(user space)" if address < 1 << 47 else code.name(address)] += int(count)
    print(f"{sum(found.values()) / int(calls):10.1f} in all")
    for name, (_, count) in sorted(zip(plain(found), found.items()), key=lambda of: -of[1][1]):
        if count >= int(calls):
            print(f"{count / int(calls):10.1f} {name}")


def shared(path, symbols, calls):
    """Prints the cache lines that both processors write."""
    code = Symbols(symbols, "tTwW")
    data = Symbols(symbols, "bBdDrR")
    with open(path, encoding="utf-8") as file:
        found = [line.split() for line in file]
    found = [line for line in found if min(int(line[1]), int(line[2])) * 10 >= int(calls)]
    for line in sorted(found, key=lambda line: -int(line[1])):
        address = int(line[0], 16)
        # The images of the kernel and of its modules are above all other memory.
        where = data.name(address) if address >= 0xFFFFFFFF80000000 else "(allocated)"
        writers = dict.fromkeys(plain([code.name(int(writer, 16)) for writer in line[3:]]))
        # One of them may run its calls while the other is not there.
        writes = max(int(line[1]), int(line[2])) / int(calls)
        print(f"{writes:6.1f} {where}: {', '.join(filter(None, writers))}")
    print(f"{len(found)} cache lines")


if __name__ == "__main__":
    {"counts": counts, "shared": shared}[sys.argv[1]](*sys.argv[2:])
