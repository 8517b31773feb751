# SPDX-License-Identifier: GPL-2.0
# Checks the log of tools/guest-soak for tools/soak: whether the run came to its end, whether there
# were hand-offs to each number of threads, and whether the kernel's memory is as it was after the
# warm-up.

function verdict(good, title) {
	print (good ? "ok - " : "not ok - ") title
}

/^soak: ended/ { ended = 1 }

/ waiters: [0-9]+ rounds, / {
	sub(/^.*:/, "", $(NF - 5))
	hand_offs[$(NF - 5)] += $(NF - 1)
}

# slabinfo: name, objects in use, objects, size of one object. vmap_area is left out, because the
# kernel frees the address ranges of old stacks in batches of thousands. The objects in which
# the detectors keep data about these are left out too.
$1 == "#" && $2 == "slab" && $4 !~ /^(vmap_area|kmemleak_.*|debug_objects_cache)$/ && $5 ~ /^[0-9]+$/ { bytes[$3] += $5 * $7 }
$1 == "#" && $2 == "objects" { objects[$3] = $4 }

END {
	verdict(ended, "the run came to its end")
	if (!ended)
		exit
	verdict(hand_offs[1] && hand_offs[64] && hand_offs[4096], "hand-offs to 1, to 64 and to 4096 waiters")
	change = bytes["before"] ? (bytes["after"] / bytes["before"] - 1) * 100 : 100
	verdict(change <= 1 && change >= -1, \
		sprintf("slab is flat: %d kB in use, then %d kB (%+.2f %%; allowed: 1 %%)", \
			bytes["before"] / 1024, bytes["after"] / 1024, change))
	verdict(objects["after"] == objects["before"], \
		sprintf("the module left no objects: %d, then %d", objects["before"], objects["after"]))
}
