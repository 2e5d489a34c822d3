//! The program: the command line around the library.

use std::process::ExitCode;

mod cli;

fn main() -> ExitCode {
    give_memory_back();
    cli::run()
}

/// Has the allocator give each large piece of memory back as soon as it is free.
///
/// Left alone, glibc soon takes pieces of megabytes from a heap of each thread, where they leave holes that nobody
/// fills: half as much memory again on a large history. `docs/src/performance.md` has the figures.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(unsafe_code, reason = "the allocator is told by a C function")]
fn give_memory_back() {
    /// Pieces of so many bytes are no part of a heap.
    const LARGE: libc::c_int = 256 << 10;
    /// So many free bytes stay at the end of a heap: without this, each piece that is given back there costs a call.
    const KEPT: libc::c_int = 8 << 20;
    // SAFETY: it changes two numbers, and no other thread runs yet. If it fails, all is as it was.
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, LARGE);
        libc::mallopt(libc::M_TRIM_THRESHOLD, KEPT);
    }
}

/// Other allocators do.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn give_memory_back() {}
