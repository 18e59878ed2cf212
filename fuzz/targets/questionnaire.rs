//! A questionnaire of a trust's own, and answers to it.
#![no_main]

use candour::domain::questionnaire::{Language, Questionnaire};
use candour::domain::response::{Packing, RawAnswers, Response};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|source: &str| {
    match Questionnaire::parse(source) {
        Ok(questionnaire) => {
            let response = Response::parse(&questionnaire, &RawAnswers::new()).expect("nobody has to answer");
            let packing = Packing::new(questionnaire.clone());
            let packed = packing.pack(&response).expect("what nobody answered fits");
            assert!(packing.unpack(&packed) == Some(response));
            let first = questionnaire.questions().next().map(|question| question.id.clone());
            let _ = questionnaire.asked(|_| &[]);
            assert!(first.is_none_or(|id| questionnaire.question(&id).is_some()));
            let _ = questionnaire.title(Language::Welsh);
        }
        Err(errors) => assert!(!errors.in_file("x.toml").is_empty()),
    }
});
