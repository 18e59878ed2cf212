//! Cursors, and whatever else we seal and get back: what we did not seal does not open, what we did opens as it was.
#![no_main]

use std::sync::LazyLock;

use candour::config::load_with_environment;
use candour::security::{Keys, Purpose, Sealer};
use libfuzzer_sys::fuzz_target;

static SEALER: LazyLock<Sealer> = LazyLock::new(|| {
    let secret = "a secret of fuzzing, long enough for everybody".to_owned();
    let settings = [("CANDOUR__SECURITY__SECRET".to_owned(), secret)];
    let config = load_with_environment(None, settings.into_iter()).expect("settings");
    Sealer::new(Keys::new(&config.security))
});

fuzz_target!(|text: &str| {
    assert_eq!(SEALER.open(Purpose::Cursor, b"/api/v1/surveys", text), None);
    let sealed = SEALER.seal(Purpose::Cursor, b"/api/v1/surveys", text.as_bytes());
    assert_eq!(SEALER.open(Purpose::Cursor, b"/api/v1/surveys", &sealed).as_deref(), Some(text.as_bytes()));
    assert_eq!(SEALER.open(Purpose::Cursor, b"/api/v1/clients", &sealed), None);
});
