// SPDX-License-Identifier: GPL-2.0
/*
 * Functions for kernel interfaces that Rust cannot call: inline functions and macros. The
 * prototypes are the extern block of rust/sys/helpers.rs.
 */

#include <linux/build_bug.h>
#include <linux/cred.h>
#include <linux/debugobjects.h>
#include <linux/fault-inject-usercopy.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/ipc_namespace.h>
#include <linux/lockdep.h>
#include <linux/module.h>
#include <linux/nsproxy.h>
#include <linux/preempt.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task_stack.h>
#include <linux/spinlock.h>
#include <linux/stacktrace.h>
#include <linux/time_namespace.h>
#include <linux/uaccess.h>
#include <linux/user_namespace.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

#include <linux/ntevent.h>

static_assert(sizeof(struct ntevent_object_attributes) == 24);
static_assert(sizeof(struct ntevent_create_event_args) == 40);
static_assert(sizeof(struct ntevent_open_args) == 32);
static_assert(sizeof(struct ntevent_create_link_args) == 48);
static_assert(sizeof(struct ntevent_wait_args) == 32);
static_assert(sizeof(struct ntevent_wait_one_args) == 24);
static_assert(sizeof(struct ntevent_signal_and_wait_args) == 32);
static_assert(sizeof(struct ntevent_event_info) == 8);
static_assert(sizeof(struct ntevent_duplicate_args) == 16);
static_assert(sizeof(struct ntevent_object_info) == 48);
static_assert(sizeof(struct ntevent_directory_entry) == 24);
static_assert(sizeof(struct ntevent_info) == 16);

/*
 * A thread that waits for a second queue lock while it holds one takes this lock first. That makes
 * nesting queue locks of one lockdep class sound, so the lock is defined next to the nesting.
 */
static DEFINE_SPINLOCK(ntevent_wait_all_lock);

/* Prototypes for W=1. Only Rust calls these functions. */
unsigned long ntevent_helper_wait_all_lock(void);
void ntevent_helper_wait_all_unlock(unsigned long flags);
void ntevent_helper_queue_init(struct wait_queue_head *queue);
unsigned long ntevent_helper_queue_lock(struct wait_queue_head *queue);
void ntevent_helper_queue_lock_irq(struct wait_queue_head *queue);
void ntevent_helper_queue_unlock_irq(struct wait_queue_head *queue);
void ntevent_helper_queue_lock_nested(struct wait_queue_head *queue);
bool ntevent_helper_queue_trylock(struct wait_queue_head *queue);
void ntevent_helper_queue_unlock(struct wait_queue_head *queue);
void ntevent_helper_queue_unlock_irqrestore(struct wait_queue_head *queue, unsigned long flags);
void ntevent_helper_queue_add(struct wait_queue_head *queue, struct wait_queue_entry *entry);
void ntevent_helper_queue_add_priority(struct wait_queue_head *queue, struct wait_queue_entry *entry);
void ntevent_helper_queue_remove(struct wait_queue_head *queue, struct wait_queue_entry *entry);
void ntevent_helper_debug_queue_activate(struct wait_queue_head *queue);
void ntevent_helper_debug_queue_deactivate(struct wait_queue_head *queue);
void ntevent_helper_debug_queue_free(struct wait_queue_head *queue);
void ntevent_helper_set_current_state(unsigned int state);
bool ntevent_helper_signal_pending_state(unsigned int state);
void ntevent_helper_smp_mb(void);
ktime_t ntevent_helper_timens_to_host(clockid_t clock, ktime_t time);
void ntevent_helper_preempt_disable(void);
void ntevent_helper_preempt_enable(void);
struct user_namespace *ntevent_helper_current_ipc(u64 *id);
struct user_namespace *ntevent_helper_initial_ipc(u64 *id);
struct user_namespace *ntevent_helper_get_user_ns(struct user_namespace *ns);
void ntevent_helper_put_user_ns(struct user_namespace *ns);
uid_t ntevent_helper_current_euid(void);
gid_t ntevent_helper_current_egid(void);
bool ntevent_helper_in_group(gid_t gid);
uid_t ntevent_helper_from_kuid_munged(uid_t uid);
gid_t ntevent_helper_from_kgid_munged(gid_t gid);
struct pid *ntevent_helper_process(void);
struct pid *ntevent_helper_get_process(void);
unsigned long ntevent_helper_file_count(struct file *file);
struct file *ntevent_helper_clone_file(struct file *other, const struct file_operations *fops, void *value);
bool ntevent_helper_files_are_shared(void);
bool ntevent_helper_may_sleep(void);
bool ntevent_helper_in_hardirq(void);
bool ntevent_helper_is_kernel_caller(void);
bool ntevent_helper_has_files(void);
bool ntevent_helper_has_user_memory(void);
bool ntevent_helper_load(void *to, const void __user *from, size_t size);
bool ntevent_helper_load_u32(u32 *to, const u32 __user *from);
bool ntevent_helper_store_u32(u32 __user *to, u32 value);
bool ntevent_helper_store(void __user *to, const void *from, size_t size);
void ntevent_helper_log_refused_wait(void);
void ntevent_helper_drop_soon(void);
void ntevent_helper_drop_now(void);
void ntevent_drop_deferred(struct work_struct *work);
void ntevent_helper_handles_init(struct xarray *handles);
int ntevent_helper_handles_add(struct xarray *handles, void *handle, u32 *number);
unsigned long ntevent_helper_handles_lock(struct xarray *handles);
void ntevent_helper_handles_unlock(struct xarray *handles, unsigned long flags);
void *ntevent_helper_handles_remove(struct xarray *handles, u32 number);
void ntevent_helper_warn_once(void);

unsigned long ntevent_helper_wait_all_lock(void)
{
	unsigned long flags;

	spin_lock_irqsave(&ntevent_wait_all_lock, flags);
	return flags;
}

void ntevent_helper_wait_all_unlock(unsigned long flags)
{
	spin_unlock_irqrestore(&ntevent_wait_all_lock, flags);
}

void ntevent_helper_queue_init(struct wait_queue_head *queue)
{
	init_waitqueue_head(queue);
}

unsigned long ntevent_helper_queue_lock(struct wait_queue_head *queue)
{
	unsigned long flags;

	spin_lock_irqsave(&queue->lock, flags);
	return flags;
}

void ntevent_helper_queue_lock_irq(struct wait_queue_head *queue)
{
	spin_lock_irq(&queue->lock);
}

void ntevent_helper_queue_unlock_irq(struct wait_queue_head *queue)
{
	spin_unlock_irq(&queue->lock);
}

void ntevent_helper_queue_lock_nested(struct wait_queue_head *queue)
{
	spin_lock_nest_lock(&queue->lock, &ntevent_wait_all_lock);
}

bool ntevent_helper_queue_trylock(struct wait_queue_head *queue)
{
	return spin_trylock(&queue->lock);
}

void ntevent_helper_queue_unlock(struct wait_queue_head *queue)
{
	spin_unlock(&queue->lock);
}

void ntevent_helper_queue_unlock_irqrestore(struct wait_queue_head *queue, unsigned long flags)
{
	spin_unlock_irqrestore(&queue->lock, flags);
}

void ntevent_helper_queue_add(struct wait_queue_head *queue, struct wait_queue_entry *entry)
{
	lockdep_assert_held(&queue->lock);
	__add_wait_queue_entry_tail(queue, entry);
}

/* Adds an entry after the priority entries, which are at the head, and before all others. */
void ntevent_helper_queue_add_priority(struct wait_queue_head *queue, struct wait_queue_entry *entry)
{
	lockdep_assert_held(&queue->lock);
	entry->flags |= WQ_FLAG_PRIORITY;
	__add_wait_queue(queue, entry);
}

void ntevent_helper_queue_remove(struct wait_queue_head *queue, struct wait_queue_entry *entry)
{
	lockdep_assert_held(&queue->lock);
	__remove_wait_queue(queue, entry);
}

#ifdef CONFIG_DEBUG_OBJECTS
/*
 * debugobjects tracks a queue while it has an entry. It then reports if the queue's memory is
 * freed, or if another queue is initialised in it.
 */
static bool ntevent_queue_needs_no_init(void *queue)
{
	return true;
}

static const struct debug_obj_descr ntevent_queue_descr = {
	.name = "ntevent_event",
	.is_static_object = ntevent_queue_needs_no_init,
};

void ntevent_helper_debug_queue_activate(struct wait_queue_head *queue)
{
	if (object_is_on_stack(queue))
		debug_object_init_on_stack(queue, &ntevent_queue_descr);
	debug_object_activate(queue, &ntevent_queue_descr);
}

void ntevent_helper_debug_queue_deactivate(struct wait_queue_head *queue)
{
	debug_object_deactivate(queue, &ntevent_queue_descr);
	debug_object_free(queue, &ntevent_queue_descr);
}

void ntevent_helper_debug_queue_free(struct wait_queue_head *queue)
{
	debug_object_free(queue, &ntevent_queue_descr);
}
#endif

void ntevent_helper_set_current_state(unsigned int state)
{
	set_current_state(state);
}

bool ntevent_helper_signal_pending_state(unsigned int state)
{
	return signal_pending_state(state, current);
}

ktime_t ntevent_helper_timens_to_host(clockid_t clock, ktime_t time)
{
	return timens_ktime_to_host(clock, time);
}

void ntevent_helper_smp_mb(void)
{
	smp_mb();
}

/*
 * Preemption is off under a queue lock, and these two keep it off a little longer. On PREEMPT_RT it
 * is on under such a lock, and must be on while another one is taken.
 */
void ntevent_helper_preempt_disable(void)
{
	if (!IS_ENABLED(CONFIG_PREEMPT_RT))
		preempt_disable();
}

void ntevent_helper_preempt_enable(void)
{
	if (!IS_ENABLED(CONFIG_PREEMPT_RT))
		preempt_enable();
}

/* Without IPC namespaces, user namespaces take their place. */
#ifdef CONFIG_IPC_NS
struct user_namespace *ntevent_helper_current_ipc(u64 *id)
{
	if (!current->nsproxy)
		return NULL;
	*id = current->nsproxy->ipc_ns->ns.ns_id;
	return get_user_ns(current->nsproxy->ipc_ns->user_ns);
}

struct user_namespace *ntevent_helper_initial_ipc(u64 *id)
{
	*id = init_ipc_ns.ns.ns_id;
	return get_user_ns(init_ipc_ns.user_ns);
}
#else
struct user_namespace *ntevent_helper_current_ipc(u64 *id)
{
	*id = current_user_ns()->ns.ns_id;
	return get_user_ns(current_user_ns());
}

struct user_namespace *ntevent_helper_initial_ipc(u64 *id)
{
	*id = init_user_ns.ns.ns_id;
	return get_user_ns(&init_user_ns);
}
#endif

struct user_namespace *ntevent_helper_get_user_ns(struct user_namespace *ns)
{
	return get_user_ns(ns);
}

void ntevent_helper_put_user_ns(struct user_namespace *ns)
{
	put_user_ns(ns);
}

uid_t ntevent_helper_current_euid(void)
{
	return __kuid_val(current_euid());
}

gid_t ntevent_helper_current_egid(void)
{
	return __kgid_val(current_egid());
}

bool ntevent_helper_in_group(gid_t gid)
{
	return in_group_p(KGIDT_INIT(gid));
}

uid_t ntevent_helper_from_kuid_munged(uid_t uid)
{
	return from_kuid_munged(current_user_ns(), KUIDT_INIT(uid));
}

gid_t ntevent_helper_from_kgid_munged(gid_t gid)
{
	return from_kgid_munged(current_user_ns(), KGIDT_INIT(gid));
}

struct pid *ntevent_helper_process(void)
{
	return task_tgid(current);
}

struct pid *ntevent_helper_get_process(void)
{
	return get_pid(task_tgid(current));
}

unsigned long ntevent_helper_file_count(struct file *file)
{
	return file_count(file);
}

/*
 * Does what alloc_file_clone() does, which modules cannot call: makes a file with the dentry of
 * another one. O_PATH makes a complete file without operations, and the only check is
 * security_file_alloc(). The file gets its operations here, before anything else can use it. The
 * warning means that the kernel does more than this function expects.
 */
struct file *ntevent_helper_clone_file(struct file *other, const struct file_operations *fops, void *value)
{
	struct file *file = dentry_open(&other->f_path, O_PATH, current_cred());

	if (IS_ERR(file))
		return file;
	if (WARN_ON_ONCE(file->f_mode != (FMODE_PATH | FMODE_OPENED | FMODE_NONOTIFY))) {
		fput(file);
		return ERR_PTR(-EIO);
	}
	__module_get(fops->owner);
	file->private_data = value;
	file->f_op = fops;
	file->f_flags = O_RDWR;
	file->f_mode = (file->f_mode & ~FMODE_PATH) | FMODE_READ | FMODE_WRITE;
	return file;
}

bool ntevent_helper_files_are_shared(void)
{
	return atomic_read(&current->files->count) != 1;
}

#ifndef CONFIG_PREEMPT_COUNT
#error "Without CONFIG_PREEMPT_COUNT it cannot be told who must not sleep, and a driver's wait would hang instead of fail."
#endif

/* Whether the caller may sleep. A spinlock on PREEMPT_RT shows as an RCU read-side section. */
bool ntevent_helper_may_sleep(void)
{
	return preemptible() && !rcu_preempt_depth();
}

bool ntevent_helper_in_hardirq(void)
{
	return in_hardirq();
}

/* An interrupt does not act for the task that it interrupted. */
bool ntevent_helper_is_kernel_caller(void)
{
	return !in_task() || current->flags & PF_KTHREAD;
}

/* A task without memory of its own, such as an exiting one, may run on that of another task. */
bool ntevent_helper_has_user_memory(void)
{
	return current->mm;
}

bool ntevent_helper_has_files(void)
{
	return current->files;
}

bool ntevent_helper_load_u32(u32 *to, const u32 __user *from)
{
	might_fault();
	if (should_fail_usercopy())
		return false;
	scoped_user_read_access(from, fault)
		unsafe_get_user(*to, from, fault);
	return true;
fault:
	return false;
}

bool ntevent_helper_store_u32(u32 __user *to, u32 value)
{
	might_fault();
	if (should_fail_usercopy())
		return false;
	scoped_user_write_access(to, fault)
		unsafe_put_user(value, to, fault);
	return true;
fault:
	return false;
}

/* Like copy_from_user() and copy_to_user(), but word by word, as all copies here are short. */
bool ntevent_helper_load(void *to, const void __user *from, size_t size)
{
	size_t at = 0;

	might_fault();
	if (should_fail_usercopy())
		return false;
	scoped_user_read_access_size(from, size, fault) {
		for (; at + sizeof(u64) <= size; at += sizeof(u64))
			unsafe_get_user(*(u64 *)(to + at), (const u64 __user *)(from + at), fault);
		for (; at + sizeof(u32) <= size; at += sizeof(u32))
			unsafe_get_user(*(u32 *)(to + at), (const u32 __user *)(from + at), fault);
		for (; at < size; at++)
			unsafe_get_user(*(u8 *)(to + at), (const u8 __user *)(from + at), fault);
	}
	return true;
fault:
	return false;
}

bool ntevent_helper_store(void __user *to, const void *from, size_t size)
{
	might_fault();
	if (should_fail_usercopy())
		return false;
	scoped_user_write_access_size(to, size, fault)
		unsafe_copy_to_user(to, from, size, fault);
	return true;
fault:
	return false;
}

/* Names the first caller outside this module. */
void ntevent_helper_log_refused_wait(void)
{
	unsigned long callers[16];
	unsigned int count, i;

	count = stack_trace_save(callers, ARRAY_SIZE(callers), 0);
	for (i = 0; i + 1 < count && within_module(callers[i], THIS_MODULE); i++)
		;
	if (count)
		pr_warn_ratelimited("ntevent: %pB must not sleep, so its wait is refused\n", (void *)callers[i]);
}

static DECLARE_WORK(ntevent_deferred, ntevent_drop_deferred);

void ntevent_helper_drop_soon(void)
{
	schedule_work(&ntevent_deferred);
}

void ntevent_helper_drop_now(void)
{
	flush_work(&ntevent_deferred);
}

/*
 * The numbers of kernel handles begin at 1. The last number is not used, as its handle would be -4.
 * The lock disables interrupts.
 */
void ntevent_helper_handles_init(struct xarray *handles)
{
	xa_init_flags(handles, XA_FLAGS_LOCK_IRQ | XA_FLAGS_ALLOC1);
}

int ntevent_helper_handles_add(struct xarray *handles, void *handle, u32 *number)
{
	return xa_alloc_irq(handles, number, handle, XA_LIMIT(1, (1 << 29) - 2), GFP_KERNEL);
}

unsigned long ntevent_helper_handles_lock(struct xarray *handles)
{
	unsigned long flags;

	xa_lock_irqsave(handles, flags);
	return flags;
}

void ntevent_helper_handles_unlock(struct xarray *handles, unsigned long flags)
{
	xa_unlock_irqrestore(handles, flags);
}

void *ntevent_helper_handles_remove(struct xarray *handles, u32 number)
{
	unsigned long flags;
	void *handle;

	xa_lock_irqsave(handles, flags);
	handle = __xa_erase(handles, number);
	xa_unlock_irqrestore(handles, flags);
	return handle;
}

void ntevent_helper_warn_once(void)
{
	WARN_ON_ONCE(1);
}
