//! Which instructions this processor has.

use std::sync::atomic::{AtomicU8, Ordering};

/// Not asked yet.
const UNKNOWN: u8 = 0;
/// It has none that we know how to use.
const PLAIN: u8 = 1;
/// It has AVX2.
const AVX2: u8 = 2;

/// Tells whether the processor can look at 32 bytes at once.
#[inline]
pub(super) fn has_avx2() -> bool {
    static KNOWN: AtomicU8 = AtomicU8::new(UNKNOWN);
    match KNOWN.load(Ordering::Relaxed) {
        UNKNOWN => {
            let has = asked();
            KNOWN.store(if has { AVX2 } else { PLAIN }, Ordering::Relaxed);
            has
        }
        known => known == AVX2,
    }
}

/// Asks the processor, which a virtual machine answers slowly: a dozen questions take some thirty microseconds.
#[cfg(not(glibc_knows_processor))]
fn asked() -> bool {
    is_x86_feature_detected!("avx2")
}

/// Asks glibc, which had to know before the program started: `sys/platform/x86.h`, since 2.33.
#[cfg(glibc_knows_processor)]
#[expect(unsafe_code, reason = "glibc is spoken to in C")]
fn asked() -> bool {
    use std::ffi::c_uint;

    /// `struct cpuid_feature`.
    #[repr(C)]
    struct Leaf {
        cpuid: [c_uint; 4],
        /// What the system lets programs use, for each of the registers EAX, EBX, ECX and EDX.
        active: [c_uint; 4],
    }

    unsafe extern "C" {
        fn __x86_get_cpuid_feature_leaf(leaf: c_uint) -> *const Leaf;
    }

    /// `CPUID_INDEX_7`.
    const LEAF_7: c_uint = 1;
    const EBX: usize = 1;
    /// The bit of AVX2 in EBX of that leaf.
    const BIT: c_uint = 1 << 5;

    // SAFETY: it returns a leaf that stays as it is for as long as the program runs, and knows this one.
    let leaf = unsafe { __x86_get_cpuid_feature_leaf(LEAF_7).as_ref() };
    leaf.is_some_and(|leaf| leaf.active[EBX] & leaf.cpuid[EBX] & BIT != 0)
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_known_is_what_the_processor_says() {
        assert_eq!(super::has_avx2(), is_x86_feature_detected!("avx2"));
        assert_eq!(super::asked(), super::has_avx2());
    }
}
