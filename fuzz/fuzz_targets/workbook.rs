//! A workbook (.xlsx), changed within its parts.

#![no_main]

use banwen_fuzz::*;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    begin();
    everything("表.xlsx", &packed(data));
});
