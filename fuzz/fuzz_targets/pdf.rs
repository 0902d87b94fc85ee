//! A PDF: the mark on its first page, everything it says, its pictures, and its examination.

#![no_main]

use banwen_fuzz::*;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    begin();
    let _ = spool::reader::looked_into("件.pdf", data, PDFS);
    let _ = document::inspect::pdf_texts(data);
    if let Ok(pictures) = document::inspect::pdf_pictures(data) {
        pictures.iter().for_each(|picture| drop(publish::picture_says(picture)));
    }
    let _ = document::inspect::examine(data, None);
});
