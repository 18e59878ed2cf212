//! A questionnaire of a trust's own, and answers to it.
#![no_main]

use candour::domain::questionnaire::{Language, Questionnaire};
use candour::domain::response::{Packing, RawAnswers, Response};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|source: &str| {
    match Questionnaire::parse(source) {
        Ok(questionnaire) => {
            // Somebody has to answer something; what they choose there is taken.
            let asked = questionnaire.asked(|_| &[]);
            let Some(question) = asked.into_iter().find(|question| question.has_options()) else { return };
            let chosen = vec![question.options()[0].code.clone()];
            let answers = RawAnswers::from([(question.id.clone(), chosen)]);
            let response = Response::parse(&questionnaire, &answers).expect("an option can be chosen");
            let packing = Packing::new(questionnaire.clone());
            let packed = packing.pack(&response).expect("one answer fits");
            assert!(packing.unpack(&packed) == Some(response));
            let first = questionnaire.questions().next().map(|question| question.id.clone());
            assert!(first.is_none_or(|id| questionnaire.question(&id).is_some()));
            let _ = questionnaire.title(Language::Welsh);
        }
        Err(errors) => assert!(!errors.in_file("x.toml").is_empty()),
    }
});
