//! Answers before submit: packed small, sealed, and kept in cookies of the respondent's own browser.
//!
//! They never reach our database before submit. The cookies belong to one personal link, end with the browser and
//! open for two hours only, and are removed after submit or on “clear my answers”. Questions and options are packed
//! as their places in the questionnaire, which never changes while a survey is open.
//!
//! Over HTTPS their names start with `__Secure-`, so that no browser takes them from a page without encryption. The
//! stronger `__Host-` would force them to the path `/`, and one link's answers would then be sent with another's.

use actix_web::cookie::{Cookie, SameSite};
use time::{Duration, OffsetDateTime};

use crate::domain::questionnaire::{PREFER_NOT_TO_SAY, Question, Questionnaire};
use crate::domain::response::RawAnswers;

/// How long a draft opens after it was last changed.
pub(super) const LIFE: Duration = Duration::hours(2);
/// Browsers keep cookies of up to 4,096 bytes, and proxies pass header lines of up to 8 KiB.
const COOKIE_NAMES: [&str; 2] = ["candour_answers", "candour_answers_2"];
const SECURE_COOKIE_NAMES: [&str; 2] = ["__Secure-candour_answers", "__Secure-candour_answers_2"];
const COOKIE_BYTES: usize = 3_700;
const VERSION: u8 = 1;

/// The draft does not fit into the cookies: comments are too long in sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooLong;

/// Packs answers and the time until which they may be opened.
pub(super) fn pack(questionnaire: &Questionnaire, answers: &RawAnswers, until: OffsetDateTime) -> Vec<u8> {
    let mut packed = vec![VERSION];
    packed.extend(until.unix_timestamp().to_be_bytes());
    for (place, question) in questionnaire.questions().enumerate() {
        let Some(values) = answers.get(&question.id) else { continue };
        let values = packed_values(question, values);
        push_number(&mut packed, place);
        push_number(&mut packed, values.len());
        packed.extend(values);
    }
    packed
}

/// The answers packed, unless their time is over or they do not fit the questionnaire.
pub(super) fn unpack(questionnaire: &Questionnaire, packed: &[u8], now: OffsetDateTime) -> Option<RawAnswers> {
    let (&[VERSION, ref until @ ..], mut rest) = packed.split_first_chunk::<9>()? else { return None };
    if i64::from_be_bytes(*until) < now.unix_timestamp() {
        return None;
    }
    let questions: Vec<&Question> = questionnaire.questions().collect();
    let mut answers = RawAnswers::new();
    while !rest.is_empty() {
        let question = questions.get(take_number(&mut rest)?)?;
        let length = take_number(&mut rest)?;
        let values = rest.split_at_checked(length)?;
        answers.insert(question.id.clone(), unpacked_values(question, values.0)?);
        rest = values.1;
    }
    Some(answers)
}

/// One place per option chosen; “prefer not to say” stands after the last option. A text is packed as it is.
fn packed_values(question: &Question, values: &[String]) -> Vec<u8> {
    let mut packed = Vec::new();
    if !question.has_options() {
        packed.extend(values.iter().flat_map(|text| text.bytes()));
        return packed;
    }
    for value in values {
        let place = question.options().iter().position(|option| option.code == *value);
        push_number(&mut packed, place.unwrap_or(question.options().len()));
    }
    packed
}

fn unpacked_values(question: &Question, mut packed: &[u8]) -> Option<Vec<String>> {
    if !question.has_options() {
        let text = String::from_utf8(packed.to_vec()).ok()?;
        return Some(if text.is_empty() { Vec::new() } else { vec![text] });
    }
    let mut values = Vec::new();
    while !packed.is_empty() {
        let place = take_number(&mut packed)?;
        let code = question.options().get(place).map_or(PREFER_NOT_TO_SAY, |option| option.code.as_str());
        values.push(code.to_owned());
    }
    Some(values)
}

fn push_number(packed: &mut Vec<u8>, number: usize) {
    packed.extend(u16::try_from(number).unwrap_or(u16::MAX).to_be_bytes());
}

fn take_number(rest: &mut &[u8]) -> Option<usize> {
    let (number, after) = rest.split_first_chunk::<2>()?;
    *rest = after;
    Some(usize::from(u16::from_be_bytes(*number)))
}

fn names(https: bool) -> [&'static str; 2] {
    if https { SECURE_COOKIE_NAMES } else { COOKIE_NAMES }
}

/// The cookies that hold a sealed draft; those not needed are removed.
pub(super) fn cookies(sealed: &str, path: &str, https: bool) -> Result<Vec<Cookie<'static>>, TooLong> {
    let mut rest = sealed;
    let mut cookies = Vec::new();
    for name in names(https) {
        let (part, after) = rest.split_at(rest.len().min(COOKIE_BYTES));
        rest = after;
        cookies.push(cookie(name, part.to_owned(), path, https));
    }
    if rest.is_empty() { Ok(cookies) } else { Err(TooLong) }
}

/// The sealed draft that a browser sent: what [`cookies`] wrote, put together again.
pub(super) fn from_cookies(https: bool, cookie: impl Fn(&str) -> Option<String>) -> String {
    names(https).iter().filter_map(|name| cookie(name)).collect()
}

/// Cookies that leave nothing behind.
pub(super) fn no_cookies(path: &str, https: bool) -> Vec<Cookie<'static>> {
    names(https).iter().map(|name| cookie(name, String::new(), path, https)).collect()
}

fn cookie(name: &'static str, value: String, path: &str, https: bool) -> Cookie<'static> {
    let empty = value.is_empty();
    let mut cookie = Cookie::build(name, value)
        .path(path.to_owned())
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(https)
        .finish();
    if empty {
        cookie.make_removal();
    }
    cookie
}

#[cfg(test)]
mod tests {
    use super::*;

    fn questionnaire() -> Questionnaire {
        Questionnaire::built_in().with_units(&[("T1".into(), "Theatres".into()), ("T2".into(), "Tower ward".into())])
    }

    fn answers() -> RawAnswers {
        let answer =
            |id: &str, values: &[&str]| (id.to_owned(), values.iter().map(|value| (*value).to_owned()).collect());
        RawAnswers::from([
            answer("belonging", &["agree"]),
            answer("voice", &[]),
            answer("harassed_by_staff", &[PREFER_NOT_TO_SAY]),
            answer("discrimination_grounds", &["ethnicity", "age"]),
            answer("unit", &["T2"]),
            answer("comment", &["Tŷ ☕"]),
        ])
    }

    #[test]
    fn a_draft_is_read_back_as_it_was_until_its_time_is_over() {
        let now = OffsetDateTime::UNIX_EPOCH + Duration::days(20_000);
        let packed = pack(&questionnaire(), &answers(), now + LIFE);
        assert_eq!(unpack(&questionnaire(), &packed, now), Some(answers()));
        assert_eq!(unpack(&questionnaire(), &packed, now + LIFE + Duration::seconds(1)), None);
    }

    #[test]
    fn anything_else_is_no_draft() {
        let now = OffsetDateTime::UNIX_EPOCH;
        let packed = pack(&questionnaire(), &answers(), now + LIFE);
        for length in 0..packed.len() {
            let read = unpack(&questionnaire(), &packed[..length], now);
            assert!(read.is_none() || read != Some(answers()));
        }
        assert_eq!(unpack(&questionnaire(), &[9; 40], now), None);
    }

    #[test]
    fn a_full_draft_fits_and_a_longer_one_is_refused() {
        let every_option = |question: &Question| question.options().iter().map(|option| option.code.clone()).collect();
        let questionnaire = questionnaire();
        let mut full: RawAnswers =
            questionnaire.questions().map(|question| (question.id.clone(), every_option(question))).collect();
        full.insert("comment".into(), vec!["ŵ".repeat(1_500)]);
        let packed = pack(&questionnaire, &full, OffsetDateTime::UNIX_EPOCH);
        let sealed_length = (packed.len() + 40).div_ceil(3) * 4;
        assert!(cookies(&"x".repeat(sealed_length), "/s/t", true).is_ok(), "{sealed_length}");
        assert_eq!(cookies(&"x".repeat(2 * COOKIE_BYTES + 1), "/s/t", true).err(), Some(TooLong));
    }

    #[test]
    fn cookies_stay_with_their_link_and_their_browser() {
        let sealed = "x".repeat(COOKIE_BYTES + 10);
        let cookies = cookies(&sealed, "/s/t", true).expect("two cookies suffice");
        let back = from_cookies(true, |name| {
            cookies.iter().find(|cookie| cookie.name() == name).map(|cookie| cookie.value().to_owned())
        });
        assert_eq!(back, sealed);
        for cookie in &cookies {
            assert_eq!((cookie.path(), cookie.http_only(), cookie.secure()), (Some("/s/t"), Some(true), Some(true)));
            assert_eq!((cookie.same_site(), cookie.max_age()), (Some(SameSite::Strict), None));
            assert!(cookie.name().starts_with("__Secure-"), "{}", cookie.name());
        }
        assert!(no_cookies("/s/t", true).iter().all(|cookie| cookie.max_age() == Some(Duration::ZERO)));
    }
}
