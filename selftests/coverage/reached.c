// SPDX-License-Identifier: GPL-2.0
/*
 * ntevent_coverage.ko records which edges of ntevent.ko were reached, over all its loads. It is
 * loaded before ntevent.ko and stays loaded. Each line of /sys/kernel/debug/ntevent_coverage is an
 * edge: "text" or "init", and the offset of its call's return address in that memory of the module.
 */

#include <linux/bitmap.h>
#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/seq_file.h>

#include "coverage.h"

/* More than the size of either memory. */
#define TEXT_SIZE (1 << 20)

/* A memory of the module that has code. */
struct text {
	const char *name;
	enum mod_mem_type type;
	DECLARE_BITMAP(reached, TEXT_SIZE);
};

static struct text texts[] = {
	{ .name = "text", .type = MOD_TEXT },
	{ .name = "init", .type = MOD_INIT_TEXT },
};

static struct dentry *file;

void notrace ntevent_coverage_record(struct module *module, unsigned long ip)
{
	for (int i = 0; i < ARRAY_SIZE(texts); i++) {
		unsigned long offset = ip - (unsigned long)module->mem[texts[i].type].base;

		if (offset > module->mem[texts[i].type].size || offset >= TEXT_SIZE)
			continue;
		/*
		 * The bit is usually set. Not writing it keeps the cache line shared between CPUs.
		 */
		if (!test_bit(offset, texts[i].reached))
			set_bit(offset, texts[i].reached);
	}
}
EXPORT_SYMBOL_GPL(ntevent_coverage_record);

static int ntevent_coverage_show(struct seq_file *out, void *unused)
{
	for (int i = 0; i < ARRAY_SIZE(texts); i++) {
		unsigned long offset;

		for_each_set_bit(offset, texts[i].reached, TEXT_SIZE)
			seq_printf(out, "%s %lx\n", texts[i].name, offset);
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(ntevent_coverage);

static int __init ntevent_coverage_init(void)
{
	file = debugfs_create_file("ntevent_coverage", 0400, NULL, NULL, &ntevent_coverage_fops);
	return 0;
}
module_init(ntevent_coverage_init);

static void __exit ntevent_coverage_exit(void)
{
	debugfs_remove(file);
}
module_exit(ntevent_coverage_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Which edges of ntevent.ko were reached");
