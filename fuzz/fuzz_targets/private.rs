//! A text that is to be public.

#![no_main]

use banwen_fuzz::*;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    begin();
    let text = String::from_utf8_lossy(data);
    let found = publish::scan_private(&text, &["0760-88881234".to_owned()]);
    let _ = publish::summary(&found);
    let _ = publish::text_of(&text);
});
