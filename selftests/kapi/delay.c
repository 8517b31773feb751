// SPDX-License-Identifier: GPL-2.0
/* Issue 17, number 21: KeDelayExecutionThread, and the clocks of NT. */
#include <linux/delay.h>
#include <linux/sched/signal.h>
#include "test.h"

#define EPOCH	116444736000000000LL	/* 1970, in units of 100 ns since 1601 */
#define LATE	60000			/* milliseconds */

static NTSTATUS delay(KPROCESSOR_MODE mode, BOOLEAN alertable, s64 interval)
{
	LARGE_INTEGER i = { .QuadPart = interval };

	return KeDelayExecutionThread(mode, alertable, &i);
}

void F21_delay_lasts_as_long_as_it_says(struct test *t)
{
	static const int lengths[] = { 0, 1, 20 };
	LARGE_INTEGER now;
	int mode, i;

	for (mode = KernelMode; mode <= UserMode; mode++)
		for (i = 0; i < ARRAY_SIZE(lengths); i++) {
			ktime_t began = ktime_get();
			s64 us;

			EQ(STATUS_SUCCESS, delay(mode, FALSE, -10000LL * lengths[i]));
			us = ktime_us_delta(ktime_get(), began);
			OK(us >= 1000 * lengths[i]);
			OK(us < 1000LL * LATE);
			/* The delay lasts until a time of the wall clock. */
			KeQuerySystemTime(&now);
			EQ(STATUS_SUCCESS, delay(mode, TRUE, now.QuadPart + 10000LL * lengths[i]));
			KeQuerySystemTime(&now);
			OK(now.QuadPart - EPOCH >= 0);
		}
	/* These times have passed already. */
	EQ(STATUS_SUCCESS, delay(KernelMode, FALSE, 1));
	EQ(STATUS_SUCCESS, delay(KernelMode, FALSE, EPOCH));
}

void F21_bad_arguments_of_a_delay(struct test *t)
{
	EQ(STATUS_INVALID_PARAMETER_1, delay(2, FALSE, 0));
	EQ(STATUS_INVALID_PARAMETER_1, delay(-1, FALSE, 0));
	EQ(STATUS_INVALID_PARAMETER_3, KeDelayExecutionThread(KernelMode, FALSE, NULL));
}

/* A signal ends only an alertable delay for a user. The signal stays pending. */
void F21_delay_and_a_pending_signal(struct test *t)
{
	ktime_t began = ktime_get();

	send_sig(SIGUSR1, current, 1);
	OK(signal_pending(current));
	EQ(STATUS_USER_APC, delay(UserMode, TRUE, -10000LL * LATE));
	EQ(STATUS_USER_APC, delay(UserMode, TRUE, S64_MIN));
	EQ(STATUS_USER_APC, delay(UserMode, TRUE, S64_MAX));
	EQ(STATUS_USER_APC, delay(UserMode, TRUE, 0));
	OK(ktime_ms_delta(ktime_get(), began) < LATE);
	EQ(STATUS_SUCCESS, delay(UserMode, FALSE, -100000));
	EQ(STATUS_SUCCESS, delay(KernelMode, TRUE, -100000));
	EQ(STATUS_SUCCESS, delay(KernelMode, FALSE, 0));
	OK(ktime_ms_delta(ktime_get(), began) >= 20);
	OK(signal_pending(current));
}

void F21_clocks(struct test *t)
{
	LARGE_INTEGER time, frequency = { .QuadPart = 0 }, first, second;
	s64 before = ktime_get_real_ns() / 100 + EPOCH, after;

	KeQuerySystemTime(&time);
	after = ktime_get_real_ns() / 100 + EPOCH;
	OK(before <= time.QuadPart && time.QuadPart <= after);
	KeQuerySystemTime(NULL);
	before = ktime_get_ns();
	first = KeQueryPerformanceCounter(&frequency);
	msleep(20);
	second = KeQueryPerformanceCounter(NULL);
	after = ktime_get_ns();
	EQ(10000000, frequency.QuadPart);
	OK(second.QuadPart - first.QuadPart >= 100000);
	OK(before / 100 <= first.QuadPart && second.QuadPart <= after / 100);
}
