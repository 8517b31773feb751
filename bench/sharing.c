// SPDX-License-Identifier: GPL-2.0
/*
 * A QEMU plugin that finds the cache lines of the kernel that two processors write between marks,
 * which bench/cost.c executes on both. It counts after the second mark and before the third. At the
 * third mark it writes a line for each cache line that both processors wrote, to the file that the
 * argument names: "LINE WRITES WRITES" and the addresses of the instructions that wrote.
 */
#include "plugin.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define LINE_BITS	6
#define LINES		(1 << 20)
#define WRITERS		8

static struct line {
	uint64_t number, writes[2], writers[WRITERS];
} lines[LINES];

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int marks;

static struct line *line_of(uint64_t number)
{
	uint64_t i = number * 0x9e3779b97f4a7c15ull >> 44;
	int tried;

	for (tried = 0; tried < LINES; tried++, i = (i + 1) % LINES) {
		if (!lines[i].number)
			lines[i].number = number;
		if (lines[i].number == number)
			return &lines[i];
	}
	abort();
}

static void wrote(unsigned int cpu, qemu_plugin_meminfo_t info, uint64_t address, void *writer)
{
	struct line *line;
	int i;

	(void)info;
	/* User space is below. */
	if (__atomic_load_n(&marks, __ATOMIC_RELAXED) != 2 || cpu > 1 || !(address >> 63))
		return;
	pthread_mutex_lock(&mutex);
	line = line_of(address >> LINE_BITS);
	line->writes[cpu]++;
	for (i = 0; i < WRITERS && line->writers[i] && line->writers[i] != (uintptr_t)writer; i++)
		;
	if (i < WRITERS)
		line->writers[i] = (uintptr_t)writer;
	pthread_mutex_unlock(&mutex);
}

static void report(void)
{
	FILE *file = fopen(output, "w");
	int i, j;

	if (!file)
		abort();
	for (i = 0; i < LINES; i++) {
		if (!lines[i].writes[0] || !lines[i].writes[1])
			continue;
		fprintf(file, "%" PRIx64 " %" PRIu64 " %" PRIu64, lines[i].number << LINE_BITS, lines[i].writes[0],
			lines[i].writes[1]);
		for (j = 0; j < WRITERS && lines[i].writers[j]; j++)
			fprintf(file, " %" PRIx64, lines[i].writers[j]);
		fprintf(file, "\n");
	}
	fclose(file);
}

static void marked(unsigned int cpu, void *unused)
{
	(void)cpu, (void)unused;
	pthread_mutex_lock(&mutex);
	if (__atomic_add_fetch(&marks, 1, __ATOMIC_RELAXED) == 3)
		report();
	pthread_mutex_unlock(&mutex);
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *block)
{
	size_t i;

	(void)id;
	for (i = 0; i < qemu_plugin_tb_n_insns(block); i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(block, i);
		uint64_t address = qemu_plugin_insn_vaddr(insn);

		if (is_mark(insn))
			qemu_plugin_register_vcpu_insn_exec_cb(insn, marked, 0, NULL);
		else if (address >> 63)
			qemu_plugin_register_vcpu_mem_cb(insn, wrote, 0, QEMU_PLUGIN_MEM_W, (void *)(uintptr_t)address);
	}
}

int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int argc, char **argv)
{
	(void)info;
	return install(id, argc, argv, translated);
}
