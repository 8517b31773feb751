/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The part of QEMU's plugin interface that the plugins of this folder use. Debian has no header for
 * it.
 */
#ifndef BENCH_PLUGIN_H
#define BENCH_PLUGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint64_t qemu_plugin_id_t;
typedef uint32_t qemu_plugin_meminfo_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;

enum { QEMU_PLUGIN_MEM_R = 1, QEMU_PLUGIN_MEM_W };

void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id, void (*cb)(qemu_plugin_id_t, struct qemu_plugin_tb *));
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn, void (*cb)(unsigned int, void *), int flags,
					    void *data);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *insn,
				      void (*cb)(unsigned int, qemu_plugin_meminfo_t, uint64_t, void *), int flags,
				      int which, void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t index);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
size_t qemu_plugin_insn_data(const struct qemu_plugin_insn *insn, void *to, size_t size);

int qemu_plugin_version = 4;
int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int argc, char **argv);

/* The file that the plugin writes. */
static const char *output;

/* Calls TRANSLATED for each block of code. The only argument is "out=FILE". */
static inline int install(qemu_plugin_id_t id, int argc, char **argv,
			  void (*translated)(qemu_plugin_id_t, struct qemu_plugin_tb *))
{
	if (argc != 1 || strncmp(argv[0], "out=", 4))
		return 1;
	output = argv[0] + 4;
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	return 0;
}

/* Whether the instruction is MARK of bench/cost.c. */
static inline bool is_mark(const struct qemu_plugin_insn *insn)
{
	static const unsigned char mark[] = { 0x0f, 0x1f, 0x84, 0x00, 0x4e, 0x54, 0x37, 0x13 };
	unsigned char bytes[16];

	return qemu_plugin_insn_data(insn, bytes, sizeof(bytes)) == sizeof(mark) && !memcmp(bytes, mark, sizeof(mark));
}

#endif
