# SPDX-License-Identifier: GPL-2.0
# Makes the report of tools/soak from the log of tools/guest-soak and the verdicts in it.

function line(title, text) {
	printf "   %-16s %s\n", title, text
}

function counted(what, n) {
	if (!(what in total))
		order[++kinds] = what
	total[what] += n
}

/^# kernel / { kernel = substr($0, 10) }
/^# duration / { duration = $3 }
/^# rounds / { rounds = $3 }
/^# budget / { budget = $3 }

# What a test prints about its run: "# file.c:line:test:numbers and words"
/^# [a-z_]+_test\.c:[0-9]+:[A-Za-z0-9_]+:/ {
	split($0, part, ":")
	program = substr(part[1], 3)
	sub(/_test\.c$/, "", program)
	text = substr($0, length(part[1] part[2] part[3]) + 4)
	words = split(text, word, /[ ,:]+/)
	for (i = 1; i < words; i++) {
		if (word[i] !~ /^[0-9]+$/)
			continue
		if (word[i + 1] == "waiters" || word[i + 1] == "threads")
			to = (word[i + 1] == "waiters" ? "hand-offs, waiters: " : "hand-offs, a ring of ") word[i]
		else if (word[i + 1] == "hand-offs")
			counted(to, word[i])
		else if (word[i + 1] ~ /^(tokens|timeouts|interrupted|waits|closes|received|refusals|kills|processes|shots|releases)$/)
			counted(program ": " word[i + 1], word[i])
	}
}

# random: "# N operations on BACKEND, seed S, ..."
/^# [0-9]+ operations on / {
	sub(/,/, "", $5)
	counted("random operations on " $5, $2)
}
/^(not )?ok - \/random / { seeds = seeds " " $NF ($1 == "not" ? " (FAILED)" : "") }

$1 == "#" && $2 == "slab" && $5 ~ /^[0-9]+$/ { cache[$3, $4] = $5; size[$4] = $7 }
$1 == "#" && $2 == "memory" { memory[$3, $4] = $5; fields[$4] = 1 }

/^ok - / {
	good++
	if ($3 != "env" && $3 !~ /^\//)
		checks[++n] = $0
}
/^not ok - / { bad++; checks[++n] = $0 }
/^ok [0-9]+ .*# SKIP/ { skipped[$3]++ }
/the guest's console shows/ { console = 20 }
console-- > 0 || /^# shrunk to/ || /^# --- replay/, /^# --- end/ { details[++m] = $0 }

END {
	line("kernel", kernel)
	line("time", sprintf("%d s, %d rounds after the warm-up, %d s for each test", duration, rounds, budget))
	line("runs and checks", sprintf("%d passed, %d failed", good, bad))
	for (i = 1; i <= kinds; i++)
		line(i == 1 ? "done" : "", sprintf("%10d  %s", total[order[i]], order[i]))
	for (name in skipped)
		line("skipped", name)
	for (name in fields)
		line("memory", sprintf("%-14s %8d kB, then %8d kB", name, memory["before", name], memory["after", name]))
	for (name in size)
		if (cache["after", name] > cache["before", name] * 1.05 + 10)
			line("more objects", sprintf("%-24s %6d, then %6d of %d bytes", name, \
				cache["before", name], cache["after", name], size[name]))
	line("seeds", substr(seeds, 2))
	for (i = 1; i <= n; i++)
		line(checks[i] ~ /^not/ ? "FAILED" : "", checks[i])
	for (i = 1; i <= m; i++)
		line("", details[i])
}
