// SPDX-License-Identifier: GPL-2.0
/*
 * A QEMU plugin that counts how often each instruction of the guest runs between two marks, which
 * bench/cost.c executes. The first mark starts counting. The second writes lines "ADDRESS COUNT" to
 * the file that the argument names.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The part of QEMU's plugin interface that is used here. Debian has no header for it. */
typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id, void (*cb)(qemu_plugin_id_t, struct qemu_plugin_tb *));
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn, void (*cb)(unsigned int, void *), int flags,
					    void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t index);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
size_t qemu_plugin_insn_data(const struct qemu_plugin_insn *insn, void *to, size_t size);

int qemu_plugin_version = 4;
int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int argc, char **argv);

struct counter {
	uint64_t address, count;
	struct counter *next;
};

static struct counter *counters[1 << 16];
static bool counting;
static const char *output;

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
	/* MARK of bench/cost.c */
	static const unsigned char mark[] = { 0x0f, 0x1f, 0x84, 0x00, 0x4e, 0x54, 0x37, 0x13 };
	unsigned char bytes[16];
	size_t i;

	(void)id;
	for (i = 0; i < qemu_plugin_tb_n_insns(block); i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(block, i);

		if (qemu_plugin_insn_data(insn, bytes, sizeof(bytes)) == sizeof(mark) && !memcmp(bytes, mark, sizeof(mark)))
			qemu_plugin_register_vcpu_insn_exec_cb(insn, marked, 0, NULL);
		else
			qemu_plugin_register_vcpu_insn_exec_cb(insn, executed, 0, counter_of(qemu_plugin_insn_vaddr(insn)));
	}
}

int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int argc, char **argv)
{
	(void)info;
	if (argc != 1 || strncmp(argv[0], "out=", 4))
		return 1;
	output = argv[0] + 4;
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	return 0;
}
