#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Tests the module's parameter ntsync, alone and beside the kernel's driver of that name.
# Usage: ntsync_load_test.sh MODULE NTSYNC, which are two .ko. Skips without them or without root.

module=${1:-${NTEVENT_MODULE:-}} driver=${2:-${NTSYNC_MODULE:-}}
work=$(dirname "$0")
echo "TAP version 13"
echo "1..5"
if [ ! -e "$module" ] || [ ! -e "$driver" ] || [ "$(id -u)" -ne 0 ] || ! grep -q "^ntevent " /proc/modules; then
	echo "ok 1 # SKIP needs root, the module loaded, and the paths of both .ko"
	exit 4
fi
number=0 passed=0 failed=0
report() {
	number=$((number + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $number - $2"
		passed=$((passed + 1))
	else
		echo "not ok $number - $2"
		failed=$((failed + 1))
	fi
}
says() { dmesg | grep -c '/dev/ntsync is another driver'; }

rmmod ntevent
insmod "$module" && [ -c /dev/ntevent ] && ! [ -e /dev/ntsync ]
report $? 'without the parameter there is no /dev/ntsync'
rmmod ntevent
for value in 2 256 -1 yes; do ! insmod "$module" ntsync=$value 2>/dev/null || break; done && ! [ -e /sys/module/ntevent ]
report $? 'what is not 0 or 1 is refused'
before=$(says)
insmod "$driver" && insmod "$module" ntsync=1 && [ -c /dev/ntevent ] && [ $(($(says) - before)) -eq 1 ]
report $? 'where the name is taken the module says so in one line and loads without'
"$work/event_test" >/dev/null && "$work/ntsync_event_test" >/dev/null && [ "$(cat /sys/module/ntevent/refcnt)" -eq 0 ]
report $? 'then both work, each with its own'
rmmod ntsync && ! [ -e /dev/ntsync ] && rmmod ntevent && insmod "$module" ntsync=1 && [ -c /dev/ntsync ] &&
	[ "$(stat -c %a /dev/ntsync)" = 666 ] && "$work/ntsync_event_test" >/dev/null
report $? 'with the parameter the module serves it'
echo "# Totals: pass:$passed fail:$failed xfail:0 xpass:0 skip:0 error:0"
[ $failed -eq 0 ]
