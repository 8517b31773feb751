// SPDX-License-Identifier: GPL-2.0

//! The fds of objects, and their commands.

use super::{
    primitive::Primitive,
    uapi, //
};
use crate::{
    dispatcher,
    object::{
        event::{
            Event,
            EventType, //
        },
        mutant::NotOwner,
        semaphore::LimitExceeded, //
    },
    sys::{
        fd::Fd,
        file::{
            self,
            install_plain,
            Ioctl,
            Operations,
            PlainKind,
            SharedDentry, //
        },
        files::Files,
        owner_died,
        queue::WaitAllLockRef,
        user::{
            load,
            load_u32,
            store,
            store_u32, //
        }, //
    },
};
use core::mem::offset_of;
use kernel::{
    prelude::*,
    seq_file::SeqFile,
    seq_print,
    uaccess::UserPtr, //
};

/// An object, which is a file.
#[pin_data]
pub(super) struct Object {
    #[pin]
    pub(super) body: dispatcher::Object<Primitive>,
}

/// The dentry that the files of all objects share.
pub(crate) static DENTRY: SharedDentry = SharedDentry::new(c"ntsync");

static OPERATIONS: Operations<Object, PlainKind> = Operations::plain();

impl AsRef<dispatcher::Object<Primitive>> for Fd<Object> {
    #[inline]
    fn as_ref(&self) -> &dispatcher::Object<Primitive> {
        &self.body
    }
}

/// Creates an object of the open file that `wait_all_lock` belongs to. Returns the object's fd.
/// Process context.
///
/// Errors: `ENOMEM`, `EMFILE`, `ENFILE`.
pub(super) fn install(
    wait_all_lock: &WaitAllLockRef,
    files: Files,
    primitive: Primitive,
) -> Result<u32> {
    let object = pin_init!(Object {
        body <- dispatcher::Object::new(primitive, wait_all_lock.clone()),
    });
    let object = KBox::pin_init(object, GFP_KERNEL_ACCOUNT)?;
    install_plain(object, files.free_fd(0, true)?)
}

impl file::Anonymous for Object {
    type Kind = PlainKind;
    const OPERATIONS: &'static Operations<Self, PlainKind> = &OPERATIONS;

    fn dentry() -> &'static SharedDentry {
        &DENTRY
    }

    fn show_fdinfo(&self, out: &SeqFile) {
        match self.state() {
            Primitive::Event(event) => {
                let (event_type, signaled) = event.query();
                let manual = event_type == EventType::Notification;
                seq_print!(out, "type:\tevent\nmanual:\t{}\n", u32::from(manual));
                seq_print!(out, "signaled:\t{}\n", u32::from(signaled));
            }
            Primitive::Mutex(mutant) => {
                let (owner, count) = mutant.query();
                seq_print!(out, "type:\tmutex\nowner:\t{}\ncount:\t{}\n", owner, count);
                seq_print!(out, "abandoned:\t{}\n", u32::from(mutant.is_abandoned()));
            }
            Primitive::Semaphore(semaphore) => {
                let (count, maximum) = semaphore.query();
                seq_print!(
                    out,
                    "type:\tsemaphore\ncount:\t{}\nmax:\t{}\n",
                    count,
                    maximum
                );
            }
        }
        seq_print!(out, "waiters:\t{}\n", self.body.waiters());
    }
}

impl Ioctl for Object {
    #[inline]
    fn ioctl(&self, _files: Files, command: u32, argument: UserPtr) -> Result<u32> {
        match command {
            uapi::EVENT_SET => self.set(argument, |_| ()),
            // It was an event before the set, so it still is.
            uapi::EVENT_PULSE => self.set(argument, |primitive| {
                let _ = primitive.event().map(Event::reset);
            }),
            uapi::EVENT_RESET => self.reset(argument),
            uapi::EVENT_READ => self.read_event(argument),
            uapi::MUTEX_UNLOCK => self.unlock(argument),
            uapi::MUTEX_KILL => self.kill(argument),
            uapi::MUTEX_READ => self.read_mutex(argument),
            uapi::SEM_RELEASE => self.release(argument),
            uapi::SEM_READ => self.read_semaphore(argument),
            _ => Err(ENOTTY),
        }
    }
}

/// The commands. The argument is read before the object's type is checked, and written afterwards.
/// If the result cannot be written, the state has changed nevertheless.
impl Object {
    /// A copy of the object's state.
    #[inline]
    fn state(&self) -> Primitive {
        self.body.look(|primitive| *primitive)
    }

    /// Changes the state and satisfies waits with the signal.
    #[inline]
    fn signal<R>(&self, change: impl FnOnce(&mut Primitive) -> Result<R>) -> Result<R> {
        self.body.signal(change, |_| ())
    }

    #[inline]
    fn set(&self, argument: UserPtr, after: impl FnOnce(&mut Primitive)) -> Result<u32> {
        let set =
            |primitive: &mut Primitive| -> Result<u32> { Ok(primitive.event()?.set().into()) };
        success(store_u32(argument, self.body.signal(set, after)?))
    }

    #[inline]
    fn reset(&self, argument: UserPtr) -> Result<u32> {
        let reset =
            |primitive: &mut Primitive| -> Result<u32> { Ok(primitive.event()?.reset().into()) };
        success(store_u32(argument, self.body.update(reset)?))
    }

    #[inline]
    fn read_event(&self, argument: UserPtr) -> Result<u32> {
        let (event_type, signaled) = self.state().event()?.query();
        let event = uapi::ntsync_event_args {
            manual: (event_type == EventType::Notification).into(),
            signaled: signaled.into(),
        };
        success(store(argument, &event))
    }

    fn unlock(&self, argument: UserPtr) -> Result<u32> {
        let owner = load::<uapi::ntsync_mutex_args>(argument)?.owner;
        require_owner(owner)?;
        let release = |primitive: &mut Primitive| {
            let released = primitive.mutex()?.release(owner);
            released.map_err(|NotOwner| EPERM)
        };
        let previous = self.signal(release)?;
        let count = offset_of!(uapi::ntsync_mutex_args, count);
        success(store_u32(argument.wrapping_byte_add(count), previous))
    }

    /// Takes the mutex from an owner that has ended. A process that ends calls this on every mutex.
    /// Most belong to others, so read the owner before signaling.
    #[inline]
    fn kill(&self, argument: UserPtr) -> Result<u32> {
        let owner = load_u32(argument)?;
        require_owner(owner)?;
        let count = self.state().mutex()?.count_of(owner);
        count.map_err(|NotOwner| EPERM)?;
        self.signal(|primitive| {
            let abandoned = primitive.mutex()?.abandon(owner);
            abandoned.map_err(|NotOwner| EPERM)
        })?;
        Ok(0)
    }

    /// The errno reports an abandoned mutex. The result is written too.
    fn read_mutex(&self, argument: UserPtr) -> Result<u32> {
        let mutant = *self.state().mutex()?;
        let (owner, count) = mutant.query();
        store(argument, &uapi::ntsync_mutex_args { owner, count })?;
        if mutant.is_abandoned() {
            return Err(owner_died());
        }
        Ok(0)
    }

    fn release(&self, argument: UserPtr) -> Result<u32> {
        let add = load_u32(argument)?;
        let release = |primitive: &mut Primitive| {
            let released = primitive.semaphore()?.release(add);
            released.map_err(|LimitExceeded| EOVERFLOW)
        };
        let previous = self.signal(release)?;
        success(store_u32(argument, previous))
    }

    fn read_semaphore(&self, argument: UserPtr) -> Result<u32> {
        let (count, max) = self.state().semaphore()?.query();
        success(store(argument, &uapi::ntsync_sem_args { count, max }))
    }
}

/// Refuses the owner 0.
fn require_owner(owner: u32) -> Result {
    if owner == 0 {
        return Err(EINVAL);
    }
    Ok(())
}

/// The value of a successful command, if its result could be `stored`.
#[inline]
fn success(stored: Result) -> Result<u32> {
    stored.map(|()| 0)
}
