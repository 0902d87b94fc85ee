//! The paper by which whoever has an item stops or resumes a clock of it by hand (LANGUAGE §10 `reasons`).

use super::plain;
use super::standing::of_case;
use crate::case::program::Program;
use crate::case::story::item_label;
use crate::case::{Case, Item};
use crate::deadline::Span;
use crate::submission::{Form, Type, What};
use crate::workflow::{ClockDefinition, Limit};

/// It stands still after the day.
pub const STOP: &str = "停止计时";
/// It runs again after the day.
pub const RESUME: &str = "恢复计时";

/// The paper for a clock, where it may be stopped by hand and runs for an item that this office has.
pub(super) fn paper(program: &Program, case: &Case, office: &str, clock: &ClockDefinition) -> Option<Form> {
    if clock.reasons.is_empty() {
        return None;
    }
    let running = case.running_named(&clock.name);
    let mine: Vec<&Item> = running.filter(|i| case.tasks_of(i.id).any(|t| t.office == office)).collect();
    let labels: Vec<String> = mine.iter().map(|i| item_label(program.workflow(), i)).collect();
    let mut form = of_case(case, What::Halt, office, &format!("停止或恢复{}计时", clock.name));
    form.answers.stage = Some(clock.name.clone());
    let hours = matches!(clock.run, Limit::Span(Span::Hours(_)) | Limit::From(Span::Hours(_), _));
    let counted =
        if hours { "当日交表的从交表时起算，以前的日期从当日24时起算" } else { "次日起算" };
    form.notes
        .push(format!("停止计时的，须写明原因；事由消除后，请再交本表恢复计时。日期填事由发生或消除之日，{counted}。"));
    form.head.push(plain("item", "对象", Type::One(labels), false, "从列表中选择"));
    form.head.push(plain("action", "办理", Type::One([STOP, RESUME].map(str::to_string).to_vec()), false, ""));
    form.head.push(plain("date", "日期", Type::Date, false, "不晚于今天"));
    form.head.push(plain("reason", "原因", Type::One(clock.reasons.clone()), true, "停止计时的必填"));
    (!mine.is_empty()).then_some(form)
}
