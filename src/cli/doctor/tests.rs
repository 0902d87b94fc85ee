//! Tests of what is found without a machine: clock, calendar, offices of which the same is true.

use super::*;
use crate::clock::Moment;

fn at(text: &str) -> Moment {
    text.parse().unwrap()
}

#[test]
fn a_clock_behind_the_log_is_a_failure() {
    for (last, failures) in [(None, 0), (Some("2026-11-26T10:00:00"), 0), (Some("2026-11-26T10:00:01"), 1)] {
        let mut findings = Findings::default();
        machine::clock(&mut findings, at("2026-11-26T10:00:00"), last.map(at));
        assert_eq!(findings.count(Level::Failure), failures, "{findings:?}");
    }
}

#[test]
fn a_year_without_working_days_is_a_failure_and_the_next_one_a_warning_once_it_is_out() {
    let root = tempfile::tempdir().unwrap();
    std::fs::write(root.path().join("calendar.csv"), "date,kind,name\n2040-10-01,holiday,国庆节\n").unwrap();
    for (now, level) in [("2039-03-01", Level::Failure), ("2040-10-31", Level::Good), ("2040-11-01", Level::Warning)] {
        let mut findings = Findings::default();
        machine::calendar(&mut findings, root.path(), at(&format!("{now}T09:00:00")));
        assert_eq!(findings.0[0].level, level, "{now}: {findings:?}");
    }
}

#[test]
fn a_drop_that_nobody_takes_is_told_after_a_while() {
    let now = at("2026-11-26T10:00:00");
    let level = |waiting: Option<(usize, Moment)>| {
        let mut findings = Findings::default();
        folders::waiting(&mut findings, waiting, now);
        (findings.0[0].level, findings.0[0].says.clone())
    };
    assert_eq!(level(None).0, Level::Good);
    assert_eq!(level(Some((1_000, at("2026-11-26T09:45:00")))).0, Level::Good);
    let (told, says) = level(Some((2, at("2026-11-26T09:30:00"))));
    assert!(told == Level::Warning && says.contains("2 drops") && says.contains("30 minutes"), "{says}");
}

#[test]
fn what_is_the_same_of_several_offices_is_told_once() {
    let mut findings = Findings::default();
    findings.good("rights", "of the machine");
    for office in ["甲办", "乙办", "丙办"] {
        let mut found = Findings::default();
        match office {
            "丙办" => found.warn("rights", "open", "close it"),
            _ => found.good("rights", "of the machine"),
        }
        findings.of_office(office, found);
    }
    let told: Vec<Vec<String>> = findings.0.into_iter().map(|finding| finding.offices).collect();
    assert_eq!(told, [vec![], vec!["甲办".to_owned(), "乙办".to_owned()], vec!["丙办".to_owned()]]);
}
