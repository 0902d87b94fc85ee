//! What is stopped to the minute, and what is granted while it stands still.

use super::*;

#[test]
fn hours_stand_still_from_a_moment_to_a_moment() {
    let at = |text: &str| moment(text);
    let opened = Deadline::new(at("2025-09-10T09:00"), Budget::Span(span("24 hours")), calendar());
    let stopped = |limit: Deadline, from: &str, to: &str| {
        let begins = stop(&from[..10]).to_the_minute(at(from));
        limit.with(begins).with(resume(&to[..10]).to_the_minute(at(to)))
    };
    let due = |limit: &Deadline| limit.due(calendar()).map(|due| due.at.format("%m-%dT%H:%M").to_string());
    assert_eq!(due(&opened).as_deref(), Some("09-11T09:00"));
    let once = stopped(opened.clone(), "2025-09-10T10:20", "2025-09-10T15:50");
    assert_eq!(due(&once).as_deref(), Some("09-11T14:30"));
    let told =
        "自2025-09-10 09:00起24小时，至2025-09-11 14:30；其间2025-09-10 10:20至2025-09-10 15:50（征求第三方意见）不计";
    assert_eq!(sentence(&once), told);
    // one within another, and one that ends after the limit had run out
    let twice = stopped(once.clone(), "2025-09-10T12:00", "2025-09-10T13:00");
    assert_eq!(due(&twice).as_deref(), Some("09-11T14:30"));
    let late = stopped(once.clone(), "2025-09-11T16:00", "2025-09-12T16:00");
    assert_eq!(due(&late).as_deref(), Some("09-11T14:30"));
    let open = once.clone().with(stop("2025-09-11").to_the_minute(at("2025-09-11T08:00")));
    assert_eq!(due(&open), None);
    assert_eq!(sentence(&open), "自2025-09-11 08:00起停止计算（征求第三方意见），恢复后接续计算");
    // a day before the entry counts to its end
    let since = stop("2025-09-10").to_the_minute(at("2025-09-11T08:00"));
    let later = opened.clone().with(since).with(resume("2025-09-11").to_the_minute(at("2025-09-11T08:00")));
    assert_eq!(due(&later).as_deref(), Some("09-11T17:00"));
    let again = once.with(Change::restart(date("2025-09-11")).to_the_minute(at("2025-09-11T10:15")));
    assert_eq!(due(&again).as_deref(), Some("09-12T10:15"));
    // what an older log has of hours, without a moment, moves them as little as it did
    assert_eq!(due(&opened.with(stop("2025-09-10"))).as_deref(), Some("09-11T09:00"));
}

#[test]
fn an_extension_granted_while_it_stands_still_for_a_restart_counts() {
    let returned = |granted: &str| {
        let limit = deadline("2025-09-01", "20 workdays").with(stop("2025-09-10")).with(extend("5 workdays", granted));
        limit.with(resume("2025-09-22")).with(Change::restart(date("2025-09-22")))
    };
    let anew = |budget: &str| due(&deadline("2025-09-22", budget));
    assert_eq!(due(&returned("2025-09-09")), anew("20 workdays"), "that one was of the budget that is gone");
    for granted in ["2025-09-10", "2025-09-15", "2025-09-22"] {
        assert_eq!(due(&returned(granted)), anew("25 workdays"), "{granted}");
    }
    // it is gone with the next budget
    // also where it is sent back again on the day it came
    for again in ["2025-09-24", "2025-09-22"] {
        let once_more = returned("2025-09-15").with(stop(again)).with(resume("2025-09-25"));
        let once_more = once_more.with(Change::restart(date("2025-09-25")));
        assert_eq!(due(&once_more), due(&deadline("2025-09-25", "20 workdays")), "{again}");
    }
}
