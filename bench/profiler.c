// SPDX-License-Identifier: GPL-2.0
/*
 * A QEMU plugin that counts how often each instruction of the guest runs between two marks, which
 * bench/cost.c executes. The first mark starts counting. The second writes lines "ADDRESS COUNT" to
 * the file that the argument names.
 */
#include "plugin.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct counter {
	uint64_t address, count;
	struct counter *next;
};

static struct counter *counters[1 << 16];
static bool counting;

static struct counter *counter_of(uint64_t address)
{
	struct counter **first = &counters[address * 0x9e3779b97f4a7c15ull >> 48], *counter;

	for (counter = *first; counter; counter = counter->next)
		if (counter->address == address)
			return counter;
	counter = calloc(1, sizeof(*counter));
	if (!counter)
		abort();
	counter->address = address;
	counter->next = *first;
	return *first = counter;
}

static void executed(unsigned int cpu, void *counter)
{
	(void)cpu;
	((struct counter *)counter)->count += counting;
}

static void marked(unsigned int cpu, void *unused)
{
	const struct counter *counter;
	FILE *file;
	int i;

	(void)cpu, (void)unused;
	counting = !counting;
	if (counting)
		return;
	file = fopen(output, "w");
	if (!file)
		abort();
	for (i = 0; i < 1 << 16; i++)
		for (counter = counters[i]; counter; counter = counter->next)
			if (counter->count)
				fprintf(file, "%" PRIx64 " %" PRIu64 "\n", counter->address, counter->count);
	fclose(file);
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *block)
{
	size_t i;

	(void)id;
	for (i = 0; i < qemu_plugin_tb_n_insns(block); i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(block, i);

		if (is_mark(insn))
			qemu_plugin_register_vcpu_insn_exec_cb(insn, marked, 0, NULL);
		else
			qemu_plugin_register_vcpu_insn_exec_cb(insn, executed, 0, counter_of(qemu_plugin_insn_vaddr(insn)));
	}
}

int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int argc, char **argv)
{
	(void)info;
	return install(id, argc, argv, translated);
}
