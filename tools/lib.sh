# SPDX-License-Identifier: GPL-2.0
# Functions for the scripts in tools/: messages, timed steps, the cache, and running commands inside
# the trixie root, which has every compiler and emulator that the project uses. Source this file. It
# runs nothing.

set -euo pipefail

NTEVENT_TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
NTEVENT_CACHE=${NTEVENT_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/ntevent}
NTEVENT_JOBS=${NTEVENT_JOBS:-$(nproc)}

# The name of the root has a hash of its list of packages, so a changed list makes a new root.
root_packages() { sed 's/#.*//' "$NTEVENT_TOP/tools/root-packages" | tr -s ' \n' ' '; }
NTEVENT_ROOT=$NTEVENT_CACHE/root-$(root_packages | sha256sum | cut -c1-12)

say() { printf '%s\n' "ntevent: $*" >&2; }
die() { printf '%s\n' "ntevent: error: $*" >&2; exit 1; }

# step TITLE COMMAND...: runs a long command with its output in a log. Prints the last line of the
# log every ten seconds, and at the end how long the command took. On failure prints the end of the
# log.
step() {
	local title=$1 log start pid status=0 beat=0
	shift
	mkdir -p "$NTEVENT_CACHE/log"
	log=$NTEVENT_CACHE/log/$(printf '%s' "$title" | tr -c 'A-Za-z0-9.+' '-').log
	start=$(date +%s)
	say "$title ..."
	"$@" >"$log" 2>&1 </dev/null &
	pid=$!
	while kill -0 "$pid" 2>/dev/null; do
		sleep 0.2
		beat=$((beat + 1))
		if [ $((beat % 50)) -eq 0 ]; then
			say "$title ... $(($(date +%s) - start)) s: $(tail -n 1 "$log" | tr -d '\r' | cut -c1-100)"
		fi
	done
	wait "$pid" || status=$?
	if [ "$status" -ne 0 ]; then
		tail -n 25 "$log" >&2
		die "$title failed with status $status after $(($(date +%s) - start)) s (log: $log)"
	fi
	say "$title: done in $(($(date +%s) - start)) s"
}

# kernel_dir KERNEL FLAVOUR: prints the folder of the cache for a stock kernel or the debug kernel.
# Makes it if it does not exist.
kernel_dir() {
	case $1 in
	debug) "$NTEVENT_TOP/tools/debug-kernel" ;;
	*) "$NTEVENT_TOP/tools/setup" "$1" "$2" ;;
	esac
}
# kernel_name KERNEL FLAVOUR: prints the name of its folders in build/.
kernel_name() { case $1 in debug) echo debug ;; *) echo "$1-$2" ;; esac; }

# locked NAME TITLE COMMAND...: runs COMMAND while it holds the lock of the part NAME of the cache.
# Each part has its own lock. A process that has to wait says for what, and for which process.
locked() {
	local name=$1 title=$2
	shift 2
	mkdir -p "$NTEVENT_CACHE/locks"
	(
		exec 9>>"$NTEVENT_CACHE/locks/$name"
		if ! flock -n 9; then
			say "waiting for $title, which process $(cat "$NTEVENT_CACHE/locks/$name.owner" 2>/dev/null) prepares ..."
			flock 9
			say "waiting for $title: done"
		fi
		echo $$ >"$NTEVENT_CACHE/locks/$name.owner"
		"$@"
	)
}

# in_root COMMAND...: runs COMMAND inside the root, in the current directory. The checkout and the
# cache have the same paths there as outside. The mounts are private to the command and end with it.
in_root() {
	[ "$(id -u)" -eq 0 ] || die "this needs root (it uses chroot and mount); run it as root"
	unshare --mount --fork -- bash -c '
		set -eu
		root=$1 top=$2 cache=$3 dir=$4
		shift 4
		for path in "$top" "$cache" "$dir" ${NTEVENT_BIND:-}; do
			[ -d "$root$path" ] || mkdir -p "$root$path"
			mount --bind "$path" "$root$path"
		done
		# The name servers and the certificates of this machine.
		for file in /etc/resolv.conf /etc/ssl/certs/ca-certificates.crt; do
			[ ! -e "$file" ] || cmp -s "$file" "$root$file" || cp -L "$file" "$root$file"
		done
		mount -t proc proc "$root/proc"
		mount --rbind /dev "$root/dev"
		exec chroot "$root" /usr/bin/env -i \
			PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
			HOME=/root LC_ALL=C.UTF-8 TERM="${TERM:-dumb}" \
			CARGO_HOME="$cache/cargo" CARGO_TERM_PROGRESS_WHEN=never \
			NTEVENT_CACHE="$cache" ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} \
			/bin/sh -c '\''cd "$0" && exec "$@"'\'' "$dir" "$@"
	' bash "$NTEVENT_ROOT" "$NTEVENT_TOP" "$NTEVENT_CACHE" "$PWD" "$@"
}
