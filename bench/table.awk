# SPDX-License-Identifier: GPL-2.0
# Makes of the lines of bench/guest a table, or with json=1 an object: each row's instructions, and how they are to those
# of the in-tree ntsync.
BEGIN { FS = "\t" }

NF == 3 {
	if (!($2 in seen)) {
		seen[$2] = 1
		rows[++count] = $2
	}
	cost[$1, $2] = $3 + 0
}

function ratio(whose, row) {
	return ("ntsync", row) in cost && (whose, row) in cost ? cost[whose, row] / cost["ntsync", row] : 0
}

function cell(whose, row) {
	return (whose, row) in cost ? cost[whose, row] : ""
}

function against(whose, row,   of) {
	of = ratio(whose, row)
	return of ? sprintf("%.2f", of) : ""
}

function number(whose, row) {
	return (whose, row) in cost ? cost[whose, row] : "null"
}

END {
	if (json) {
		print "{"
		for (i = 1; i <= count; i++)
			printf "  \"%s\": {\"ntsync\": %s, \"personality\": %s, \"native\": %s}%s\n", rows[i], number("ntsync", rows[i]),
				number("personality", rows[i]), number("native", rows[i]), i < count ? "," : ""
		print "}"
		exit
	}
	print "| operation | ntsync | ours, same ABI | ratio | ours, native ABI | ratio |"
	print "|---|---|---|---|---|---|"
	for (i = 1; i <= count; i++) {
		r = rows[i]
		printf "| %s | %s | %s | %s | %s | %s |\n", r, cell("ntsync", r), cell("personality", r), against("personality", r),
			cell("native", r), against("native", r)
	}
}
