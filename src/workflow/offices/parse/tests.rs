//! Tests of reading successions.

use super::*;

fn problems(text: &str) -> Vec<(String, usize, usize)> {
    let found = parse("offices.yaml", text).err().unwrap_or_default();
    found.into_iter().map(|p| (p.kind.to_string(), p.place.line, p.place.column)).collect()
}

#[test]
fn a_succession_is_read_with_its_day() {
    let text = "offices:\n  甲: { successor: 乙, until: 2022-06-30 }\n  乙: { successor: 丙 }\n  丙:\n";
    let offices = parse("offices.yaml", text).unwrap();
    assert_eq!(offices.offices["甲"].until, NaiveDate::from_ymd_opt(2022, 6, 30));
    assert_eq!(offices.offices["乙"].until, None);
    let on = |day| offices.on(NaiveDate::from_ymd_opt(2022, 7, day).unwrap());
    assert_eq!(on(1).standing("甲"), "丙");
}

#[test]
fn what_is_wrong_with_a_succession_is_placed_where_it_is_written() {
    let one = |kind: &str, line, column| vec![(kind.to_string(), line, column)];
    let unknown = "offices:\n  甲:\n    title: 甲\n    successor: 丁\n";
    assert_eq!(problems(unknown), one("office-unknown", 4, 16));
    let circle = "offices:\n  甲: { successor: 乙 }\n  乙: { successor: 丙 }\n  丙: { successor: 乙 }\n";
    assert_eq!(problems(circle), one("succession-circle", 3, 19), "甲 only leads to it");
    let itself = "offices:\n  甲: { successor: 甲 }\n";
    assert_eq!(problems(itself), one("succession-circle", 2, 19));
    let folderless = "offices:\n  甲: { successor: 乙 }\n  乙: { folder: false }\n";
    assert_eq!(problems(folderless), one("successor-without-folder", 2, 19));
    let never_had_one = "offices:\n  甲: { folder: false, successor: 乙 }\n  乙: { folder: false }\n";
    assert_eq!(problems(never_had_one), []);
    let alone = "offices:\n  甲: { until: 2022-06-30 }\n";
    assert_eq!(problems(alone), one("missing-key", 2, 15));
    let no_day = "offices:\n  甲: { successor: 乙, until: 六月底 }\n  乙:\n";
    assert_eq!(problems(no_day), one("wrong-shape", 2, 29));
}

#[test]
fn an_office_counts_by_a_calendar_that_is_there_and_closes_at_an_hour() {
    let text = "offices:\n  甲: { calendar: 云岭县, closes: 17:30 }\n  乙:\n";
    let offices = parse("offices.yaml", text).unwrap();
    let half_past_five = NaiveTime::from_hms_opt(17, 30, 0);
    assert_eq!(
        (offices.offices["甲"].calendar.as_deref(), offices.offices["甲"].closes),
        (Some("云岭县"), half_past_five)
    );
    let counting = |ids: &[&str]| offices.counting(ids.iter().copied());
    assert_eq!(counting(&["甲"]), (Some("云岭县".to_string()), half_past_five));
    assert_eq!(counting(&["甲", "乙"]), (None, None), "what they do not share does not count");
    assert_eq!(counting(&["乙", "甲"]), (None, None));
    assert_eq!(counting(&[]), (None, None));
    let own = Calendar::parse_region("云岭县.csv", "date,kind,name,source\n2026-05-20,holiday,县庆,某令\n").unwrap();
    let known = Calendar::shipped().clone().with_region("云岭县", &own);
    assert_eq!(unknown_calendars("offices.yaml", text, &offices, &known), []);
    let found = unknown_calendars("offices.yaml", text, &offices, Calendar::shipped());
    let places: Vec<_> = found.iter().map(|p| (p.kind, p.place.line, p.place.column)).collect();
    assert_eq!(places, [("calendar-unknown", 2, 18)]);
    assert_eq!(problems("offices:\n  甲: { closes: 下班 }\n"), vec![("wrong-shape".to_string(), 2, 16)]);
}

#[test]
fn what_is_said_elsewhere_is_told_where() {
    for (text, wanted) in [
        ("offices:\n  甲:\ncalendars: { 云岭县: 云岭.csv }\n", "calendars/NAME.csv"),
        ("offices:\n  甲:\nacting: { 甲: 乙 }\n", "acting: { office: 乙办"),
        ("offices:\n  甲: { history: [乙] }\n", "successor: 乙办"),
    ] {
        let found = parse("offices.yaml", text).unwrap_err();
        let hint = found[0].hint.clone().unwrap_or_default();
        assert!(found[0].kind == "unknown-key" && hint.contains(wanted), "{found:?}");
    }
}
