//! A picture: its pixels and particulars.

#![no_main]

use banwen_fuzz::*;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    begin();
    let _ = spool::reader::looked_into("图.jpg", data, PDFS);
    let text = [b"\0word/media/a.jpg\n", data].concat();
    let _ = publish::scan_word(&packed(&text), &[]);
});
