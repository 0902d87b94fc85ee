//! A zip file with attachments.

#![no_main]

use banwen_fuzz::*;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    begin();
    let _ = spool::reader::looked_into("包.zip", data, PDFS);
});
