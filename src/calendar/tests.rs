//! The calendar against the cases four independent sources agree on, and its reader against bad text.

use super::*;

fn date(text: &str) -> NaiveDate {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").unwrap()
}

#[test]
fn every_row_of_the_cases_holds() {
    let cases = include_str!("../../tests/data/calendar_cases.csv");
    let mut rows = 0;
    for line in cases.lines().skip(1) {
        let cells: Vec<&str> = line.splitn(4, ',').collect();
        let got = Calendar::shipped().add_workdays(date(cells[0]), cells[1].parse().unwrap());
        assert_eq!(got, date(cells[2]), "{line}");
        rows += 1;
    }
    assert_eq!(rows, 20);
}

#[test]
fn working_days_of_a_year_are_those_of_the_notices() {
    let expected =
        [(2019, 250), (2020, 249), (2021, 250), (2022, 249), (2023, 249), (2024, 251), (2025, 248), (2026, 248)];
    for (year, days) in expected {
        let worked = NaiveDate::from_ymd_opt(year, 1, 1)
            .unwrap()
            .iter_days()
            .take_while(|day| day.year() == year)
            .filter(|day| Calendar::shipped().is_workday(*day))
            .count();
        assert_eq!(worked, days, "{year}");
        assert!(Calendar::shipped().is_official(year));
    }
}

#[test]
fn a_year_without_arrangement_is_provisional_and_keeps_its_statutory_days() {
    let calendar = Calendar::shipped();
    assert_eq!(calendar.official_years(), [2019, 2020, 2021, 2022, 2023, 2024, 2025, 2026]);
    let new_year = calendar.day(date("2027-01-01"));
    assert_eq!(new_year, Day { work: false, name: Some("元旦"), provisional: true });
    assert!(calendar.day(date("2027-01-04")).provisional && calendar.day(date("2018-12-31")).provisional);
    assert!(!calendar.day(date("2026-12-31")).provisional);
}

#[test]
fn an_overlay_adds_days_and_an_arrangement_makes_a_year_official() {
    let national = Calendar::shipped();
    let region = Calendar::parse("广西.csv", "2026-04-20,holiday,三月三\n2027-04-09,holiday,三月三\n").unwrap();
    let both = national.overlay(&region);
    assert_eq!(both.day(date("2026-04-20")).name, Some("三月三"));
    assert!(!both.is_official(2027), "a region's day is no arrangement");
    assert_ne!(both.version(), national.version());
    let notice =
        Calendar::parse("2027.csv", "2026-12-31,holiday,元旦\n2027-01-01,holiday,元旦\n2027-10-01,holiday,国庆节\n");
    let next = national.overlay(&notice.unwrap());
    assert!(next.is_official(2027) && !next.is_workday(date("2026-12-31")));
    assert!(next.is_workday(date("2027-02-05")), "provisional days give way to the arrangement");
    let back = next.overlay(national);
    assert!(
        !back.is_workday(date("2027-10-01")) && back.is_official(2027),
        "provisional rows replace nothing official"
    );
}

#[test]
fn the_version_is_of_the_days_and_not_of_the_layout() {
    let plain = Calendar::parse("a", "2026-10-01,holiday,国庆节\n2026-10-10,workday,国庆节\n").unwrap();
    let other = Calendar::parse(
        "b",
        "\u{feff}date,kind,name\r\n# x\r\n2026-10-10,workday,\"国庆节\"\r\n\r\n2026-10-01,holiday,国庆节",
    )
    .unwrap();
    assert_eq!(plain.version(), other.version());
    assert_eq!(plain.version().len(), VERSION_HEX_CHARS);
}

#[test]
fn every_problem_is_placed() {
    let text = "date,kind,name\n2026-02-30,holiday,x\n2026-10-01,off,x\n2026-10-01,holiday,x\n2026-1-1,holiday,x\n2026-10-02，holiday，x\n";
    let problems = Calendar::parse("国历.csv", text).unwrap_err();
    let told: Vec<String> =
        problems.iter().map(|each| format!("{}:{} {}", each.place.line, each.place.column, each.kind)).collect();
    assert_eq!(
        told,
        [
            "2:1 calendar-bad-date",
            "3:12 calendar-unknown-kind",
            "4:1 calendar-repeated-date",
            "5:1 calendar-bad-date",
            "6:1 calendar-bad-date"
        ]
    );
    assert!(problems[4].hint.as_ref().unwrap().contains('，'));
    assert_eq!(Calendar::parse("空.csv", "date,kind,name\n").unwrap_err()[0].kind, "calendar-empty");
}

#[test]
fn backwards_and_none() {
    let calendar = Calendar::shipped();
    assert_eq!(calendar.add_workdays(date("2026-10-09"), -2), date("2026-09-30"));
    assert_eq!(calendar.add_workdays(date("2026-10-03"), 0), date("2026-10-03"));
    assert_eq!(calendar.workday_from(date("2026-10-03")), date("2026-10-08"));
    assert_eq!(calendar.workday_until(date("2026-10-03")), date("2026-09-30"));
    assert_eq!(calendar.next_workday(date("2026-10-09")), date("2026-10-10"));
    assert_eq!(calendar.add_workdays(NaiveDate::MAX, 3), NaiveDate::MAX);
}

#[test]
fn a_region_has_its_own_days_beside_the_nation_and_settles_no_year() {
    let own = "date,kind,name,source\n2026-04-20,holiday,三月三,桂政办电〔2025〕60号\n2026-04-25,workday,\"三月三,调\",\"某, 号\"\n2027-10-01,holiday,国庆节,某令\n";
    let region = Calendar::parse_region("广西.csv", own).unwrap();
    let national = Calendar::shipped();
    let both = national.clone().with_region("广西", &region);
    assert_eq!(both.version(), national.version(), "the nation's days are as they were");
    assert!(both.is_workday(date("2026-04-20")) && !both.of(Some("广西")).is_workday(date("2026-04-20")));
    let there = both.of(Some("广西"));
    assert_eq!((there.region(), both.of(None).region(), both.of(Some("云南")).region()), (Some("广西"), None, None));
    assert_eq!(there.day(date("2026-04-25")), Day { work: true, name: Some("三月三,调"), provisional: false });
    assert_eq!(there.source(date("2026-04-25")), Some("某, 号"));
    assert!(!there.is_workday(date("2026-10-01")), "the nation's days are the region's too");
    assert!(!there.is_official(2027), "no region publishes the nation's arrangement");
    assert_ne!(there.version(), both.version());
    let unsaid = own.replace("桂政办电〔2025〕60号", "桂政办电〔2025〕61号");
    let other = national.clone().with_region("广西", &Calendar::parse_region("广西.csv", &unsaid).unwrap());
    assert_ne!(other.of(Some("广西")).version(), there.version(), "who says so is part of it");
}

#[test]
fn a_region_s_day_says_who_arranged_it() {
    let kinds = |text: &str| -> Vec<(&str, usize)> {
        let found = Calendar::parse_region("广西.csv", text).err().unwrap_or_default();
        found.iter().map(|p| (p.kind, p.place.line)).collect()
    };
    assert_eq!(kinds("2026-04-20,holiday,三月三\n"), [("calendar-without-source", 1)]);
    assert_eq!(kinds("date,kind,name\n2026-04-20,holiday,三月三\n"), [("calendar-without-source", 2)]);
    let head = "# 广西\n\ndate,kind,name,source\n";
    assert_eq!(kinds(&format!("{head}2026-04-20,holiday,三月三\n")), [("calendar-without-source", 4)]);
    assert_eq!(kinds(&format!("{head}2026-04-20,provisional,三月三,某令\n")), [("calendar-unknown-kind", 4)]);
    assert_eq!(kinds(&format!("{head}2026-04-20,holiday,三月三,某令\n")), []);
    let plain = Calendar::parse("a", "date,kind,name,source\n2026-10-10,workday,国庆节,某通知\n").unwrap();
    assert_eq!(
        (plain.day(date("2026-10-10")).name, plain.source(date("2026-10-10"))),
        (Some("国庆节"), Some("某通知"))
    );
}
