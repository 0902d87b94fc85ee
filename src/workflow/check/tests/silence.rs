//! What may fall by itself when a clock over several stages runs out, and what it leaves unsaid.

use super::edges::kinds_with_params;
use super::*;

const ITEMS: &str = "{ 事: { identity: [名], fields: { 名: name, 收到: date } } }";

fn kinds(overdue: &str, more: &str) -> Vec<&'static str> {
    let stages = format!(
        "\n  - {{ recommend: 报, by: 支, expect: all }}\n  - {{ review: 查, by: 甲, form: {{ 查明: text }} }}\n  \
         - {{ review: 定, by: 乙, form: {{ 意见: text }}, outcomes: {{ 准: next, 缓: {{ stay: true }}, 不准: {{ end: 不准 }}, 视为准: next, 视为不准: {{ end: 视为不准 }} }} }}\n  \
         - {{ file: 归, by: 甲{more} }}\nclocks:\n  审: {{ of: 事, run: 5 workdays, from: 收到, {overdue} }}"
    );
    kinds_with_params("{}", ITEMS, &stages)
}

#[test]
fn silence_over_several_stages_has_an_outcome_of_the_last() {
    let falls = |outcome: &str| format!("until: 定, overdue: {{ outcome: {outcome}, basis: 某法 }}");
    assert_eq!(kinds(&falls("视为准"), ""), Vec::<&str>::new());
    assert_eq!(kinds(&falls("视为不准"), ""), Vec::<&str>::new());
    assert_eq!(kinds(&falls("缓"), ""), ["clock-outcome-unknown"]);
    assert_eq!(kinds(&falls("同意"), ""), ["clock-outcome-unknown"]);
    assert_eq!(kinds("overdue: { outcome: 视为准, basis: 某法 }", ""), ["clock-outcome-unknown"]);
    assert_eq!(kinds("until: 定, overdue: { outcome: 视为准 }", ""), ["silent-outcome-without-basis"]);
    let reminded = format!("{}, remind: [+1 workday]", falls("视为准"));
    assert_eq!(kinds(&reminded, ""), ["remind-after-outcome"]);
}

#[test]
fn what_is_passed_over_in_silence_may_be_missing() {
    let when = ", when: \"len(查明) > 2\"";
    assert_eq!(kinds("until: 定, overdue: { outcome: 视为准, basis: 某法 }", when), ["value-may-be-missing"]);
    assert_eq!(kinds("until: 定, overdue: { outcome: 视为不准, basis: 某法 }", when), Vec::<&str>::new());
    assert_eq!(kinds("until: 定, overdue: { tell: 甲 }", when), Vec::<&str>::new());
}

/// The kinds of a workflow whose decision, which a clock lets fall in silence, has this paper at its outcome 不准; `behind` are
/// the stages behind it.
fn of_paper(silent: &str, paper_of: &str, behind: &str) -> Vec<&'static str> {
    let paper = "documents: [{ template: 函, each: item, date: 日期, to: 甲 }]";
    let at = |name: &str| if name == paper_of { format!(", {paper}") } else { String::new() };
    let text = format!(
        "workflow: 试\nbasis: [某办法]\nroles: {{ 甲: 镇组织办, 乙: 镇党委 }}\ncase: {{ title: 试, opened: {{ by: 甲 }} }}\nitems: {ITEMS}\nstages:\n  \
         - {{ recommend: 报, by: 甲, within: 5 days }}\n  - {{ assess: 查, by: 甲, form: {{ 查明: text }} }}\n  \
         - decide: 定\n    by: 乙\n    form: {{ 日期: date }}\n    outcomes:\n      准: next\n      \
         不准: {{ end: 不准{} }}\n      视为: {{ {silent}{} }}\n{behind}  - {{ file: 归, by: 甲 }}\n\
         clocks: {{ 审: {{ of: 事, run: 5 workdays, from: 收到, until: 定, overdue: {{ outcome: 视为, basis: 某法 }} }} }}\n",
        at("不准"),
        at("视为"),
    );
    let files = [("workflow.yaml", text), ("templates/函.md", "{{ 名 }}：{{ 查.查明 }}".to_owned())];
    let files = files.into_iter().map(|(name, text)| (name.to_owned(), text)).collect();
    let found = match deploy("x.yaml", &files, Some(&town()), &[2026]) {
        Ok(deployed) => deployed.warnings,
        Err(problems) => problems,
    };
    found.iter().map(|problem| problem.kind).collect()
}

#[test]
fn a_paper_of_another_outcome_than_the_silent_one_is_of_what_was_answered() {
    assert_eq!(of_paper("next: true", "不准", ""), Vec::<&str>::new());
    assert_eq!(of_paper("end: 视为准", "不准", ""), Vec::<&str>::new());
    assert!(of_paper("next: true", "视为", "").contains(&"value-may-be-missing"));
    // what fell in silence may be decided on after all, when it comes back from behind
    let behind = "  - { assess: 看, by: 甲, form: { 看法: [可, 否] }, outcomes: { 重定: { to: 定, when: 看法 == '否' }, 过: next } }\n";
    assert!(of_paper("next: true", "不准", behind).contains(&"value-may-be-missing"));
}

#[test]
fn a_stage_is_answered_by_more_than_silence() {
    let of = |outcomes: &str, clock: &str| {
        let stages = format!(
            "\n  - {{ recommend: 报, by: 支, expect: all }}\n  - {{ assess: 定, by: 乙{outcomes} }}\n  - {{ file: 归, by: 甲 }}{clock}"
        );
        kinds_with_params("{}", ITEMS, &stages)
    };
    let silent = ", within: 5 workdays, overdue: { outcome: 默, basis: 某法 }";
    assert_eq!(of(&format!("{silent}, outcomes: {{ 默: next }}"), ""), ["silent-outcome-alone"]);
    assert_eq!(of(&format!("{silent}, outcomes: {{ 默: next, 否: {{ end: 否 }} }}"), ""), Vec::<&str>::new());
    // what stands there when nothing is written, too, and what a clock lets fall
    let default = ", within: 5 workdays, overdue: { outcome: 完成, basis: 某法 }";
    assert_eq!(of(default, ""), ["silent-outcome-alone"]);
    let clock =
        "\nclocks: { 审: { of: 事, run: 5 workdays, from: 收到, until: 定, overdue: { outcome: 完成, basis: 某法 } } }";
    assert_eq!(of("", clock), ["silent-outcome-alone"]);
}

#[test]
fn what_a_stage_asks_may_be_missing_where_its_own_silence_lets_an_item_go_on() {
    let named = |go: &str, when: &str| {
        let stages = format!(
            "\n  - {{ recommend: 报, by: 支, expect: all }}\n  - {{ review: 定, by: 乙, within: 5 workdays, form: {{ 查明: text }}, \
             overdue: {{ outcome: 默, basis: 某法 }}, outcomes: {{ 过: next, 默: {go} }} }}\n  - {{ file: 归, by: 甲, when: \"{when}\" }}"
        );
        kinds_with_params("{}", ITEMS, &stages)
    };
    assert_eq!(named("next", "len(查明) > 2"), ["value-may-be-missing"]);
    assert_eq!(named("next", "查明 is defined and len(查明) > 2"), Vec::<&str>::new());
    assert_eq!(named("{ end: 未过 }", "len(查明) > 2"), Vec::<&str>::new());
}

#[test]
fn a_clock_begins_before_it_ends() {
    let of = |from: &str, until: &str| {
        let stages = format!(
            "\n  - {{ recommend: 报, by: 支, expect: all }}\n  - {{ review: 查, by: 甲, form: {{ 查明日: date }} }}\n  \
             - {{ assess: 定, by: 乙 }}\n  - {{ file: 归, by: 甲 }}\nclocks:\n  审: {{ of: 事, {from}, until: {until}, overdue: {{ tell: 甲 }} }}"
        );
        kinds_with_params("{}", ITEMS, &stages)
    };
    let never = ["clock-from-not-before-until"];
    assert_eq!(of("run: 5 workdays, from: 查", "定"), Vec::<&str>::new());
    assert_eq!(of("run: 5 workdays, from: 查明日", "定"), Vec::<&str>::new());
    assert_eq!(of("run: 5 workdays, from: 收到", "查"), Vec::<&str>::new());
    assert_eq!(of("run: 5 workdays, from: 查", "查"), never);
    assert_eq!(of("run: 5 workdays, from: 定", "查"), never);
    assert_eq!(of("run: 5 workdays, from: 查明日", "查"), never);
    assert_eq!(of("run: { run: 5 workdays, from: 查明日 }", "查"), never);
    assert_eq!(of("run: { by: \"add(查明日, '5 workdays')\" }", "查"), never);
}

#[test]
fn what_is_no_time_at_all_or_about_no_limit_is_refused() {
    let stages = |review: &str, clock: &str| {
        let stages = format!(
            "\n  - {{ recommend: 报, by: 支, expect: all }}\n  - {{ review: 定, by: 乙{review} }}\n  \
             - {{ file: 归, by: 甲 }}\nclocks:\n  审: {{ of: 事, from: 收到, until: 定, overdue: {{ tell: 甲 }}, {clock} }}"
        );
        kinds_with_params("{}", ITEMS, &stages)
    };
    let run = "run: 5 workdays";
    let kept = "{ 事: { identity: [名], fields: { 名: name, 收到: date }, keep: 0 days } }";
    let plain = "\n  - { recommend: 报, by: 支, expect: all }\n  - { review: 定, by: 乙 }\n  - { file: 归, by: 甲 }";
    assert_eq!(kinds_with_params("{}", kept, plain), ["span-of-nothing"]);
    let stays = "\n  - { recommend: 报, by: 支, expect: all }\n  - { publicise: 示, by: 乙, to: 甲, notice: 公示, channels: [网页], for: 5 days, grace: 0 days, keep: 0 days }\n  - { file: 归, by: 甲 }";
    assert_eq!(kinds_with_params("{}", ITEMS, stays), ["span-of-nothing", "span-of-nothing"]);
    assert_eq!(stages(", within: 1 workday, remind: [0]", run), Vec::<&str>::new());
    for nothing in [", within: 0 workdays", ", within: { run: 0 days, from: 收到 }"] {
        assert_eq!(stages(nothing, run), ["span-of-nothing"], "{nothing}");
    }
    let back = ", outcomes: { 准: next, 退: { back: 报, reason: true, within: 0 days } }";
    assert_eq!(stages(back, run), ["span-of-nothing"]);
    assert_eq!(stages("", "run: 0 hours"), ["span-of-nothing"]);
    let extend = "run: 5 workdays, extend: { by: 0 workdays, times: 1, approve: 甲 }";
    assert_eq!(stages("", extend), ["span-of-nothing"]);
    for unlimited in [", remind: [-1 workday]", ", overdue: { tell: 甲 }"] {
        assert_eq!(stages(unlimited, run), ["remind-without-limit"], "{unlimited}");
    }
    let back = ", outcomes: { 准: next, 退: { back: 报, reason: true, overdue: { end: 逾期, basis: 某法 } } }";
    assert_eq!(stages(back, run), ["remind-without-limit"]);
}

#[test]
fn a_fixed_day_is_stopped_by_nothing() {
    let of = |run: &str, key: &str| {
        let stages = format!(
            "\n  - {{ recommend: 报, by: 支, expect: all }}\n  - {{ review: 定, by: 乙, outcomes: {{ 准: next, 缓: {{ stay: true }}, 退: {{ back: 报 }} }} }}\n  \
             - {{ file: 归, by: 甲 }}\nclocks:\n  审: {{ of: 事, run: {run}, until: 归, remind: [0], {key} }}"
        );
        kinds_with_params("{}", ITEMS, &stages)
    };
    for key in ["stops: [定]", "reasons: [等候]", "restarts: 报"] {
        assert_eq!(of("{ by: 收到 }", key), ["stops-fixed-day"], "{key}");
        assert_eq!(of("5 workdays, from: 收到", key), Vec::<&str>::new(), "{key}");
        assert_eq!(of("24 hours, from: 收到", key), Vec::<&str>::new(), "{key}");
    }
    let turned = |run: &str| {
        let stages = format!(
            "\n  - {{ recommend: 报, by: 支, expect: all }}\n  - {{ assess: 定, by: 乙, do: [{{ clock: 审, stop: today }}] }}\n  \
             - {{ file: 归, by: 甲 }}\nclocks:\n  审: {{ of: 事, run: {run}, until: 归, remind: [0] }}"
        );
        kinds_with_params("{}", ITEMS, &stages)
    };
    assert_eq!(turned("{ by: 收到 }"), ["stops-fixed-day"]);
    assert_eq!(turned("24 hours, from: 收到"), Vec::<&str>::new());
    assert_eq!(of("{ by: 收到 }", "extend: { by: 5 workdays, times: 1, approve: 甲 }"), Vec::<&str>::new());
}
