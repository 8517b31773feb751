#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Loads and unloads the module 100 times (10 with NTEVENT_BRIEF=y) with some work in between, and
# checks for leaks.
# Usage: load_test.sh MODULE, which is a .ko. Skips without it or without root.

module=${1:-${NTEVENT_MODULE:-}}
work=$(dirname "$0")/event_test
echo "TAP version 13"
echo "1..4"
if [ ! -e "$module" ] || [ "$(id -u)" -ne 0 ] || ! grep -q "^ntevent " /proc/modules; then
	echo "ok 1 # SKIP needs root, the module loaded, and the path of its .ko"
	exit 4
fi
number=0 failed=0
report() {
	number=$((number + 1))
	if [ "$1" -eq 0 ]; then echo "ok $number - $2"; else echo "not ok $number - $2"; failed=1; fi
}
slab() { sed -n 's/^SUnreclaim: *\([0-9]*\) kB/\1/p' /proc/meminfo; }

# The first rounds fill caches that the kernel keeps.
cycle() {
	rmmod ntevent && insmod "$module" ntsync=1 && "$work" >/dev/null
}
status=0 rounds=100
[ "${NTEVENT_BRIEF:-}" != y ] || rounds=10
for _ in 1 2 3 4 5; do cycle || status=1; done
before=$(slab)
for _ in $(seq $((rounds - 5))); do cycle || { status=1; break; }; done
after=$(slab)
report $status "$rounds cycles of unload, load and work"
grown=$((after - before))
echo "# unreclaimable slab: $before kB, then $after kB"
[ $grown -lt 4096 ]; report $? "memory is flat"
rmmod ntevent
! ls /dev/nt* /sys/class/misc/nt* >/dev/null 2>&1 && ! grep -qE 'ntevent|ntsync' /proc/misc
report $? "no node is left"
! grep -q '\[ntevent\]' /proc/kallsyms && ! [ -e /sys/module/ntevent ]
report $? "no symbol is left"
insmod "$module" ntsync=1
if [ $failed -eq 0 ]; then echo "# Totals: pass:4 fail:0 xfail:0 xpass:0 skip:0 error:0"; else
	echo "# Totals: pass:0 fail:4 xfail:0 xpass:0 skip:0 error:0"; fi
exit $failed
