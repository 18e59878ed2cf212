//! Questionnaires: the built-in one, and checking one's own.

use actix_web::{get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::Body;
use crate::domain::questionnaire::{Language, Questionnaire, Translated};
use crate::web::access::{Anywhere, ReadSurvey, RunSurvey};
use crate::web::error::{ApiResult, Problem, ProblemBody, ProblemPart};

/// A text in both languages.
#[derive(Serialize, ToSchema)]
pub struct TextView {
    /// English.
    en: String,
    /// Welsh.
    cy: String,
}

impl TextView {
    /// Both texts of `text`, which gives one for a language.
    fn new<'a>(text: impl Fn(Language) -> &'a str) -> Self {
        Self { en: text(Language::English).to_owned(), cy: text(Language::Welsh).to_owned() }
    }
}

/// A questionnaire.
#[derive(Serialize, ToSchema)]
pub struct QuestionnaireView {
    /// Short name.
    #[schema(example = "candour-core")]
    id: String,
    /// Version of the wording.
    version: u32,
    /// Title.
    title: TextView,
    /// Sections in the order of asking.
    sections: Vec<SectionView>,
}

/// Questions that belong together.
#[derive(Serialize, ToSchema)]
pub struct SectionView {
    /// Short name.
    id: String,
    /// Title.
    title: TextView,
    /// Questions in the order of asking.
    questions: Vec<QuestionView>,
}

/// A question.
#[derive(Serialize, ToSchema)]
pub struct QuestionView {
    /// Name of its answers.
    id: String,
    /// Kind of question.
    kind: &'static str,
    /// What is asked.
    text: TextView,
    /// Options; empty for free text. Every question with options also takes `prefer_not_to_say`.
    options: Vec<OptionView>,
    /// Asked when one of these holds; always when empty.
    ask_when: Vec<ConditionView>,
}

/// An option.
#[derive(Serialize, ToSchema)]
pub struct OptionView {
    /// What to send.
    code: String,
    /// What to show.
    label: TextView,
}

/// Another question's answer that leads to this one.
#[derive(Serialize, ToSchema)]
pub struct ConditionView {
    /// The other question.
    question: String,
    /// Any of these answers.
    any_of: Vec<String>,
}

/// A questionnaire as it is listed.
#[derive(Serialize, ToSchema)]
pub struct QuestionnaireEntry {
    /// Short name.
    id: String,
    /// Version of the wording.
    version: u32,
    /// Title.
    title: TextView,
    /// How many questions it has.
    questions: usize,
}

/// A definition to check.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// TOML.
    definition: String,
}

impl From<&Questionnaire> for QuestionnaireView {
    fn from(questionnaire: &Questionnaire) -> Self {
        let both = |text: &Translated| TextView::new(|language| text.get(language));
        let sections = questionnaire.sections().iter().map(|section| SectionView {
            id: section.id.clone(),
            title: both(&section.title),
            questions: section
                .questions
                .iter()
                .map(|question| QuestionView {
                    id: question.id.clone(),
                    kind: question.kind.entry().name,
                    text: TextView::new(|language| question.text(language)),
                    options: question
                        .options()
                        .iter()
                        .map(|option| OptionView {
                            code: option.code.clone(),
                            label: TextView::new(|language| option.label(language)),
                        })
                        .collect(),
                    ask_when: question
                        .ask_when
                        .iter()
                        .map(|condition| ConditionView {
                            question: condition.question.clone(),
                            any_of: condition.any_of.clone(),
                        })
                        .collect(),
                })
                .collect(),
        });
        Self {
            id: questionnaire.id().to_owned(),
            version: questionnaire.version(),
            title: TextView::new(|language| questionnaire.title(language)),
            sections: sections.collect(),
        }
    }
}

fn entry(questionnaire: &Questionnaire) -> QuestionnaireEntry {
    QuestionnaireEntry {
        id: questionnaire.id().to_owned(),
        version: questionnaire.version(),
        title: TextView::new(|language| questionnaire.title(language)),
        questions: questionnaire.questions().count(),
    }
}

/// Lists the questionnaires that come with Candour.
#[utoipa::path(tag = "questionnaires", responses((status = 200, body = Vec<QuestionnaireEntry>), (status = 401, body = ProblemBody)))]
#[get("/questionnaires")]
pub async fn list_questionnaires(_access: Anywhere<ReadSurvey>) -> web::Json<Vec<QuestionnaireEntry>> {
    web::Json(vec![entry(Questionnaire::built_in())])
}

/// One of them, whole.
#[utoipa::path(tag = "questionnaires", params(("questionnaire" = String, Path, description = "Short name")),
    responses((status = 200, body = QuestionnaireView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody)))]
#[get("/questionnaires/{questionnaire}")]
pub async fn read_questionnaire(
    _access: Anywhere<ReadSurvey>,
    path: web::Path<String>,
) -> ApiResult<web::Json<QuestionnaireView>> {
    let built_in = Questionnaire::built_in();
    if path.as_str() == built_in.id() {
        Ok(web::Json(built_in.into()))
    } else {
        Err(Problem::not_found("questionnaire"))
    }
}

/// Checks a definition of one's own, which can then be given to a new survey.
#[utoipa::path(tag = "questionnaires", request_body = Definition,
    responses((status = 200, body = QuestionnaireEntry), (status = 401, body = ProblemBody), (status = 422, body = ProblemBody)))]
#[post("/questionnaires")]
pub async fn check_questionnaire(
    _access: Anywhere<RunSurvey>,
    body: Body<Definition>,
) -> ApiResult<web::Json<QuestionnaireEntry>> {
    let questionnaire = Questionnaire::parse(&body.read()?.definition).map_err(|errors| {
        let parts = errors
            .all()
            .iter()
            .map(|error| ProblemPart { pointer: "/definition".to_owned(), detail: error.to_string() })
            .collect();
        Problem::unprocessable("the definition cannot be used", parts)
    })?;
    Ok(web::Json(entry(&questionnaire)))
}
