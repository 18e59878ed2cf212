//! Comments of a release: none of few people, in no order that tells anything, and read by a named person first.

use std::io::{Cursor, Read};

use candour::domain::account::Role;
use candour::domain::organisation::OdsCode;
use candour::services::retention::purge_on;
use candour::services::today;
use serde_json::{Value, json};

use crate::accounts::between;
use crate::support::{Answer, App, Client, PASSWORD, Settings, lines, on_both_databases, settings};

/// A survey of `people` who all answered, `comments` of them in their own words; closed.
fn closed(app: &App, hr: &Client, ods: &OdsCode, (people, comments): (usize, usize)) -> String {
    let (survey, tokens) = app.open_survey(hr, ods, people);
    for (person, token) in tokens.iter().enumerate() {
        let mut answers =
            json!({ "belonging": ["agree"], "ethnicity_group": [if person % 2 == 0 { "white" } else { "black" }] });
        if person < comments {
            answers["comment"] = json!([format!("Ask Sister Øye, number {person:02}.\n=Listen")]);
        }
        app.client.post(&format!("/api/v1/respond/{token}"), &json!({ "answers": answers })).expect(201);
    }
    hr.send("POST", &format!("/api/v1/surveys/{survey}/close"), None).expect(200);
    survey
}

fn publish(hr: &Client, survey: &str) {
    hr.send("POST", &format!("/api/v1/surveys/{survey}/publish"), None).expect(200);
}

/// Somebody who has an account, in the office.
fn in_the_office(app: &App, email: &str) -> Client {
    let answer = app.client.form("/office/sign-in", &[("email", email), ("password", PASSWORD)]).expect(303);
    let cookie = answer.header("set-cookie").and_then(|cookie| cookie.split(';').next()).expect("a cookie");
    app.client.with_cookie(cookie)
}

fn hidden(page: &str, name: &str) -> String {
    between(page, &format!("name=\"{name}\" value=\""), "\"").remove(0)
}

/// Decides about the comment with this number.
fn decide(office: &Client, survey: &str, number: usize, decision: &str, words: &str) -> Answer {
    let path = format!("/office/surveys/{survey}/comments/review");
    let page = office.get(&format!("{path}?number={number}")).expect(200).body;
    let (token, comment) = (hidden(&page, "token"), hidden(&page, "comment"));
    let fields = [("token", token.as_str()), ("comment", &comment), ("decision", decision), ("words", words)];
    office.form(&path, &fields)
}

fn read(client: &Client, survey: &str) -> Vec<String> {
    let found = client.get(&format!("/api/v1/surveys/{survey}/comments")).expect(200).json();
    let text = |comment: &Value| comment["text"].as_str().expect("a text").to_owned();
    found["comments"].as_array().expect("a list").iter().map(text).collect()
}

on_both_databases! {
    fn nobody_reads_a_comment_before_a_named_person_has_and_nothing_tells_who_wrote_it(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let (hr, viewer) = (app.signed_in(Role::HrLead, Some(&ods)), app.signed_in(Role::Viewer, Some(&ods)));
        let (office, board) = (in_the_office(&app, "hr_lead.rxx@example.org"), in_the_office(&app, "viewer.rxx@example.org"));
        let survey = closed(&app, &hr, &ods, (60, 40));
        let at = |path: &str| format!("/office/surveys/{survey}/{path}");

        // Before the release there is nothing to read, for nobody.
        viewer.get(&format!("/api/v1/surveys/{survey}/comments")).expect(404);
        office.get(&at("comments")).expect(404);
        office.get(&at("comments/review")).expect(404);
        publish(&hr, &survey);
        assert_eq!(read(&viewer, &survey), Vec::<String>::new());
        board.get(&at("comments/review")).expect(404);

        // The order is that of no other table.
        let url = app.database.url();
        let number = |text: &String| text.split("number ").nth(1).and_then(|rest| rest.get(..2)).map(str::to_owned);
        let drawn: Vec<_> = lines(&url, "SELECT body AS value FROM comments ORDER BY id").iter().filter_map(number).collect();
        let stored: Vec<_> = lines(&url, "SELECT answers AS value FROM responses ORDER BY id").iter().filter_map(number).collect();
        let mut given = drawn.clone();
        given.sort();
        assert_eq!((drawn.len(), given.clone()), (40, (0..40).map(|person| format!("{person:02}")).collect()));
        assert!(drawn != given && drawn != stored, "{drawn:?}");

        // Each mistake stands at its field; nothing is decided by it.
        let mistaken = decide(&office, &survey, 1, "", "").expect(422).body;
        assert!(mistaken.contains("href=\"#decision\"") && mistaken.contains("Choose what becomes"), "{mistaken}");
        let mistaken = decide(&office, &survey, 1, "shortened", "Matron").expect(422).body;
        assert!(mistaken.contains("href=\"#words\"") && mistaken.contains("“Matron” does not stand"), "{mistaken}");
        decide(&office, &survey, 1, "published", "").expect(303);
        decide(&office, &survey, 2, "shortened", "sister øye").expect(303);
        decide(&office, &survey, 3, "withheld", "").expect(303);
        let token = hidden(&board.get("/office").expect(200).body, "token");
        let fourth = lines(&url, "SELECT id AS value FROM comments ORDER BY id").remove(3);
        let fields = [("token", token.as_str()), ("comment", &fourth), ("decision", "published"), ("words", "")];
        board.form(&at("comments/review"), &fields).expect(404);
        let verbatim = |place: usize| format!("Ask Sister Øye, number {}.\n=Listen", drawn[place]);
        let shown = [verbatim(0), verbatim(1).replace("Sister Øye", "[…]")];
        assert_eq!(read(&viewer, &survey), shown);
        let page = board.get(&at("comments")).expect(200).body;
        assert!(page.contains("hr_lead.rxx@example.org") && !page.contains("Review "), "{page}");
        assert!(page.contains(&format!("number {}.", drawn[0])) && !page.contains(&format!("number {}.", drawn[2])), "{page}");

        // What can be read is in the files, as words and not as formulas; what cannot is in none.
        let (_, archive) = viewer.download(&format!("/api/v1/surveys/{survey}/release.zip"));
        let mut archive = zip::ZipArchive::new(Cursor::new(archive)).expect("an archive");
        let mut csv = String::new();
        archive.by_name("csv/comments.csv").expect("the file").read_to_string(&mut csv).expect("text");
        assert!(csv.contains(&format!("Ask […], number {}.", drawn[1])), "{csv}");
        for file in ["results.xlsx", "results.ods"] {
            let mut bytes = Vec::new();
            archive.by_name(file).expect("the file").read_to_end(&mut bytes).expect("bytes");
            let mut book = zip::ZipArchive::new(Cursor::new(bytes)).expect("a workbook");
            let mut texts = String::new();
            for place in 0..book.len() {
                let mut text = Vec::new();
                book.by_index(place).expect("a part").read_to_end(&mut text).expect("bytes");
                texts += &String::from_utf8_lossy(&text);
            }
            for (place, there) in [(0, true), (1, true), (2, false), (3, false)] {
                assert_eq!(texts.contains(&format!("number {}.", drawn[place])), there, "{file}: {place}");
            }
            assert_eq!(texts.matches("Sister Øye").count(), 1, "{file}: only where it is published word for word");
        }

        // The log says who decided, and nothing else: its order would tell the rest.
        let entries = lines(&url, "SELECT detail AS value FROM audit_events WHERE kind = 'comment_reviewed'");
        assert_eq!(entries, vec![format!("{{\"survey\":\"{survey}\"}}"); 3]);

        // What was published can be taken back; when the answers go, so does everything that nobody may read.
        decide(&office, &survey, 1, "withheld", "").expect(303);
        assert_eq!(read(&viewer, &survey), shown[1..]);
        let config = settings(&url, &Settings::new());
        app.run(purge_on(&config, false, today() + time::Duration::days(4_000))).expect("purged");
        assert_eq!(app.count_in(&app.database, "SELECT COUNT(*) AS value FROM comments"), 1);
        assert_eq!(app.count_in(&app.database, "SELECT COUNT(*) AS value FROM comments WHERE body IS NOT NULL"), 0);
        assert_eq!(read(&viewer, &survey), shown[1..]);
    }
}

on_both_databases! {
    fn of_few_people_no_comment_is_kept_for_anybody(database) {
        let app = App::spawn(database);
        let ods = app.organisation("RXX");
        let hr = app.signed_in(Role::HrLead, Some(&ods));
        for (comments, kept) in [(10, 0), (11, 11)] {
            let survey = closed(&app, &hr, &ods, (30, comments));
            publish(&hr, &survey);
            let count = format!("SELECT COUNT(*) AS value FROM comments WHERE survey = '{survey}'");
            assert_eq!(app.count_in(&app.database, &count), kept, "{comments} people wrote something");
            app.mailbox.empty();
        }
    }
}
