//! A PDF: the mark on its first page, everything it says, and its examination.

#![no_main]

use banwen_fuzz::*;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    begin();
    let _ = spool::reader::looked_into("件.pdf", data, pdf_head);
    let _ = document::inspect::pdf_texts(data);
    let _ = document::inspect::examine(data, None);
});
