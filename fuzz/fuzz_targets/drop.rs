//! Any file an office may drop: whatever its name says it is.

#![no_main]

use banwen_fuzz::*;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    begin();
    everything("表.xlsx", data);
});
