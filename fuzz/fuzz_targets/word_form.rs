//! A Word form, changed within its parts; and the same as a paper that is examined and as one that is to be public.

#![no_main]

use banwen_fuzz::*;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    begin();
    let bytes = packed(data);
    everything("表.docx", &bytes);
    let _ = document::inspect::examine(&bytes, None);
    let _ = publish::scan_word(&bytes, &[]);
});
