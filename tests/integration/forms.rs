//! The staff form over HTTP: what its pages say where a visit ends, and what they leave in a browser.

use candour::domain::account::Role;
use serde_json::json;

use crate::support::{Answer, App, Client, Settings, TestDatabase, on_both_databases};

const FORM: &str = "application/x-www-form-urlencoded";

fn send(client: &Client, path: &str, form: &str) -> Answer {
    client.send("POST", path, Some((FORM, form.to_owned())))
}

/// Cookies that an answer sets, as name, value and attributes.
fn cookies(answer: &Answer) -> Vec<(String, String, String)> {
    let set = answer.headers.iter().filter(|(name, _)| name == "set-cookie");
    set.map(|(_, cookie)| {
        let (pair, attributes) = cookie.split_once(';').expect("attributes");
        let (name, value) = pair.split_once('=').expect("a pair");
        (name.to_owned(), value.to_owned(), attributes.to_owned())
    })
    .collect()
}

#[test]
fn drafts_over_https_carry_a_prefix_and_are_gone_after_submit_clear_and_leave() {
    let settings = Settings::from([("CANDOUR__SERVER__PUBLIC_URL".to_owned(), "https://survey.example".to_owned())]);
    let app = App::spawn_with(TestDatabase::sqlite(), &settings);
    let ods = app.organisation("RXX");
    let hr = app.signed_in(Role::HrLead, Some(&ods));
    let (_, tokens) = app.open_survey(&hr, &ods, 1);
    let page = format!("/s/{}", tokens[0]);

    let answered = send(&app.client, &format!("{page}/question/belonging"), "answer=agree").expect(303);
    let draft = cookies(&answered);
    let names: Vec<&str> = draft.iter().map(|(name, _, _)| name.as_str()).collect();
    assert_eq!(names, ["__Secure-candour_answers", "__Secure-candour_answers_2"]);
    for (name, value, attributes) in &draft {
        for part in ["Secure", "HttpOnly", "SameSite=Strict", &format!("Path={page}")] {
            assert!(attributes.contains(part), "{part}: {attributes}");
        }
        assert!(!attributes.contains("Domain") && !attributes.contains("Expires") || value.is_empty(), "{attributes}");
        assert!(!value.contains("agree"), "{name} is sealed");
    }
    let shown = |name: &str| {
        let client = app.client.with_cookie(&format!("{name}={}", draft[0].1));
        client.get(&format!("{page}/check")).expect(200).body.contains("<p class=\"nhsuk-body\">Agree</p>")
    };
    assert!(shown("__Secure-candour_answers"));
    assert!(!shown("candour_answers"), "a cookie that a page without encryption may have set is read");

    let mine = app.client.with_cookie(&format!("__Secure-candour_answers={}", draft[0].1));
    for (method, path, status) in [("POST", "clear", 200), ("GET", "leave", 303), ("POST", "submit", 201)] {
        let removed = cookies(&mine.send(method, &format!("{page}/{path}"), None).expect(status));
        assert_eq!(removed.len(), 2, "{path}");
        for ((name, value, attributes), (set, _, _)) in removed.iter().zip(&draft) {
            assert!(name == set && value.is_empty() && attributes.contains("Max-Age=0"), "{path}: {name} {attributes}");
            assert!(attributes.contains(&format!("Path={page}")) && attributes.contains("Secure"), "{attributes}");
        }
    }
    let kiosk = cookies(&app.client.get("/kiosk").expect(303));
    assert_eq!(kiosk[0].0, "__Host-candour_kiosk");
    assert!(kiosk[0].2.contains("Path=/") && kiosk[0].2.contains("Secure"), "{}", kiosk[0].2);
}

on_both_databases! {
    fn wherever_a_visit_ends_both_languages_say_why_and_lead_to_each_other(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        let (survey, tokens) = app.open_survey(&hr, &ods, 3);
        let (used, late) = (format!("/s/{}", tokens[0]), format!("/s/{}/question/belonging", tokens[1]));
        app.client.post(&format!("/api/v1/respond/{}", tokens[0]), &json!({ "answers": { "belonging": ["agree"] } })).expect(201);
        let look = |path: &str, status, english: &str, welsh: &str| {
            for (path, other, language, title) in [(path.to_owned(), format!("{path}?lang=cy"), "en", english), (format!("{path}?lang=cy"), path.to_owned(), "cy", welsh)] {
                let page = app.client.get(&path).expect(status).body;
                assert!(page.contains(&format!("<html lang=\"{language}\">")), "{path}");
                assert!(page.contains(&format!("<h1 class=\"nhsuk-heading-l\">{title}</h1>")), "{path}: {page}");
                assert!(page.contains(&format!("href=\"{other}\" lang=")), "{path} does not lead to {other}: {page}");
            }
        };
        look(&used, 409, "This link has been used", "Mae’r ddolen hon wedi’i defnyddio");
        look("/s/AAAAAAAAAAAAAAAAAAAAAA", 404, "This link does not work", "Nid yw’r ddolen hon yn gweithio");
        for broken in ["/s", "/s/half", "/s/half/an/address"] {
            look(broken, 404, "This link does not work", "Nid yw’r ddolen hon yn gweithio");
        }
        look(&format!("/s/{}/question/none", tokens[1]), 404, "There is no such question", "Nid oes cwestiwn o’r fath");
        hr.send("POST", &format!("/api/v1/surveys/{survey}/close"), None).expect(200);
        look(&late, 410, "This survey is not open", "Nid yw’r arolwg hwn ar agor");
        // What was sent has no address: the other language is offered where one starts.
        let sent = send(&app.client, &format!("{late}?lang=cy&from=check"), "answer=agree").expect(410).body;
        assert!(sent.contains(&format!("href=\"/s/{}?from=check\" lang=\"en\"", tokens[1])), "{sent}");
        // Expired: the invitation has been deleted.
        let later = candour::services::today() + time::Duration::days(400);
        let config = crate::support::settings(&app.database.url(), &Settings::new());
        app.run(candour::services::retention::purge_on(&config, false, later)).expect("purged");
        look(&late, 404, "This link does not work", "Nid yw’r ddolen hon yn gweithio");
    }
}

#[test]
fn pages_that_confirm_something_can_be_read_in_the_other_language() {
    let app = App::spawn(TestDatabase::sqlite());
    let ods = app.organisation("RXX");
    let hr = app.signed_in(Role::HrLead, Some(&ods));
    let (survey, tokens) = app.open_survey(&hr, &ods, 1);
    let page = format!("/s/{}", tokens[0]);
    // Follows the form in the header; gives the page in the other language.
    let switched = |shown: &Answer| {
        let (_, form) = shown.body.split_once("<li><form method=\"post\" action=\"").expect("a form");
        let (action, rest) = form.split_once('"').expect("an action");
        let (form, _) = rest.split_once("</form>").expect("its end");
        let field = |mark: &str| form.split(mark).nth(1).and_then(|rest| rest.split('"').next());
        let sent = match (field("name=\""), field("value=\"")) {
            (Some(name), Some(value)) => format!("{name}={value}"),
            _ => String::new(),
        };
        send(&app.client, action, &sent).expect(200)
    };
    let draft = cookies(&send(&app.client, &format!("{page}/question/belonging"), "answer=agree").expect(303));
    let mine = app.client.with_cookie(&format!("candour_answers={}", draft[0].1));
    let both = |first: &Answer, language: &str, other: &str| {
        let second = switched(first);
        assert!(first.body.contains(&format!("<html lang=\"{language}\">")), "{}", first.body);
        assert!(second.body.contains(&format!("<html lang=\"{other}\">")), "{}", second.body);
        assert!(switched(&second).body.contains(&format!("<html lang=\"{language}\">")));
    };
    both(&send(&mine, &format!("{page}/clear"), ""), "en", "cy");
    both(&send(&mine, &format!("{page}/no-more-e-mail?lang=cy"), ""), "cy", "en");
    let done = send(&mine, &format!("{page}/submit"), "").expect(201);
    let receipt = |shown: &Answer| shown.body.split("candour-receipt\">").nth(1).map(|rest| rest[..22].to_owned());
    let welsh = switched(&done);
    assert!(
        receipt(&done).is_some() && receipt(&done) == receipt(&welsh) && receipt(&done) == receipt(&switched(&welsh))
    );
    both(&done, "en", "cy");
    assert_eq!(app.stored_responses(&survey), 1);
    assert!(!welsh.body.contains(&tokens[0]), "a receipt shown again says whose link it was");
    send(&app.client, "/receipt/given", "receipt=nonsense").expect(422);
}

#[test]
fn sensitive_questions_name_support_and_every_page_can_be_left_quickly() {
    let app = App::spawn(TestDatabase::sqlite());
    let ods = app.organisation("RXX");
    let hr = app.signed_in(Role::HrLead, Some(&ods));
    let (_, tokens) = app.open_survey(&hr, &ods, 1);
    let page = format!("/s/{}", tokens[0]);
    for (query, support, leave) in [
        ("", "Support, if you want it", "Exit this page quickly"),
        ("?lang=cy", "Cymorth, os ydych ei eisiau", "Gadael y dudalen hon yn gyflym"),
    ] {
        for below in ["", "/question/harassed_by_staff", "/question/belonging", "/check"] {
            let shown = app.client.get(&format!("{page}{below}{query}")).expect(200).body;
            let link = format!("<a class=\"candour-exit\" href=\"{page}/leave{query}\">{leave}</a>");
            assert!(shown.contains(&link), "{below}{query}");
            assert_eq!(shown.contains(support), below.contains("harassed"), "{below}{query}");
        }
    }
}

#[test]
fn a_question_shows_its_readers_own_link_and_choices_and_nobody_elses() {
    let app = App::spawn(TestDatabase::sqlite());
    let ods = app.organisation("RXX");
    let hr = app.signed_in(Role::HrLead, Some(&ods));
    let (_, tokens) = app.open_survey(&hr, &ods, 2);
    // A page's choices, those that are chosen, and whether the links are this person's.
    let seen = |page: &str, token: &str, other: &str| {
        assert!(page.contains(&format!("action=\"/s/{token}/question/")), "{page}");
        assert!(!page.contains(other) && !page.contains(['\0', '\u{1}']), "{page}");
        let (mut all, mut chosen) = (Vec::new(), Vec::new());
        for input in page.split("name=\"answer\" type=\"").skip(1) {
            let (value, rest) =
                input.split_once("value=\"").and_then(|(_, rest)| rest.split_once('"')).expect("a value");
            all.push(value.to_owned());
            chosen.extend(rest.starts_with(" checked>").then(|| value.to_owned()));
        }
        (all, chosen)
    };
    let [mine, other] = [&tokens[0], &tokens[1]].map(String::as_str);
    let mut browser = app.client.with_cookie("none=");
    let answer = |browser: &Client, question: &str, values: &[&str]| {
        let form = values.iter().map(|value| format!("answer={value}")).collect::<Vec<_>>().join("&");
        let answered = send(browser, &format!("/s/{mine}/question/{question}"), &form).expect(303);
        let draft: Vec<String> = cookies(&answered).iter().map(|(name, value, _)| format!("{name}={value}")).collect();
        app.client.with_cookie(&draft.join("; "))
    };
    browser = answer(&browser, "harassed_by_staff", &["3_to_5"]);
    for (question, several) in [("belonging", false), ("harassed_by_whom", true)] {
        let path = |token: &str| format!("/s/{token}/question/{question}");
        let (all, none) = seen(&browser.get(&path(mine)).expect(200).body, mine, other);
        assert!(all.len() > 3 && none.is_empty(), "{all:?}");
        for (place, one) in all.iter().enumerate() {
            // The last stands apart: it cannot be chosen with others.
            let and = several && place > 0 && place + 1 < all.len();
            let given: Vec<&str> = all[..1].iter().filter(|_| and).chain([one]).map(String::as_str).collect();
            browser = answer(&browser, question, &given);
            assert_eq!(
                seen(&browser.get(&path(mine)).expect(200).body, mine, other),
                (all.clone(), given.iter().map(|value| (*value).to_owned()).collect())
            );
            if !several {
                assert_eq!(
                    seen(&app.client.get(&path(other)).expect(200).body, other, mine),
                    (all.clone(), Vec::new())
                );
            }
        }
    }
}

#[test]
fn every_question_says_how_far_it_is_and_can_be_skipped_or_declined() {
    let app = App::spawn(TestDatabase::sqlite());
    let ods = app.organisation("RXX");
    let hr = app.signed_in(Role::HrLead, Some(&ods));
    let (_, tokens) = app.open_survey(&hr, &ods, 1);
    let page = format!("/s/{}", tokens[0]);
    let start = app.client.get(&page).expect(200).body;
    for part in [
        "Trust RXX asks everyone",
        "8 to 10 minutes",
        "are anonymous",
        "groups of 11 people or more",
        "/about/anonymity",
    ] {
        assert!(start.contains(part), "{part}: {start}");
    }
    let (mut at, mut client) =
        (start.split("<a class=\"nhsuk-button\" href=\"").nth(1).expect("a way in").to_owned(), None);
    at.truncate(at.find('"').expect("an address"));
    for number in 1.. {
        assert!(number < 120, "the form does not end");
        let browser = client.as_ref().unwrap_or(&app.client);
        let shown = browser.get(&at).expect(200).body;
        assert!(shown.contains(&format!("question {number} of ")), "{shown}");
        assert!(shown.contains("name=\"skip\""), "{at} cannot be skipped");
        let declined = shown.contains("value=\"prefer_not_to_say\"") && shown.contains("Prefer not to say");
        assert!(declined || shown.contains("<textarea"), "{at} cannot be declined");
        let answered = send(browser, &at, "skip=yes").expect(303);
        let draft: Vec<String> = cookies(&answered).iter().map(|(name, value, _)| format!("{name}={value}")).collect();
        client = Some(app.client.with_cookie(&draft.join("; ")));
        at = answered.header("location").expect("the next page").to_owned();
        if at == format!("{page}/check") {
            assert!(number >= 30, "only {number} questions");
            break;
        }
    }
}

#[test]
fn pages_say_how_far_it_is_and_what_the_settings_promise() {
    let settings = [
        ("RETENTION__RESPONSES_DAYS_AFTER_CLOSE", "77"),
        ("RETENTION__INVITATIONS_DAYS_AFTER_CLOSE", "13"),
        ("DISCLOSURE__MINIMUM_COUNT", "12"),
    ];
    let settings = settings.map(|(name, value)| (format!("CANDOUR__{name}"), value.to_owned()));
    let app = App::spawn_with(TestDatabase::sqlite(), &Settings::from(settings));
    let ods = app.organisation("RXX");
    let hr = app.signed_in(Role::HrLead, Some(&ods));
    let (_, tokens) = app.open_survey(&hr, &ods, 1);
    let page = format!("/s/{}", tokens[0]);
    for (query, first, promises) in [
        ("", "question 1 of ", ["77 days after", "13 days after", "fewer than 12 people"]),
        ("?lang=cy", "cwestiwn 1 o ", ["77 o ddiwrnodau", "13 o ddiwrnodau", "12"]),
    ] {
        let start = app.client.get(&format!("{page}{query}")).expect(200).body;
        let (_, link) = start.split_once("<a class=\"nhsuk-button\" href=\"").expect("a way in");
        let question = app.client.get(link.split('"').next().expect("an address")).expect(200).body;
        assert!(question.contains(first), "{question}");
        let about = app.client.get(&format!("/about/anonymity{query}")).expect(200).body;
        for promise in promises {
            assert!(about.contains(promise), "{promise}: {about}");
        }
    }
}

#[test]
fn no_logo_is_shown_unless_the_operator_sets_their_own() {
    let plain = App::spawn(TestDatabase::sqlite()).client;
    for path in ["/s/unknown", "/office/sign-in"] {
        let page = plain.get(path).body;
        assert!(!page.contains("<img") && !page.contains("NHS logo"), "{path}");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("logo.svg");
    let picture = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"/>";
    std::fs::write(&file, picture).expect("written");
    let settings = [("LOGO", file.display().to_string()), ("LOGO_TEXT", "Mersey & Dee Trust".to_owned())];
    let settings = settings.map(|(name, value)| (format!("CANDOUR__BRANDING__{name}"), value));
    let branded = App::spawn_with(TestDatabase::sqlite(), &Settings::from(settings)).client;
    for path in ["/s/unknown", "/office/sign-in"] {
        let page = branded.get(path).body;
        let (_, image) = page.split_once("<img class=\"candour-header__logo\" src=\"").expect("a logo");
        let (address, rest) = image.split_once('"').expect("an address");
        assert!(rest.starts_with(" alt=\"Mersey &#38; Dee Trust\">"), "{rest}");
        let logo = branded.get(address).expect(200);
        assert_eq!((logo.header("content-type"), logo.body.as_str()), (Some("image/svg+xml"), picture));
        branded.get("/logo/other").expect(404);
    }
}

#[test]
fn long_pages_of_the_form_travel_compressed_and_short_ones_and_the_office_do_not() {
    let app = App::spawn(TestDatabase::sqlite());
    let ods = app.organisation("RXX");
    let hr = app.signed_in(Role::HrLead, Some(&ods));
    let (_, tokens) = app.open_survey(&hr, &ods, 1);
    let page = format!("/s/{}", tokens[0]);
    let encoding = |path: &str, takes: &str| {
        let (status, headers, bytes) = app.client.bytes_encoded(path, takes);
        assert_eq!(status, 200, "{path}");
        (headers.get("content-encoding").cloned(), bytes)
    };
    let (none, plain) = encoding(&format!("{page}/check"), "identity");
    let (gzip, packed) = encoding(&format!("{page}/check"), "gzip, br");
    assert_eq!((none, gzip.as_deref()), (None, Some("gzip")));
    assert!(plain.len() > 20_000 && packed.len() < 8_000, "{} and {}", plain.len(), packed.len());
    let mut unpacked = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&packed[..]), &mut unpacked).expect("gzip");
    assert_eq!(unpacked, plain);
    for path in [format!("{page}/question/belonging"), "/office/sign-in".to_owned()] {
        assert_eq!(encoding(&path, "gzip").0, None, "{path}");
    }
}
