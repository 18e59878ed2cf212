//! What a mail server sends back: anybody may write to that address.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = candour::import::mail_report::read(bytes);
});
