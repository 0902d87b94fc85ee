//! The text of a definition.

#![no_main]

use banwen_fuzz::*;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    begin();
    let text = String::from_utf8_lossy(data);
    let _ = yaml::read("a.yaml", &text);
});
