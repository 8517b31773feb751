// SPDX-License-Identifier: GPL-2.0
/*
 * Functions for kernel interfaces that Rust cannot call: inline functions and macros. The
 * prototypes are the extern block of rust/sys/helpers.rs.
 */

#include <linux/bottom_half.h>
#include <linux/build_bug.h>
#include <linux/compat.h>
#include <linux/cred.h>
#include <linux/debugobjects.h>
#include <linux/fault-inject-usercopy.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/file_ref.h>
#include <linux/fs.h>
#include <linux/instrumented.h>
#include <linux/ipc_namespace.h>
#include <linux/irqflags.h>
#include <linux/kthread.h>
#include <linux/lockdep.h>
#include <linux/module.h>
#include <linux/nsproxy.h>
#include <linux/preempt.h>
#include <linux/printk.h>
#include <linux/ptrace.h>
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task_stack.h>
#include <linux/siphash.h>
#include <linux/spinlock.h>
#include <linux/srcu.h>
#include <linux/stacktrace.h>
#include <linux/time_namespace.h>
#include <linux/uaccess.h>
#include <linux/unistd.h>
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

/* Prototypes for W=1. Only Rust calls these functions. */
void ntevent_helper_lock_init(spinlock_t *lock);
unsigned long ntevent_helper_lock(spinlock_t *lock);
void ntevent_helper_lock_inside(spinlock_t *lock);
void ntevent_helper_unlock(spinlock_t *lock, unsigned long flags);
void ntevent_helper_unlock_inside(spinlock_t *lock);
void ntevent_helper_queue_init(struct wait_queue_head *queue);
unsigned long ntevent_helper_queue_lock(struct wait_queue_head *queue);
void ntevent_helper_queue_lock_irq(struct wait_queue_head *queue);
void ntevent_helper_queue_unlock_irq(struct wait_queue_head *queue);
void ntevent_helper_queue_lock_nested(struct wait_queue_head *queue, spinlock_t *outer);
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
u32 ntevent_helper_restart_mark(void);
ktime_t ntevent_helper_restart_time(void);
bool ntevent_helper_restart_with(u32 mark, ktime_t time);
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
bool ntevent_helper_payer(uid_t *uid);
bool ntevent_helper_in_group(gid_t gid);
uid_t ntevent_helper_from_kuid_munged(uid_t uid);
gid_t ntevent_helper_from_kgid_munged(gid_t gid);
struct pid *ntevent_helper_process(void);
struct pid *ntevent_helper_get_process(void);
unsigned long ntevent_helper_file_count(struct file *file);
bool ntevent_helper_get_file(struct file *file);
void ntevent_helper_look_at_marked(unsigned long delay);
void ntevent_helper_look_no_more(void);
void ntevent_look_at_marked(struct work_struct *work);
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
bool ntevent_helper_load_kernel(void *to, const void *from, size_t size);
bool ntevent_helper_store_kernel(void *to, const void *from, size_t size);
void ntevent_helper_log_refused_wait(void);
int ntevent_helper_begin_reading(void);
void ntevent_helper_end_reading(int period);
void ntevent_helper_wait_for_readers(void);
void ntevent_helper_drop_soon(void);
void ntevent_helper_drop_now(void);
void ntevent_drop_deferred(struct work_struct *work);
void ntevent_helper_handles_init(struct xarray *handles);
int ntevent_helper_handles_add(struct xarray *handles, void *handle, u32 *number);
void *ntevent_helper_handles_remove(struct xarray *handles, u32 number);
void ntevent_helper_free_after_rcu(struct rcu_head *head);
bool ntevent_helper_in_nmi(void);
bool ntevent_helper_irqs_disabled(void);
void ntevent_helper_disable_irqs(void);
void ntevent_helper_enable_irqs(void);
void ntevent_helper_disable_softirqs(void);
void ntevent_helper_enable_softirqs(void);
struct task_struct *ntevent_helper_create_thread(int (*main)(void *data), void *data, void *name);
void *ntevent_helper_thread_data(int (*main)(void *data));
void __noreturn ntevent_helper_exit_thread(void);
void ntevent_helper_make_hash_key(void);
u64 ntevent_helper_siphash(const void *data, size_t length);
void ntevent_helper_warn_once(void);

void ntevent_helper_lock_init(spinlock_t *lock)
{
	spin_lock_init(lock);
}

unsigned long ntevent_helper_lock(spinlock_t *lock)
{
	unsigned long flags;

	spin_lock_irqsave(lock, flags);
	return flags;
}

/*
 * All wait_all_locks and the common lock are of one lockdep class. The common lock is always taken
 * first.
 */
void ntevent_helper_lock_inside(spinlock_t *lock)
{
	spin_lock_nested(lock, SINGLE_DEPTH_NESTING);
}

void ntevent_helper_unlock(spinlock_t *lock, unsigned long flags)
{
	spin_unlock_irqrestore(lock, flags);
}

void ntevent_helper_unlock_inside(spinlock_t *lock)
{
	spin_unlock(lock);
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

/* The locks of queues are of one lockdep class. It is sound to nest them while OUTER is held. */
void ntevent_helper_queue_lock_nested(struct wait_queue_head *queue, spinlock_t *outer)
{
	spin_lock_nest_lock(&queue->lock, outer);
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

/*
 * On x86-64 the kernel restarts a system call with all 64 bits of orig_ax, and uses only the lower
 * half as the number of the call (tools/testing/selftests/x86/syscall_numbering.c). So a mark in
 * the upper half reaches the restarted call and no other call. A 32-bit program has no upper half.
 */
#ifdef CONFIG_X86_64
u32 ntevent_helper_restart_mark(void)
{
	return task_pt_regs(current)->orig_ax >> 32;
}

bool ntevent_helper_restart_with(u32 mark, ktime_t time)
{
	struct pt_regs *regs = task_pt_regs(current);

	if (in_compat_syscall() || (u32)regs->orig_ax != __NR_ioctl)
		return false;
	regs->orig_ax = (u64)mark << 32 | __NR_ioctl;
	current->restart_block.nanosleep.expires = time;
	return true;
}
#else
u32 ntevent_helper_restart_mark(void)
{
	return 0;
}

bool ntevent_helper_restart_with(u32 mark, ktime_t time)
{
	return false;
}
#endif

ktime_t ntevent_helper_restart_time(void)
{
	return current->restart_block.nanosleep.expires;
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

/*
 * Stores the user who is charged for the memory that the current task makes the module keep. This
 * is the effective user, or in a user namespace the owner of the namespace, because its users can
 * change their ids. Of several nested owners, the outermost is charged. Root is skipped as an
 * owner, because root makes user namespaces for others. Returns false for root in the initial user
 * namespace, who has no limit.
 */
bool ntevent_helper_payer(uid_t *uid)
{
	const struct user_namespace *ns = current_user_ns();
	kuid_t user = current_euid();

	if (ns == &init_user_ns && uid_eq(user, GLOBAL_ROOT_UID))
		return false;
	for (; ns != &init_user_ns; ns = ns->parent)
		if (!uid_eq(ns->owner, GLOBAL_ROOT_UID))
			user = ns->owner;
	*uid = __kuid_val(user);
	return true;
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

/* Takes a reference. Returns false if the last reference is gone. */
bool ntevent_helper_get_file(struct file *file)
{
	return file_ref_get(&file->f_ref);
}

static DECLARE_DELAYED_WORK(ntevent_marked, ntevent_look_at_marked);

void ntevent_helper_look_at_marked(unsigned long delay)
{
	mod_delayed_work(system_dfl_wq, &ntevent_marked, delay);
}

void ntevent_helper_look_no_more(void)
{
	cancel_delayed_work_sync(&ntevent_marked);
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

/*
 * KASAN does not check what copy_from_kernel_nofault() reads. So the memory is checked afterwards,
 * when it is known to be mapped. KASAN then reports memory that was freed, but not a wild address.
 */
bool ntevent_helper_load_kernel(void *to, const void *from, size_t size)
{
	if (copy_from_kernel_nofault(to, from, size))
		return false;
	instrument_read(from, size);
	return true;
}

/*
 * Does what copy_to_kernel_nofault() does, which modules cannot call. There are two differences. It
 * refuses a user's address, because a store there would be an oops under SMAP. It refuses memory
 * that is not mapped before KASAN looks at the memory. Reading the memory first does both.
 */
bool ntevent_helper_store_kernel(void *to, const void *from, size_t size)
{
	size_t at, step;
	u64 there;

	for (at = 0; at < size; at += step) {
		step = min(size - at, sizeof(there));
		if (copy_from_kernel_nofault(&there, to + at, step))
			return false;
	}
	instrument_write(to, size);
	pagefault_disable();
	at = 0;
	if (IS_ENABLED(CONFIG_HAVE_EFFICIENT_UNALIGNED_ACCESS) || IS_ALIGNED((unsigned long)to, sizeof(u64)))
		for (; at + sizeof(u64) <= size; at += sizeof(u64))
			__put_kernel_nofault(to + at, from + at, u64, fault);
	if (IS_ENABLED(CONFIG_HAVE_EFFICIENT_UNALIGNED_ACCESS) || IS_ALIGNED((unsigned long)to, sizeof(u32)))
		for (; at + sizeof(u32) <= size; at += sizeof(u32))
			__put_kernel_nofault(to + at, from + at, u32, fault);
	for (; at < size; at++)
		__put_kernel_nofault(to + at, from + at, u8, fault);
	pagefault_enable();
	return true;
fault:
	pagefault_enable();
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

/* Tasks that look names up. They may sleep meanwhile. */
DEFINE_STATIC_SRCU(ntevent_reading);

int ntevent_helper_begin_reading(void)
{
	return srcu_read_lock(&ntevent_reading);
}

void ntevent_helper_end_reading(int period)
{
	srcu_read_unlock(&ntevent_reading, period);
}

/* Not expedited, so that users who close names all the time do not keep a kworker busy. */
void ntevent_helper_wait_for_readers(void)
{
	synchronize_srcu(&ntevent_reading);
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

void *ntevent_helper_handles_remove(struct xarray *handles, u32 number)
{
	unsigned long flags;
	void *handle;

	xa_lock_irqsave(handles, flags);
	handle = __xa_erase(handles, number);
	xa_unlock_irqrestore(handles, flags);
	return handle;
}

/* Frees memory that begins with HEAD, after a grace period. */
void ntevent_helper_free_after_rcu(struct rcu_head *head)
{
	struct {
		struct rcu_head head;
	} *memory = (void *)head;

	kfree_rcu(memory, head);
}

bool ntevent_helper_in_nmi(void)
{
	return in_nmi();
}

bool ntevent_helper_irqs_disabled(void)
{
	return irqs_disabled();
}

void ntevent_helper_disable_irqs(void)
{
	local_irq_disable();
}

/* Interrupts must stay off in an interrupt handler and in an NMI. */
void ntevent_helper_enable_irqs(void)
{
	if (!in_nmi() && !in_hardirq() && irqs_disabled())
		local_irq_enable();
}

void ntevent_helper_disable_softirqs(void)
{
	local_bh_disable();
}

/* Softirqs must stay off in a softirq and in an interrupt handler. */
void ntevent_helper_enable_softirqs(void)
{
	if (in_task() && softirq_count() && !irqs_disabled())
		local_bh_enable();
}

/*
 * The thread holds a reference to this module, because it ends in code of this module. NAME is the
 * address of a function, after which the thread is named.
 */
struct task_struct *ntevent_helper_create_thread(int (*main)(void *data), void *data, void *name)
{
	struct task_struct *task;

	__module_get(THIS_MODULE);
	task = kthread_create(main, data, "%ps", name);
	if (IS_ERR(task))
		module_put(THIS_MODULE);
	return task;
}

/*
 * Returns the data of the current thread if the thread runs MAIN and no interrupt or softirq is in
 * progress. Otherwise returns NULL.
 */
void *ntevent_helper_thread_data(int (*main)(void *data))
{
	if (!in_task() || !(current->flags & PF_KTHREAD) || kthread_func(current) != main)
		return NULL;
	return kthread_data(current);
}

void __noreturn ntevent_helper_exit_thread(void)
{
	module_put_and_kthread_exit(0);
}

static siphash_key_t ntevent_hash_key __ro_after_init;

void ntevent_helper_make_hash_key(void)
{
	get_random_bytes(&ntevent_hash_key, sizeof(ntevent_hash_key));
}

u64 ntevent_helper_siphash(const void *data, size_t length)
{
	return siphash(data, length, &ntevent_hash_key);
}

void ntevent_helper_warn_once(void)
{
	WARN_ON_ONCE(1);
}
