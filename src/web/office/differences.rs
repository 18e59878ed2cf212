//! Differences between ethnic groups that chance alone does not explain, in words.

use actix_web::{HttpResponse, get, web};
use askama::Template;

use super::frame::{Section, page, render};
use super::results::between;
use crate::domain::ethnicity::MINORITY_ETHNIC;
use crate::domain::figure::Figure;
use crate::domain::questionnaire::{Classification, Language};
use crate::domain::results::{GroupGap, Wave, category_label, group_gaps};
use crate::services::Services;
use crate::services::results::Release;
use crate::web::Problem;
use crate::web::access::{Managed, ReadRelease};
use crate::web::components::Page;

/// Below this adjusted p-value a difference is named.
const SIGNIFICANT: f64 = 0.05;

#[derive(Template)]
#[template(path = "web/office/differences.html")]
struct DifferencesPage {
    page: Page,
    survey: String,
    title: String,
    compared: usize,
    withheld: usize,
    /// Groups that differ from White staff, minority ethnic staff together first.
    groups: Vec<GroupDifferences>,
}

/// What one group's answers differ in.
struct GroupDifferences {
    name: String,
    differences: Vec<Difference>,
}

/// One difference.
pub(super) struct Difference {
    /// Code of the group.
    group: &'static str,
    /// Question.
    pub question: String,
    /// What was asked.
    pub text: String,
    /// The difference as a sentence.
    pub sentence: String,
    /// Percentage points, for the order.
    points: f64,
}

/// The page.
#[get("/surveys/{id}/differences")]
pub async fn show(access: Managed<ReadRelease>, services: web::Data<Services>) -> Result<HttpResponse, Problem> {
    let release = services.results.read(access.scope, access.id).await?;
    let (survey, title) = (release.survey.id.to_string(), release.survey.title.as_str().to_owned());
    let found = Found::of(&release);
    let mut groups: Vec<GroupDifferences> = Vec::new();
    let mut codes: Vec<&str> = found.differences.iter().map(|difference| difference.group).collect();
    codes.sort_by_key(|code| *code != MINORITY_ETHNIC);
    codes.dedup();
    let mut seen = std::collections::HashSet::new();
    codes.retain(|code| seen.insert(*code));
    let mut differences = found.differences;
    for code in codes {
        let (of_group, rest) = differences.into_iter().partition(|difference| difference.group == code);
        groups.push(GroupDifferences { name: name(&release, code), differences: of_group });
        differences = rest;
    }
    render(&DifferencesPage {
        page: page(format!("Differences in {title}"), Some(Section::Surveys)).below([
            ("/office".to_owned(), "Surveys".to_owned()),
            (format!("/office/surveys/{survey}"), title.clone()),
            (format!("/office/surveys/{survey}/results"), "Results".to_owned()),
        ]),
        survey,
        title,
        compared: found.compared,
        withheld: found.withheld,
        groups,
    })
}

/// The comparisons of a release.
pub(super) struct Found {
    /// How many differences were tested.
    pub compared: usize,
    /// How many are withheld.
    pub withheld: usize,
    /// Those that are significant after adjustment, the largest first.
    pub differences: Vec<Difference>,
}

impl Found {
    /// Compares every group at every question.
    pub(super) fn of(release: &Release) -> Self {
        let questionnaire = &release.content.questionnaire;
        let gaps = group_gaps(Wave { table: &release.table, questionnaire });
        let all = || gaps.iter().flat_map(|question| question.groups.iter());
        let differences = gaps.iter().flat_map(|question| {
            let text =
                questionnaire.question(&question.question).map_or("", |found| found.text(Language::English)).to_owned();
            question.groups.iter().filter_map(move |gap| {
                let sentence = sentence(&name(release, gap.group), gap, question.white.favourable)?;
                Some(Difference {
                    group: gap.group,
                    question: question.question.clone(),
                    text: text.clone(),
                    sentence,
                    points: gap.gap.difference.value()?.as_f64(),
                })
            })
        });
        let mut differences: Vec<Difference> = differences.collect();
        differences.sort_by(|one, other| other.points.abs().total_cmp(&one.points.abs()));
        Self {
            compared: all().filter(|gap| gap.gap.p.value().is_some()).count(),
            withheld: all().filter(|gap| matches!(gap.gap.difference, Figure::Withheld)).count(),
            differences,
        }
    }

    /// The largest of minority ethnic staff together.
    pub(super) fn headlines(self, most: usize) -> Vec<Difference> {
        self.differences.into_iter().filter(|difference| difference.group == MINORITY_ETHNIC).take(most).collect()
    }
}

fn name(release: &Release, code: &str) -> String {
    category_label(&release.content.units, Classification::Ethnicity.code(), code, Language::English)
}

/// The difference in words; `None` when it is not significant, or not to be seen.
fn sentence(group: &str, gap: &GroupGap, white: Figure<crate::domain::figure::Share>) -> Option<String> {
    gap.gap.p.value().filter(|p| *p < SIGNIFICANT)?;
    let points = gap.gap.difference.value()?.as_f64();
    let (share, white) = (gap.measures.favourable.value()?, white.value()?);
    let direction = if points < 0.0 { "less" } else { "more" };
    let interval = gap.gap.interval.value().map_or_else(String::new, |it| format!(" (95 % interval {})", between(it)));
    Some(format!(
        "{group} staff gave favourable answers {direction} often than White staff: {} against {}, a difference of \
         {:.1} percentage points{interval}.",
        share.percent(0),
        white.percent(0),
        points.abs()
    ))
}
