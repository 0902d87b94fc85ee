//! A list or form as text: CSV, YAML, JSON, in any encoding.

#![no_main]

use banwen_fuzz::*;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    begin();
    for name in ["表.csv", "表.yaml", "表.json", "表.txt"] {
        everything(name, data);
    }
});
