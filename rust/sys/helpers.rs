// SPDX-License-Identifier: GPL-2.0

//! Prototypes of `rust/helpers/helpers.c`, and of kernel functions that the kernel crate's bindings
//! lack.
//!
//! The helpers would be in the kernel's own `rust/helpers`. A module cannot add to that folder.

use kernel::{
    bindings,
    prelude::*, //
};

#[expect(
    improper_ctypes,
    reason = "the kernel's structs hold zero-sized lockdep fields"
)]
extern "C" {
    pub(super) fn ntevent_helper_lock_init(lock: *mut bindings::spinlock);
    pub(super) fn ntevent_helper_lock(lock: *mut bindings::spinlock) -> c_ulong;
    pub(super) fn ntevent_helper_lock_inside(lock: *mut bindings::spinlock);
    pub(super) fn ntevent_helper_unlock(lock: *mut bindings::spinlock, flags: c_ulong);
    pub(super) fn ntevent_helper_unlock_inside(lock: *mut bindings::spinlock);
    pub(super) fn ntevent_helper_queue_init(queue: *mut bindings::wait_queue_head);
    pub(super) fn ntevent_helper_queue_lock(queue: *mut bindings::wait_queue_head) -> c_ulong;
    pub(super) fn ntevent_helper_queue_lock_irq(queue: *mut bindings::wait_queue_head);
    pub(super) fn ntevent_helper_queue_unlock_irq(queue: *mut bindings::wait_queue_head);
    pub(super) fn ntevent_helper_queue_lock_nested(
        queue: *mut bindings::wait_queue_head,
        outer: *mut bindings::spinlock,
    );
    pub(super) fn ntevent_helper_queue_trylock(queue: *mut bindings::wait_queue_head) -> bool;
    pub(super) fn ntevent_helper_queue_unlock(queue: *mut bindings::wait_queue_head);
    pub(super) fn ntevent_helper_queue_unlock_irqrestore(
        queue: *mut bindings::wait_queue_head,
        flags: c_ulong,
    );
    pub(super) fn ntevent_helper_queue_add(
        queue: *mut bindings::wait_queue_head,
        entry: *mut bindings::wait_queue_entry,
    );
    pub(super) fn ntevent_helper_queue_add_priority(
        queue: *mut bindings::wait_queue_head,
        entry: *mut bindings::wait_queue_entry,
    );
    pub(super) fn ntevent_helper_queue_remove(
        queue: *mut bindings::wait_queue_head,
        entry: *mut bindings::wait_queue_entry,
    );
    #[cfg(CONFIG_DEBUG_OBJECTS)]
    pub(super) fn ntevent_helper_debug_queue_activate(queue: *mut bindings::wait_queue_head);
    #[cfg(CONFIG_DEBUG_OBJECTS)]
    pub(super) fn ntevent_helper_debug_queue_deactivate(queue: *mut bindings::wait_queue_head);
    #[cfg(CONFIG_DEBUG_OBJECTS)]
    pub(super) fn ntevent_helper_debug_queue_free(queue: *mut bindings::wait_queue_head);
    pub(super) fn ntevent_helper_set_current_state(state: c_uint);
    pub(super) fn ntevent_helper_signal_pending_state(state: c_uint) -> bool;
    pub(super) fn ntevent_helper_restart_mark() -> u32;
    pub(super) fn ntevent_helper_restart_time() -> i64;
    pub(super) fn ntevent_helper_restart_with(mark: u32, time: i64) -> bool;
    pub(super) fn ntevent_helper_smp_mb();
    pub(super) fn ntevent_helper_timens_to_host(clock: bindings::clockid_t, time: i64) -> i64;
    pub(super) fn ntevent_helper_preempt_disable();
    pub(super) fn ntevent_helper_preempt_enable();
    pub(super) fn ntevent_helper_current_ipc(id: *mut u64) -> *mut bindings::user_namespace;
    pub(super) fn ntevent_helper_initial_ipc(id: *mut u64) -> *mut bindings::user_namespace;
    pub(super) fn ntevent_helper_get_user_ns(
        ns: *mut bindings::user_namespace,
    ) -> *mut bindings::user_namespace;
    pub(super) fn ntevent_helper_put_user_ns(ns: *mut bindings::user_namespace);
    pub(super) fn ntevent_helper_current_euid() -> u32;
    pub(super) fn ntevent_helper_current_egid() -> u32;
    pub(super) fn ntevent_helper_payer(uid: *mut u32) -> bool;
    pub(super) fn ntevent_helper_in_group(gid: u32) -> bool;
    pub(super) fn ntevent_helper_from_kuid_munged(uid: u32) -> u32;
    pub(super) fn ntevent_helper_from_kgid_munged(gid: u32) -> u32;
    pub(super) fn ntevent_helper_process() -> *mut bindings::pid;
    pub(super) fn ntevent_helper_get_process() -> *mut bindings::pid;
    pub(super) fn ntevent_helper_file_count(file: *mut bindings::file) -> c_ulong;
    pub(super) fn ntevent_helper_get_file(file: *mut bindings::file) -> bool;
    pub(super) fn ntevent_helper_look_at_marked(delay: c_ulong);
    pub(super) fn ntevent_helper_look_no_more();
    pub(super) fn ntevent_helper_clone_file(
        other: *mut bindings::file,
        fops: *const bindings::file_operations,
        value: *mut c_void,
    ) -> *mut bindings::file;
    pub(super) fn ntevent_helper_files_are_shared() -> bool;
    pub(super) fn ntevent_helper_may_sleep() -> bool;
    pub(super) fn ntevent_helper_in_hardirq() -> bool;
    pub(super) fn ntevent_helper_is_kernel_caller() -> bool;
    pub(super) fn ntevent_helper_has_files() -> bool;
    pub(super) fn ntevent_helper_has_user_memory() -> bool;
    pub(super) fn ntevent_helper_load(to: *mut c_void, from: *const c_void, size: usize) -> bool;
    pub(super) fn ntevent_helper_load_u32(to: *mut u32, from: *const u32) -> bool;
    pub(super) fn ntevent_helper_store_u32(to: *mut u32, value: u32) -> bool;
    pub(super) fn ntevent_helper_store(to: *mut c_void, from: *const c_void, size: usize) -> bool;
    pub(super) fn ntevent_helper_load_kernel(
        to: *mut c_void,
        from: *const c_void,
        size: usize,
    ) -> bool;
    pub(super) fn ntevent_helper_store_kernel(
        to: *mut c_void,
        from: *const c_void,
        size: usize,
    ) -> bool;
    pub(super) fn ntevent_helper_log_refused_wait();
    pub(super) fn ntevent_helper_begin_reading() -> c_int;
    pub(super) fn ntevent_helper_end_reading(period: c_int);
    pub(super) fn ntevent_helper_wait_for_readers();
    pub(super) fn ntevent_helper_drop_soon();
    pub(super) fn ntevent_helper_drop_now();
    pub(super) fn ntevent_helper_handles_init(handles: *mut bindings::xarray);
    pub(super) fn ntevent_helper_handles_add(
        handles: *mut bindings::xarray,
        handle: *mut c_void,
        number: *mut u32,
    ) -> c_int;
    pub(super) fn ntevent_helper_handles_remove(
        handles: *mut bindings::xarray,
        number: u32,
    ) -> *mut c_void;
    pub(super) fn ntevent_helper_free_after_rcu(head: *mut bindings::callback_head);

    pub(super) fn ntevent_helper_in_nmi() -> bool;
    pub(super) fn ntevent_helper_irqs_disabled() -> bool;
    pub(super) fn ntevent_helper_disable_irqs();
    pub(super) fn ntevent_helper_enable_irqs();
    pub(super) fn ntevent_helper_disable_softirqs();
    pub(super) fn ntevent_helper_enable_softirqs();
    pub(super) fn ntevent_helper_create_thread(
        main: Option<unsafe extern "C" fn(*mut c_void) -> c_int>,
        data: *mut c_void,
        name: *const c_void,
    ) -> *mut bindings::task_struct;
    pub(super) fn ntevent_helper_thread_data(
        main: Option<unsafe extern "C" fn(*mut c_void) -> c_int>,
    ) -> *mut c_void;
    pub(super) fn ntevent_helper_exit_thread() -> !;

    pub(super) fn ntevent_helper_make_hash_key();
    pub(super) fn ntevent_helper_siphash(data: *const c_void, length: usize) -> u64;
    pub(super) fn ntevent_helper_warn_once();

    pub(super) fn close_fd(fd: c_uint) -> c_int;
    pub(super) fn anon_inode_getfile(
        name: *const c_char,
        fops: *const bindings::file_operations,
        private: *mut c_void,
        flags: c_int,
    ) -> *mut bindings::file;
}
