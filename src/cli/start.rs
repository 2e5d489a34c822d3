//! How the program starts on Linux with glibc, where what the standard library does before `main` takes longer than to
//! judge a small push.
//!
//! To have a message for a stack that overflows, it reads the list of all that is mapped. The program goes without that
//! message, and without a name for its first thread: a stack still ends at a page that nobody may touch. What else
//! matters of it is done here.
//! `docs/src/performance.md` has the figures.
#![expect(unsafe_code, reason = "the system and its linker are spoken to in C")]

use std::ffi::{c_char, c_int};
use std::fs::File;
use std::os::fd::IntoRawFd;
use std::process;

use rustix::io::{Errno, FdFlags, fcntl_getfd, fcntl_setfd};
use rustix::stdio;

/// Where the C library starts the program.
// SAFETY: nothing else has this name in a program without a `main` of Rust.
#[unsafe(no_mangle)]
extern "C" fn main(_count: c_int, _arguments: *const *const c_char) -> c_int {
    open_standard_streams();
    ignore_broken_pipes();
    give_memory_back();
    process::exit(super::run().into())
}

/// Opens those of the three standard streams that are closed, so that no other file takes their place, here or in a
/// program that we start.
fn open_standard_streams() {
    for stream in [stdio::stdin(), stdio::stdout(), stdio::stderr()] {
        if fcntl_getfd(stream) == Err(Errno::BADF) {
            // What is opened takes the lowest number that is free.
            let nothing = File::options().read(true).write(true).open("/dev/null");
            match nothing.map(|nothing| fcntl_setfd(&nothing, FdFlags::empty()).map(|()| nothing.into_raw_fd())) {
                Ok(Ok(_)) => {}
                Ok(Err(_)) | Err(_) => process::abort(),
            }
        }
    }
}

/// Has a write to a closed pipe fail, and not end the program.
fn ignore_broken_pipes() {
    // SAFETY: no handler is set, and no other thread runs yet.
    unsafe {
        libc::signal(libc::SIGPIPE, libc::SIG_IGN);
    }
}

/// Has the allocator give each large piece of memory back as soon as it is free.
///
/// Left alone, glibc soon takes pieces of megabytes from a heap of each thread, where they leave holes that nobody
/// fills: half as much memory again on a large history. `docs/src/performance.md` has the figures.
fn give_memory_back() {
    /// Pieces of so many bytes are no part of a heap.
    const LARGE: c_int = 256 << 10;
    /// So many free bytes stay at the end of a heap: without this, each piece that is given back there costs a call.
    const KEPT: c_int = 8 << 20;
    // SAFETY: it changes two numbers, and no other thread runs yet. If it fails, all is as it was.
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, LARGE);
        libc::mallopt(libc::M_TRIM_THRESHOLD, KEPT);
    }
}

// What progress bars, templates and SQLite take from the system's library of mathematics, which would be loaded for it
// whenever the program starts.

/// Returns `base` to the power of `exponent`.
// SAFETY: it is what C says of this name.
#[unsafe(no_mangle)]
extern "C" fn pow(base: f64, exponent: f64) -> f64 {
    libm::pow(base, exponent)
}

/// Returns the natural logarithm of a number.
// SAFETY: it is what C says of this name.
#[unsafe(no_mangle)]
extern "C" fn log(number: f64) -> f64 {
    libm::log(number)
}
