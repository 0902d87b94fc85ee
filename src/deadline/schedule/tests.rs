//! Schedules over holidays, downtime and the year's end, and what is no schedule.

use super::*;
use crate::deadline::Period;
use proptest::prelude::*;

fn date(text: &str) -> NaiveDate {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").unwrap()
}

fn moment(text: &str) -> Moment {
    Moment::parse_from_str(text, "%Y-%m-%dT%H:%M").unwrap()
}

fn calendar() -> &'static Calendar {
    Calendar::shipped()
}

fn schedule(every: &str, day: &str, roll: &str) -> Schedule {
    Schedule::parse(&ScheduleText { every, day: Some(day), roll: Some(roll), ..ScheduleText::default() }).unwrap()
}

#[test]
fn schedules_fall_on_their_days() {
    let falls = |schedule: Schedule, after: &str| {
        let fall = schedule.falls_after(moment(after), calendar()).unwrap();
        format!("{} {}", fall.at.format("%Y-%m-%dT%H:%M"), fall.period.name())
    };
    let report = schedule("month", "5th workday", "forward");
    assert_eq!(falls(report, "2022-06-01T00:00"), "2022-06-08T00:00 2022-05");
    assert_eq!(falls(report, "2022-06-08T00:00"), "2022-07-07T00:00 2022-06");
    let weekly = Schedule { reported: Reported::Current, ..schedule("week", "Friday 17:00", "back") };
    assert_eq!(falls(weekly, "2026-09-28T00:00"), "2026-09-30T17:00 2026-W40");
    assert_eq!(falls(schedule("week", "周五 17:00", "forward"), "2026-09-29T00:00"), "2026-10-08T17:00 2026-W39");
    assert_eq!(falls(schedule("month", "day 10", "stay"), "2026-10-01T00:00"), "2026-10-10T00:00 2026-09");
    assert_eq!(falls(schedule("month", "day 31", "stay"), "2026-02-01T00:00"), "2026-02-28T00:00 2026-01");
    assert_eq!(falls(schedule("month", "last workday", "forward"), "2026-01-31T00:00"), "2026-02-28T00:00 2026-01");
    assert_eq!(falls(schedule("month", "下旬", "back"), "2026-05-01T00:00"), "2026-05-29T00:00 2026-04");
    assert_eq!(falls(schedule("quarter", "10th workday", "forward"), "2022-05-01T00:00"), "2022-07-14T00:00 2022-Q2");
    assert_eq!(falls(schedule("half-year", "月底", "stay"), "2022-05-01T00:00"), "2022-06-30T00:00 2021-H2");
    assert_eq!(falls(schedule("year", "05-15 09:00", "forward"), "2022-05-15T10:00"), "2022-05-16T09:00 2021");
    assert_eq!(
        falls(schedule("2 months", "1st workday", "forward"), "2022-05-01T00:00"),
        "2022-05-05T00:00 2022-03~2022-04"
    );
    let until = report.between(None, Some(date("2022-06-30"))).unwrap();
    assert_eq!(until.falls_after(moment("2022-06-08T00:00"), calendar()), None);
    let first = report.between(Some(date("2023-05-01")), None).unwrap();
    assert_eq!(falls(first, "2022-06-01T00:00"), "2023-05-09T00:00 2023-04");
}

#[test]
fn downtime_is_made_up_for_as_the_policy_says() {
    let report = schedule("month", "5th workday", "forward");
    let names = |schedule: Schedule, last: Option<&str>, now: &str| {
        let last = last.map(|name| Period::parse(name).unwrap());
        let fallen = schedule.fallen(last, moment("2022-04-20T00:00"), moment(now), calendar());
        let falls: Vec<String> = fallen.falls.iter().map(|fall| fall.period.name()).collect();
        let skipped: Vec<String> = fallen.skipped.iter().map(|period| period.name()).collect();
        format!("{} / {}", falls.join(" "), skipped.join(" "))
    };
    assert_eq!(names(report, None, "2022-05-11T23:00"), "2022-04 / ");
    assert_eq!(names(report, Some("2022-04"), "2022-05-12T23:00"), " / ");
    assert_eq!(names(report, None, "2022-07-20T00:00"), "2022-06 / 2022-04 2022-05");
    assert_eq!(
        names(Schedule { catch_up: CatchUp::All, ..report }, None, "2022-07-20T00:00"),
        "2022-04 2022-05 2022-06 / "
    );
    assert_eq!(
        names(Schedule { catch_up: CatchUp::None, ..report }, None, "2022-07-20T00:00"),
        " / 2022-04 2022-05 2022-06"
    );
    assert_eq!(
        names(Schedule { catch_up: CatchUp::None, ..report }, None, "2022-07-07T08:00"),
        "2022-06 / 2022-04 2022-05"
    );
}

#[test]
fn schedules_that_never_fall_are_refused() {
    let kinds = |every: &str, day: &str| {
        let text = ScheduleText { every, day: Some(day), ..ScheduleText::default() };
        Schedule::parse(&text).unwrap_err().iter().map(|problem| problem.kind).collect::<Vec<_>>()
    };
    for (every, day) in [
        ("fortnight", "Friday"),
        ("0 months", "day 1"),
        ("week", "day 3"),
        ("week", "05-15"),
        ("month", "Friday"),
        ("month", "day 0"),
        ("month", "day 32"),
        ("month", "05-15"),
        ("month", "24th workday"),
        ("year", "02-30"),
        ("week", "Friday 25:00"),
        ("week", "Friday 9:00"),
        ("month", "5 workday"),
        ("month", ""),
        ("month", "10"),
    ] {
        assert_eq!(kinds(every, day), ["schedule-never-falls"], "{every} {day}");
    }
    let text = ScheduleText { every: "week", day: None, roll: Some("up"), period: Some("next"), catch_up: Some("x") };
    let kinds: Vec<_> = Schedule::parse(&text).unwrap_err().iter().map(|problem| problem.kind).collect();
    assert_eq!(kinds, ["roll-unknown", "period-unknown", "catch-up-unknown"]);
    let report = schedule("month", "day 10", "stay");
    assert!(report.between(Some(date("2022-06-01")), Some(date("2022-05-01"))).is_err());
}

#[test]
fn periods_have_names_and_titles() {
    let told = |every: Every, day: &str| {
        let period = Period::containing(every, None, date(day));
        assert_eq!(Period::parse(&period.name()), Some(period));
        assert!(period.has(date(day)) && period.next().previous() == period);
        format!("{} {} {} {}", period.name(), period.start(), period.end(), period.title())
    };
    assert_eq!(told(Every::Week, "2022-05-25"), "2022-W21 2022-05-23 2022-05-29 2022年第21周");
    assert_eq!(told(Every::Week, "2027-01-01"), "2026-W53 2026-12-28 2027-01-03 2026年第53周");
    assert_eq!(told(Every::Month, "2022-05-25"), "2022-05 2022-05-01 2022-05-31 2022年5月");
    assert_eq!(told(Every::Quarter, "2022-05-25"), "2022-Q2 2022-04-01 2022-06-30 2022年第二季度");
    assert_eq!(told(Every::HalfYear, "2022-12-25"), "2022-H2 2022-07-01 2022-12-31 2022年下半年");
    assert_eq!(told(Every::Year, "2022-05-25"), "2022 2022-01-01 2022-12-31 2022年");
    assert_eq!(told(Every::Months(2), "2022-05-25"), "2022-05~2022-06 2022-05-01 2022-06-30 2022年5月至6月");
    let anchored = Period::containing(Every::Months(5), Some(date("2021-11-08")), date("2022-05-01"));
    assert_eq!(anchored.title(), "2022年4月至8月");
    for name in [
        "",
        "2022-",
        "2022-13",
        "2022-5",
        "2022-Q5",
        "2022-Q0",
        "2022-H3",
        "2022-W54",
        "2022-W",
        "22",
        "2022-05~2022-04",
        "年",
    ] {
        assert_eq!(Period::parse(name), None, "{name}");
    }
}

proptest! {
    #[test]
    fn falls_never_repeat_a_period_and_never_go_back(start in 0_u64..2500, which in 0_usize..6) {
        let schedules = [
            schedule("week", "Friday 17:00", "back"), schedule("week", "Friday", "forward"), schedule("month", "day 1", "back"),
            schedule("month", "last workday", "stay"), schedule("quarter", "月底", "forward"), schedule("week", "1st workday", "stay"),
        ];
        let all = Schedule { catch_up: CatchUp::All, ..schedules[which] };
        let born = (date("2019-01-01") + chrono::Days::new(start)).and_time(NaiveTime::MIN);
        let now = born + chrono::Duration::days(300);
        let fallen = all.fallen(None, born, now, calendar());
        prop_assert!(fallen.falls.is_sorted_by(|a, b| a.at <= b.at && a.period < b.period));
        prop_assert_eq!(fallen.falls.first().copied(), all.falls_after(born, calendar()).filter(|fall| fall.at <= now));
        if let Some(last) = fallen.falls.last() {
            prop_assert!(all.fallen(Some(last.period), born, now, calendar()).falls.is_empty());
            prop_assert!(last.at.year() >= 2019);
        }
    }
}

#[test]
fn a_changed_calendar_neither_repeats_nor_loses_a_period() {
    let report = schedule("month", "5th workday", "forward");
    let text = "2022-10-01,holiday,国庆节\n2022-06-04,workday,端午节\n2022-06-05,workday,端午节\n";
    let changed = calendar().overlay(&Calendar::parse("new.csv", text).unwrap());
    // the 5th workday of June moves from the 8th to the 6th while the 6th is already gone
    let now = moment("2022-06-07T09:00");
    let born = moment("2022-06-07T08:00");
    let last = Period::parse("2022-04");
    assert_eq!(report.fallen(last, born, now, calendar()).falls, []);
    let fallen = report.fallen(last, born, now, &changed);
    assert_eq!(fallen.falls.iter().map(|fall| fall.period.name()).collect::<Vec<_>>(), ["2022-05"]);
    assert_eq!(report.fallen(Period::parse("2022-05"), born, moment("2022-06-20T00:00"), calendar()).falls, []);
}

#[test]
fn a_duty_begins_with_its_period_and_what_was_missed_is_due_with_the_next() {
    let weekly = |catch_up| Schedule {
        reported: Reported::Current,
        until: Some(date("2022-06-03")),
        catch_up,
        ..schedule("week", "Friday 17:00", "back")
    };
    let told = |begun: Begun| {
        let falls = begun.falls.iter().map(|f| format!("{} {}", f.period.name(), f.at.format("%m-%d %H")));
        let skipped = begun.skipped.iter().map(|p| format!("-{}", p.name()));
        falls.chain(skipped).collect::<Vec<_>>().join(", ")
    };
    let opened = moment("2022-05-05T09:00");
    let first = weekly(CatchUp::Last).begun(None, opened, opened, calendar());
    assert_eq!(told(first), "2022-W18 05-06 17");
    let last = Period::parse("2022-W18");
    assert_eq!(weekly(CatchUp::Last).begins(last, opened, calendar()), Some(moment("2022-05-09T00:00")));
    // three weeks later, on a Tuesday: three are missed, one runs; the Friday of the last week is a holiday
    let back = moment("2022-05-31T08:00");
    let made_up = |catch_up| told(weekly(catch_up).begun(last, opened, back, calendar()));
    assert_eq!(made_up(CatchUp::Last), "2022-W21 06-02 17, 2022-W22 06-02 17, -2022-W19, -2022-W20");
    assert_eq!(made_up(CatchUp::All), "2022-W19 06-02 17, 2022-W20 06-02 17, 2022-W21 06-02 17, 2022-W22 06-02 17");
    assert_eq!(made_up(CatchUp::None), "2022-W22 06-02 17, -2022-W19, -2022-W20, -2022-W21");
    assert_eq!(weekly(CatchUp::Last).begins(Period::parse("2022-W22"), opened, calendar()), None);
    // after the end nothing is made up for: there is no next to be due with
    let late = weekly(CatchUp::Last).begun(last, opened, moment("2022-07-01T08:00"), calendar());
    assert_eq!(told(late), "-2022-W19, -2022-W20, -2022-W21, -2022-W22");
}

#[test]
fn schedules_are_told_in_chinese() {
    let told = |every: &str, day: &str| schedule(every, day, "stay").title();
    assert_eq!(told("month", "5th workday"), "每月第5个工作日");
    assert_eq!(told("month", "day 10"), "每月10日");
    assert_eq!(told("week", "Friday 17:00"), "每周五17:00");
    assert_eq!(told("quarter", "day 10"), "每季度第10日");
    assert_eq!(told("half-year", "月底"), "每半年最后一日");
    assert_eq!(told("year", "05-15"), "每年5月15日");
    assert_eq!(told("2 months", "last workday"), "每2个月最后一个工作日");
}
