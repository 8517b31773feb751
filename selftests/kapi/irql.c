// SPDX-License-Identifier: GPL-2.0
/* Issue 17, number 21: what IRQLs are on Linux. */
#include "test.h"

static void current_irql(void *argument)
{
	KIRQL *irql = argument;

	*irql = KeGetCurrentIrql();
}

void F21_irql_of_every_context(struct test *t)
{
	enum context context;
	KIRQL irql;

	for (context = PROCESS; context < CONTEXTS; context++) {
		KIRQL want = context == PROCESS ? PASSIVE_LEVEL :
			     context == IRQS_OFF || context == HARD_IRQ ? HIGH_LEVEL : DISPATCH_LEVEL;

		if (!is_available(context))
			continue;
		in_context(context, current_irql, &irql);
		EQ(want, irql);
	}
}

/* The results of each step. They are checked after the IRQL is lowered again. */
struct steps {
	KIRQL before[3], at[3], after[4];
	NTSTATUS wait, test;
	bool in_order;
};

static void raise_and_lower(struct test *t, struct steps *s)
{
	LARGE_INTEGER soon = milliseconds(1), zero = { .QuadPart = 0 };
	KEVENT *e = event(t, NotificationEvent, TRUE);

	KeRaiseIrql(APC_LEVEL, &s->before[0]);
	s->at[0] = KeGetCurrentIrql();
	KeRaiseIrql(DISPATCH_LEVEL, &s->before[1]);
	s->at[1] = KeGetCurrentIrql();
	s->wait = KeWaitForSingleObject(e, Executive, KernelMode, FALSE, &soon);
	s->test = KeWaitForSingleObject(e, Executive, KernelMode, FALSE, &zero);
	KeSetEvent(e, 0, FALSE);
	s->in_order = in_task() && !preemptible() == !IS_ENABLED(CONFIG_PREEMPT_RT) && softirq_count();
	KeRaiseIrql(HIGH_LEVEL, &s->before[2]);
	s->at[2] = KeGetCurrentIrql();
	s->in_order &= irqs_disabled();
	/* Raising to a lower IRQL changes nothing. */
	s->in_order &= KeRaiseIrqlToDpcLevel() == HIGH_LEVEL && irqs_disabled();
	KeLowerIrql(s->before[2]);
	s->after[0] = KeGetCurrentIrql();
	s->in_order &= !irqs_disabled() && softirq_count();
	KeLowerIrql(s->before[1]);
	s->after[1] = KeGetCurrentIrql();
	KeLowerIrql(s->before[0]);
	s->after[2] = KeGetCurrentIrql();
	/* This lowers the IRQL once more than it was raised. */
	KeLowerIrql(PASSIVE_LEVEL);
	s->after[3] = KeGetCurrentIrql();
}

void F21_irql_is_raised_and_lowered(struct test *t)
{
	struct steps s = {};
	KIRQL before;
	int i;

	raise_and_lower(t, &s);
	EQ(PASSIVE_LEVEL, s.before[0]);
	EQ(PASSIVE_LEVEL, s.at[0]);
	EQ(PASSIVE_LEVEL, s.before[1]);
	EQ(DISPATCH_LEVEL, s.at[1]);
	EQ(STATUS_CANT_WAIT, s.wait);
	EQ(STATUS_SUCCESS, s.test);
	EQ(DISPATCH_LEVEL, s.before[2]);
	EQ(HIGH_LEVEL, s.at[2]);
	EQ(DISPATCH_LEVEL, s.after[0]);
	for (i = 1; i < 4; i++)
		EQ(PASSIVE_LEVEL, s.after[i]);
	OK(s.in_order);
	/* From the bottom to the top, and back. */
	KeRaiseIrql(HIGH_LEVEL, &before);
	s.at[0] = KeGetCurrentIrql();
	KeLowerIrql(before);
	EQ(PASSIVE_LEVEL, before);
	EQ(HIGH_LEVEL, s.at[0]);
	EQ(PASSIVE_LEVEL, KeGetCurrentIrql());
	before = KeRaiseIrqlToDpcLevel();
	s.at[0] = KeGetCurrentIrql();
	KeLowerIrql(before);
	EQ(PASSIVE_LEVEL, before);
	EQ(DISPATCH_LEVEL, s.at[0]);
	EQ(PASSIVE_LEVEL, KeGetCurrentIrql());
	KeRaiseIrql(DISPATCH_LEVEL, NULL);
	KeLowerIrql(PASSIVE_LEVEL);
	EQ(PASSIVE_LEVEL, KeGetCurrentIrql());
}

static void raise_in_context(void *argument)
{
	KIRQL *irql = argument;

	irql[0] = KeRaiseIrqlToDpcLevel();
	irql[1] = KeGetCurrentIrql();
	KeLowerIrql(irql[0]);
	irql[2] = KeGetCurrentIrql();
}

/* A context whose IRQL is already as high stays as it is. */
void F21_irql_of_others_is_left_alone(struct test *t)
{
	enum context context;

	for (context = RCU_READER; context < CONTEXTS; context++) {
		KIRQL irql[3];

		if (!is_available(context))
			continue;
		in_context(context, raise_in_context, irql);
		OK(irql[0] >= DISPATCH_LEVEL);
		EQ(irql[0], irql[1]);
		EQ(irql[0], irql[2]);
		EQ(PASSIVE_LEVEL, KeGetCurrentIrql());
	}
}
