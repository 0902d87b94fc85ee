//! The worked examples of the language, the law's rules of counting, and replay in any order.

mod moments;

use super::*;
use proptest::prelude::*;

fn date(text: &str) -> NaiveDate {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").unwrap()
}

fn moment(text: &str) -> Moment {
    Moment::parse_from_str(text, "%Y-%m-%dT%H:%M").unwrap()
}

fn span(text: &str) -> Span {
    Span::parse(text).unwrap()
}

fn calendar() -> &'static Calendar {
    Calendar::shipped()
}

fn deadline(from: &str, budget: &str) -> Deadline {
    Deadline::of_span(date(from), span(budget), calendar())
}

impl Deadline {
    /// The same deadline with one more entry.
    fn with(mut self, change: Change) -> Deadline {
        self.ledger.push(change);
        self
    }
}

fn stop(day: &str) -> Change {
    Change::stop(date(day), "征求第三方意见")
}

fn resume(day: &str) -> Change {
    Change::resume(date(day))
}

fn extend(by: &str, day: &str) -> Change {
    Change::Extend { span: span(by), date: date(day), reason: "情况复杂".into() }
}

fn due(deadline: &Deadline) -> String {
    deadline.due(calendar()).map_or("-".into(), |due| due.date.to_string())
}

fn sentence(deadline: &Deadline) -> String {
    deadline.explain(calendar()).sentence
}

#[test]
fn the_cases_hold_as_deadlines_too() {
    for line in include_str!("../../tests/data/calendar_cases.csv").lines().skip(1) {
        let cells: Vec<&str> = line.splitn(4, ',').collect();
        let deadline = deadline(cells[0], &format!("{} workdays", cells[1]));
        let due = deadline.due(calendar()).unwrap();
        assert_eq!((due.date, due.provisional), (date(cells[2]), false), "{line}");
        assert_eq!(due.at, date(cells[2]).succ_opt().unwrap().and_time(NaiveTime::MIN));
    }
}

#[test]
fn the_worked_examples_of_counting() {
    let plain = deadline("2025-09-10", "20 workdays");
    assert_eq!(due(&plain), "2025-10-14");
    let first = plain.clone().with(stop("2025-09-15")).with(resume("2025-09-22"));
    assert_eq!(due(&first), "2025-10-21");
    let both = first.clone().with(stop("2025-09-19")).with(resume("2025-10-09"));
    assert_eq!(due(&both), "2025-10-31");
    let extended = first.clone().with(extend("20 workdays", "2025-10-10"));
    assert_eq!(due(&extended), "2025-11-18");
}

#[test]
fn stops_stand_still_and_are_united() {
    let open = deadline("2025-09-10", "20 workdays").with(stop("2025-09-15"));
    assert_eq!(open.due(calendar()), None);
    let half = open.with(stop("2025-09-16")).with(resume("2025-09-18"));
    assert_eq!(half.due(calendar()), None, "one of two stops is still open");
    assert_eq!(
        due(&deadline("2025-09-10", "2 workdays").with(stop("2025-09-12"))),
        "2025-09-12",
        "the day of the stop counts"
    );
    let same_day = deadline("2025-09-10", "20 workdays").with(stop("2025-09-15")).with(resume("2025-09-15"));
    assert_eq!(due(&same_day), "2025-10-14");
    assert_eq!(due(&deadline("2025-09-10", "20 workdays").with(resume("2025-09-15"))), "2025-10-14");
    let abutting = ["2025-09-15", "2025-09-17"]
        .iter()
        .fold(deadline("2025-09-10", "20 workdays"), |each, day| each.with(stop(day)));
    assert_eq!(due(&abutting.with(resume("2025-09-17")).with(resume("2025-09-22"))), "2025-10-21");
}

#[test]
fn days_months_and_years_roll_off_days_off() {
    assert_eq!(due(&deadline("2026-09-04", "30 days")), "2026-10-08", "10-04 lies in the holiday");
    assert_eq!(
        due(&deadline("2025-08-31", "6 months")),
        "2026-02-28",
        "no 31st of February, and that Saturday is worked"
    );
    assert_eq!(due(&deadline("2025-01-31", "1 month")), "2025-02-28");
    assert_eq!(due(&deadline("2024-02-29", "1 year")), "2025-02-28");
    assert_eq!(deadline("2026-09-04", "30 days").due(calendar()).unwrap().rolled_from, Some(date("2026-10-04")));
    let stopped = deadline("2026-03-02", "1 month").with(stop("2026-03-10")).with(resume("2026-03-15"));
    assert_eq!(due(&stopped), "2026-04-07", "04-02 and five days more");
    let twice = deadline("2026-09-04", "30 days").with(extend("30 days", "2026-10-01"));
    assert_eq!(due(&twice), "2026-11-03", "sixty days roll once, not thirty twice");
    let mixed = deadline("2026-09-04", "30 days").with(extend("2 workdays", "2026-10-01"));
    assert_eq!(due(&mixed), "2026-10-09");
}

#[test]
fn hours_run_through_everything_and_fixed_days_stand() {
    let from = moment("2026-10-01T15:30");
    let hours = Deadline::new(from, Budget::Span(span("24 hours")), calendar()).with(stop("2026-10-01"));
    let due_hours = hours.due(calendar()).unwrap();
    assert_eq!((due_hours.at, due_hours.exact), (moment("2026-10-02T15:30"), true));
    assert_eq!(sentence(&hours), "自2026-10-01 15:30起24小时，至2026-10-02 15:30");
    let fixed = Deadline::new(from, Budget::By(date("2026-10-03")), calendar());
    assert_eq!(due(&fixed), "2026-10-03");
    assert_eq!(sentence(&fixed), "限期为2026-10-03");
    assert_eq!(due(&fixed.with(extend("2 workdays", "2026-10-02"))), "2026-10-09");
}

#[test]
fn start_day_closing_hour_restart_and_end() {
    let counted = Deadline { count_start: true, ..deadline("2022-06-02", "5 workdays") };
    assert_eq!(due(&counted), "2022-06-09");
    assert_eq!(
        due(&Deadline { count_start: true, ..deadline("2026-05-01", "1 month") }),
        "2026-06-01",
        "05-31 is a Sunday"
    );
    assert_eq!(due(&Deadline { count_start: true, ..deadline("2026-05-01", "0 workdays") }), "2026-05-01");
    let closing = Deadline { closes: NaiveTime::from_hms_opt(17, 30, 0), ..deadline("2022-06-02", "5 workdays") };
    assert_eq!(closing.due(calendar()).unwrap().at, moment("2022-06-10T17:30"));
    let again = deadline("2025-09-10", "20 workdays").with(extend("20 workdays", "2025-09-11"));
    let again = again.with(stop("2025-09-12")).with(resume("2025-09-22")).with(Change::restart(date("2025-09-22")));
    assert_eq!(again.due(calendar()).unwrap().date, calendar().add_workdays(date("2025-09-22"), 20));
    assert!(sentence(&again).starts_with("重新起算，自2025-09-22次日起第20个工作日为2025-10-24；"));
    let ended =
        deadline("2025-09-10", "20 workdays").with(Change::End { date: date("2025-09-30") }).with(stop("2025-10-09"));
    assert_eq!(due(&ended), "2025-10-14", "what comes after its end changes nothing");
}

#[test]
fn explanations_say_which_days_were_passed_over() {
    let plain = deadline("2026-09-24", "5 workdays");
    let told = "自2026-09-24次日起第5个工作日为2026-10-09；其间9月25日至27日（中秋节）、10月1日至7日（国庆节）休息";
    assert_eq!(sentence(&plain), told);
    assert_eq!(plain.explain(calendar()).stretches.len(), 2);
    let made_up =
        "自2026-09-30次日起第3个工作日为2026-10-10；其间10月1日至7日（国庆节）休息，10月10日（国庆节调休）上班";
    assert_eq!(sentence(&deadline("2026-09-30", "3 workdays")), made_up);
    let stopped = deadline("2025-09-10", "20 workdays").with(stop("2025-09-15")).with(resume("2025-09-22"));
    assert_eq!(
        sentence(&stopped.with(extend("20 workdays", "2025-10-10"))),
        "自2025-09-10次日起第40个工作日为2025-11-18；其间周末及10月1日至8日（国庆节、中秋节）休息，\
         9月28日（国庆节、中秋节调休）、10月11日（国庆节、中秋节调休）上班，9月16日至22日（征求第三方意见）不计；\
         含延长20个工作日（情况复杂）"
    );
    assert_eq!(
        sentence(&deadline("2026-09-04", "30 days")),
        "自2026-09-04次日起30日，至2026-10-04；该日休息，顺延至2026-10-08；其间10月4日至7日（国庆节）休息"
    );
    assert_eq!(sentence(&deadline("2026-10-20", "1 month")), "自2026-10-20次日起1个月，至2026-11-20");
    assert_eq!(
        sentence(&deadline("2026-10-20", "1 workday").with(stop("2026-10-20"))),
        "自2026-10-20次日起停止计算（征求第三方意见），恢复后接续计算"
    );
}

#[test]
fn a_year_without_arrangement_is_said_to_be_provisional() {
    let plain = deadline("2026-12-25", "10 workdays");
    let due = plain.due(calendar()).unwrap();
    assert_eq!((due.date, due.provisional), (date("2027-01-11"), true));
    assert_eq!(
        sentence(&plain),
        "自2026-12-25次日起第10个工作日为2027-01-11；其间周末及2027年1月1日（元旦）休息（暂定：2027年放假安排尚未公布）"
    );
    assert!(sentence(&deadline("2018-12-20", "3 workdays")).ends_with("（暂定：日历未收录2018年放假安排）"));
    assert!(!deadline("2026-12-01", "20 workdays").due(calendar()).unwrap().provisional);
    assert!(deadline("2026-12-02", "1 month").due(calendar()).unwrap().provisional, "the roll looked at a day of 2027");
}

#[test]
fn a_new_calendar_never_shortens_what_was_announced() {
    let text = "2022-10-01,holiday,国庆节\n2022-06-03,holiday,端午节\n2022-06-04,workday,端午节\n";
    let new = Calendar::parse("new.csv", text).unwrap();
    let notice = deadline("2022-06-02", "5 workdays");
    assert_eq!(notice.due(&new).unwrap().date, date("2022-06-09"));
    let kept = notice.with(Change::Announce { date: date("2022-06-02"), until: date("2022-06-10") });
    assert_eq!(kept.due(&new).unwrap().date, date("2022-06-10"));
    assert!(kept.explain(&new).sentence.contains("重新计算为2022-06-09，因已公布至2022-06-10，不予提前"));
}

#[test]
fn offsets_count_both_ways_and_repeat() {
    let due = deadline("2026-09-24", "5 workdays").due(calendar()).unwrap();
    let first = |text: &str| Offset::parse(text).unwrap().first(&due, calendar()).to_string();
    assert_eq!(first("-7 days"), "2026-10-02 00:00:00");
    assert_eq!(first("0"), "2026-10-09 00:00:00");
    assert_eq!(first("-2 workdays"), "2026-09-30 00:00:00");
    assert_eq!(first("+2 workdays"), "2026-10-12 00:00:00");
    assert_eq!(first("-2 hours"), "2026-10-09 22:00:00");
    let repeat = Offset::parse("+2 workdays repeat").unwrap();
    assert_eq!(repeat.latest(&due, calendar(), moment("2026-10-20T08:00")), Some(moment("2026-10-20T00:00")));
    assert_eq!(repeat.next(&due, calendar(), moment("2026-10-20T08:00")), Some(moment("2026-10-22T00:00")));
    let once = Offset::parse("-1 workday").unwrap();
    assert_eq!(once.next(&due, calendar(), due.at), None);
    assert_eq!(once.latest(&due, calendar(), moment("2026-10-01T00:00")), None);
    for text in ["-7 days", "0", "+2 workdays repeat", "-1 workday", "+3 hours"] {
        assert_eq!(Offset::parse(text).unwrap().to_string(), text);
    }
    let told = ["-3 workdays", "0", "+2 days", "+2 workdays repeat"].map(|t| Offset::parse(t).unwrap().title());
    assert_eq!(told, ["提前3个工作日", "当日", "逾期2日", "逾期后每2个工作日"]);
    for text in ["7 days", "-7 days repeat", "+0 days repeat", "- 7 days", "+1 month", "", "-", "+2 repeat"] {
        assert_eq!(Offset::parse(text).unwrap_err().kind, "limit-not-a-limit", "{text}");
    }
}

#[test]
fn spans_and_days_are_read_strictly() {
    for text in ["20 workdays", "1 workday", "30 days", "6 months", "1 year", "24 hours", "0 days"] {
        assert_eq!(span(text).to_string(), text);
    }
    for text in [
        "20",
        "workdays",
        "-1 days",
        "２０ workdays",
        "20 workday s",
        "1.5 days",
        "5 weeks",
        "99999 days",
        "4294967296 days",
        "",
    ] {
        assert_eq!(Span::parse(text).unwrap_err().kind, "limit-not-a-limit", "{text}");
    }
    let opened = date("2022-04-10");
    let day = |text: &str| date_literal(text, opened).map(|day| day.to_string());
    assert_eq!(day("2023-01-31").unwrap(), "2023-01-31");
    assert_eq!(day("04-11").unwrap(), "2022-04-11");
    assert_eq!(day("04-10").unwrap(), "2023-04-10");
    assert_eq!(day("02-29").unwrap(), "2023-02-28");
    assert_eq!(day("6月下旬").unwrap(), "2022-06-30");
    assert_eq!(day("2月底").unwrap(), "2023-02-28");
    assert_eq!(day("5月15日").unwrap(), "2022-05-15");
    for text in ["02-30", "13-01", "1-5", "2022-02-30", "2月旬", "明天", "20220101"] {
        assert!(day(text).is_err(), "{text}");
    }
}

#[test]
fn a_deadline_is_kept_as_text_and_read_back() {
    let full = deadline("2025-09-10", "20 workdays").with(stop("2025-09-15")).with(extend("5 days", "2025-09-16"));
    let text = serde_json::to_string(&full).unwrap();
    assert!(text.contains(r#""budget":{"span":"20 workdays"}"#), "{text}");
    assert!(text.contains(r#"{"change":"stop","date":"2025-09-15","reason":"征求第三方意见"}"#), "{text}");
    assert_eq!(serde_json::from_str::<Deadline>(&text).unwrap(), full);
}

fn any_change() -> impl Strategy<Value = Change> {
    (0_u32..6, 0_u64..60, 1_u32..10).prop_map(|(kind, day, count)| {
        let date = date("2025-09-10") + chrono::Days::new(day);
        let change = match kind {
            0 => Change::stop(date, format!("事由{count}")),
            1 => Change::resume(date),
            2 => Change::restart(date),
            3 => Change::Extend {
                span: if count % 2 == 0 { Span::Workdays(count) } else { Span::Days(count) },
                date,
                reason: String::new(),
            },
            4 => Change::Announce { date, until: date + chrono::Days::new(u64::from(count)) },
            _ => Change::End { date },
        };
        change.to_the_minute(date.and_hms_opt(8 + count, 6 * count, 0).unwrap())
    })
}

fn any_budget() -> impl Strategy<Value = Span> {
    prop_oneof![
        (0_u32..60).prop_map(Span::Workdays),
        (0_u32..90).prop_map(Span::Days),
        (0_u32..7).prop_map(Span::Months),
        (0_u32..900).prop_map(Span::Hours)
    ]
}

proptest! {
    #[test]
    fn any_order_of_recording_gives_the_same_day(
        budget in any_budget(),
        (ledger, shuffled) in prop::collection::vec(any_change(), 0..9).prop_flat_map(|l| (Just(l.clone()), Just(l).prop_shuffle())),
    ) {
        let one = Deadline { ledger, ..Deadline::of_span(date("2025-09-10"), budget, calendar()) };
        let other = Deadline { ledger: shuffled, ..one.clone() };
        prop_assert_eq!(one.due(calendar()), other.due(calendar()));
        prop_assert_eq!(one.explain(calendar()), other.explain(calendar()));
    }

    #[test]
    fn the_day_is_the_nth_uncovered_workday(
        count in 1_u32..60,
        pairs in prop::collection::vec((0_u64..50, 0_u64..30), 0..4),
    ) {
        let start = date("2025-09-10");
        let mut deadline = Deadline::of_span(start, Span::Workdays(count), calendar());
        let mut stops = Vec::new();
        for (from, length) in pairs {
            let (from, to) = (start + chrono::Days::new(from), start + chrono::Days::new(from + length));
            stops.push((from, to));
            deadline = deadline.with(Change::resume(to)).with(Change::stop(from, ""));
        }
        let counted = start.iter_days().skip(1)
            .filter(|day| calendar().is_workday(*day) && !stops.iter().any(|(a, b)| a < day && day <= b))
            .nth(count as usize - 1);
        prop_assert_eq!(deadline.due(calendar()).map(|due| due.date), counted);
    }

    #[test]
    fn a_stop_never_brings_a_day_forward(budget in any_budget(), from in 0_u64..50, length in 0_u64..30) {
        let plain = Deadline::of_span(date("2025-09-10"), budget, calendar());
        let from = date("2025-09-10") + chrono::Days::new(from);
        let stopped = plain.clone()
            .with(Change::stop(from, ""))
            .with(Change::resume(from + chrono::Days::new(length)));
        prop_assert!(stopped.due(calendar()).unwrap().date >= plain.due(calendar()).unwrap().date);
    }
}

#[test]
fn a_region_s_days_count_for_its_deadlines_and_the_sentence_says_so() {
    let text =
        "date,kind,name,source\n2026-05-20,holiday,县庆,云府办〔2026〕3号\n2026-05-23,workday,县庆,云府办〔2026〕3号\n";
    let own = Calendar::parse_region("云岭.csv", text).unwrap();
    let calendar = Calendar::shipped().clone().with_region("云岭县", &own);
    let national = Deadline::of_span(date("2026-05-15"), span("5 workdays"), &calendar);
    let there = Deadline { region: Some("云岭县".into()), ..national.clone() };
    let day = |deadline: &Deadline| deadline.due(&calendar).map(|due| due.date.to_string()).unwrap();
    assert_eq!((day(&national).as_str(), day(&there).as_str()), ("2026-05-22", "2026-05-23"));
    assert_eq!(
        there.explain(&calendar).sentence,
        "自2026-05-15次日起第5个工作日为2026-05-23；其间周末及5月20日（县庆）休息，5月23日（县庆调休）上班；按云岭县日历计算（依据：云府办〔2026〕3号）"
    );
    assert!(!national.explain(&calendar).sentence.contains("日历"));
    let month = Deadline { budget: Budget::Span(span("5 days")), ..there.clone() };
    assert_eq!(day(&month), "2026-05-21", "a day off of the region gives way, too");
    let hours = Deadline { budget: Budget::Span(span("24 hours")), ..there.clone() };
    assert!(!hours.explain(&calendar).sentence.contains("日历"), "hours look at no day");
    let gone = Deadline { region: Some("别处".into()), ..there };
    assert_eq!(day(&gone), "2026-05-22", "a calendar that is not there is the national one");
}

/// Days of the calendar part are counted as they come: what was off among them is no reason of the date.
#[test]
fn only_days_that_were_looked_up_are_told() {
    // 8 days of 国庆 and the weekends lie in the month; the workdays behind it pass over weekends alone
    let month = deadline("2025-09-20", "1 month").with(extend("3 workdays", "2025-10-10"));
    assert_eq!((due(&month).as_str(), days_told(&month)), ("2025-10-23", String::new()));
    let month = deadline("2025-09-10", "1 month").with(extend("5 workdays", "2025-10-10"));
    assert_eq!(
        (due(&month).as_str(), days_told(&month).as_str()),
        ("2025-10-16", "；其间周末休息，10月11日（国庆节、中秋节调休）上班")
    );
    // the other way about
    let fixed = Deadline { budget: Budget::By(date("2025-10-20")), ..deadline("2025-09-10", "1 day") };
    let fixed = fixed.with(extend("3 workdays", "2025-10-10"));
    assert_eq!((due(&fixed).as_str(), days_told(&fixed)), ("2025-10-23", String::new()));
}

/// What the reason tells of days that were passed over.
fn days_told(deadline: &Deadline) -> String {
    let sentence = sentence(deadline);
    let told = sentence.split_once("；其间").map(|(_, told)| format!("；其间{told}"));
    told.unwrap_or_default().split("；含延长").next().unwrap_or_default().to_owned()
}
