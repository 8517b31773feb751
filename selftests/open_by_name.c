// SPDX-License-Identifier: GPL-2.0
/*
 * How much an open by name costs in a directory of 10^2 to 10^5 names. On a machine that counts instructions
 * (tools/vm run --icount), where 1 ns is one, the figures are instructions. Nothing is demanded of them.
 */
#include "names.h"
#include "stress.h"

#define LARGEST	100000
#define SAMPLES	501

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

/* Spreads the numbers, so that names do not come in their order, nor in groups: 7919 is prime. */
static void name_of(char16_t name[9], int number)
{
	uint64_t spread = number * 7919ULL % 100000007;
	int digit;

	for (digit = 7; digit >= 0; digit--, spread /= 10)
		name[digit] = u'0' + spread % 10;
	name[8] = 0;
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* The median of opens of names, of which the first FROM are left out and COUNT are drawn from. */
static int64_t cost(int dev, int folder, int from, int count, uint32_t attributes)
{
	int64_t samples[SAMPLES], start;
	char16_t name[9];
	int i, fd;

	for (i = 0; i < SAMPLES; i++) {
		name_of(name, from + random_below(count));
		start = now_ns();
		fd = open_event(dev, name, folder, attributes);
		samples[i] = now_ns() - start;
		close(fd);
	}
	qsort(samples, SAMPLES, sizeof(samples[0]), compare);
	return samples[SAMPLES / 2];
}

TEST_F_TIMEOUT(nt, open_by_name, 3600)
{
	static const int sizes[] = { 100, 1000, 10000, LARGEST };
	int64_t found, folded, absent, first = 0;
	int folder, made = 0, logarithm;
	char16_t name[9];
	unsigned int i;

	if (!write_text("/proc/sys/fs/nr_open", "200000") || !raise_fd_limit(LARGEST + 64))
		SKIP(return, "not so many fds here");
	ASSERT_EQ(0, ioctl(self->dev, NTEVENT_IOC_NEW_NAMESPACE));
	random_state = 1;
	folder = create_directory(self->dev, IN_BASE(u"bench"), NO_ROOT, 0);
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		for (; made < sizes[i]; made++) {
			name_of(name, made);
			ASSERT_LE(0, create_event(self->dev, name, folder, 0));
		}
		found = cost(self->dev, folder, 0, made, 0);
		folded = cost(self->dev, folder, 0, made, FOLD);
		absent = cost(self->dev, folder, made, made, 0);
		first = first ? first : found;
		/* Of 10^2 to 10^5 the logarithms are as 2 to 5. */
		logarithm = 100 * (i + 2) / 2;
		TH_LOG("%6d names: open %lld, case-insensitive %lld, absent %lld; open to the first %lld.%02lld, log to log %d.%02d",
		       made, (long long)found, (long long)folded, (long long)absent, (long long)(found / first),
		       (long long)(found * 100 / first % 100), logarithm / 100, logarithm % 100);
	}
}

TEST_HARNESS_MAIN
