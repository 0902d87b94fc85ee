//! What the outcome of a side item does to what it is about (LANGUAGE §7 `about:`): ends it, sends it to a stage before the one
//! that let the side item in, or lets the stage where it stands begin with it anew.
//!
//! Whatever else holds it goes on holding it: where it has been sent, it waits for the other side items about it.

use super::Deciding;
use crate::case::Item;
use crate::case::event::{Body, Hold};
use crate::case::story::item_label;
use crate::workflow::{Go, Kind, Outcome};

impl Deciding<'_> {
    /// Moves what a side item is about as the side item's outcome says. Call when the side item itself has gone.
    pub(super) fn move_about(&mut self, side: u32, outcome: &Outcome, reason: Option<String>) {
        let Some(go) = &outcome.about else { return };
        let Some(side) = self.case.item(side).cloned() else { return };
        let Some(item) = side.about.and_then(|id| self.case.item(id)).filter(|i| i.lives()).cloned() else { return };
        // told as what it is: the item's own stage may have an outcome of the same name
        let told = Outcome {
            name: format!("{}{}", side.of, outcome.name),
            go: go.clone(),
            about: None,
            within: None,
            overdue: None,
            code: None,
            ..outcome.clone()
        };
        match go {
            Go::End(label) => self.end_item(item.id, label, Some(&outcome.name), reason, None),
            Go::To(to) | Go::Back(Some(to), _) => self.send_about(&item, to, &told, reason),
            Go::Stay => self.begin_anew(&item, told.name, reason),
            // refused when a definition is checked
            Go::Next | Go::Back(None, _) => {}
        }
    }

    /// Sends it to an earlier stage, unless it has not come past that yet. Who is mending it there is told this reason too.
    fn send_about(&mut self, item: &Item, to: &str, told: &Outcome, reason: Option<String>) {
        let workflow = self.program.workflow();
        let index = |stage: &str| workflow.stage_index(stage);
        let (Some(at), Some(target)) = (item.stage().and_then(index), index(to)) else { return };
        let mended = at == target && item.holds.contains(&Hold::Returned);
        if at <= target && !mended {
            return;
        }
        // mended for two reasons it goes straight only to where both let it
        let from = if mended { item.resume.as_deref().unwrap_or(to) } else { item.stage().unwrap_or_default() };
        let Some(from) = workflow.stage(from) else { return };
        let before = item.returned.clone().filter(|_| mended);
        let reasons: Vec<String> = before.into_iter().chain([reason.unwrap_or_else(|| told.name.clone())]).collect();
        let reason = Some(reasons.join("；"));
        let title = workflow.stage(to).map_or(to, |s| s.title.as_str());
        let sent = if matches!(told.go, Go::Back(..)) { "已退回" } else { "重新转到" };
        self.notes.push(format!("{}{sent}“{title}”。", item_label(workflow, item)));
        self.drop_from_tasks(item.id);
        self.set_hold(item.id, Hold::Stay, false);
        self.set_hold(item.id, Hold::Returned, false);
        match &told.go {
            Go::Back(_, straight) => self.send_back(from, item.id, Some(to), *straight, told, reason),
            Go::To(_) | Go::Next | Go::End(_) | Go::Stay => self.move_item(item.id, to, told, reason, None, true),
        }
    }

    /// Whoever had it before him is asked of it again, in a batch of its own time. One that nobody has yet is asked of anyhow,
    /// and one that is being mended is when it comes back.
    fn begin_anew(&mut self, item: &Item, outcome: String, reason: Option<String>) {
        let stage = item.stage().and_then(|stage| self.program.workflow().stage(stage));
        let Some(stage) = stage.filter(|s| s.kind != Kind::Publicise && item.batch().is_some()) else { return };
        self.notes.push(format!("{}由“{}”重新办理。", item_label(self.program.workflow(), item), stage.title));
        self.drop_from_tasks(item.id);
        self.set_hold(item.id, Hold::Stay, false);
        self.emit(Body::ItemMoved {
            item: item.id,
            from: stage.name.clone(),
            to: stage.name.clone(),
            round: item.round(),
            reason: reason.or_else(|| Some(outcome.clone())),
            outcome,
            code: None,
            straight: item.resume.is_some(),
            resume: item.resume.clone(),
            back: false,
            unjudged: false,
        });
    }
}

#[cfg(test)]
mod tests {
    use crate::case::command::{Asked, Command, HandIn};
    use crate::case::decide::decide;
    use crate::case::decide::tests::{Opened, opened};
    use crate::case::eval::{Sight, Target};
    use crate::case::event::{Ask, Fields, Row};
    use crate::case::ledger::Ledgers;
    use crate::case::program::Program;
    use crate::case::{Case, form};
    use serde_json::json;

    const DEFINITION: &str = "workflow: 试
roles: { 甲: 甲办 }
case: { title: 试, opened: { by: 甲 } }
items:
  事: { identity: [名称], fields: { 名称: text } }
  议: { about: 事, fields: { 内容: text } }
stages:
  - { recommend: 提出, of: 事, by: 甲 }
  - { assess: 查, of: 事, by: 甲, form: { 查情: text } }
  - { assess: 办, of: 事, by: 甲, form: { 办情: text }, collects: 议 }
  - { review: 核, of: 议, by: 甲, outcomes: { 属实: { end: 属实, reason: true, about: { to: 查 } }, 有据: { end: 有据, about: { stay: true } } } }
  - { file: 归档, of: 事, by: 甲 }
";

    struct Run {
        program: Program,
        case: Case,
        ledgers: Ledgers,
    }

    impl Run {
        fn tell(&mut self, command: Command) -> Vec<String> {
            let now = self.case.latest;
            let asked = Asked { by: "甲办".into(), on_behalf: None, cause: "submission 1".into(), command };
            let decided = decide(&self.program, &self.case, &asked, &self.ledgers, now).unwrap();
            self.case = decided.case;
            decided.notes
        }

        fn answer(&mut self, stage: &str, row: Row) -> Vec<String> {
            let task = self.case.open_tasks().find(|t| t.stage.as_deref() == Some(stage)).unwrap();
            let (task, revision) = (task.id, task.revision);
            let rows = vec![(row, String::new())];
            self.tell(Command::HandIn(HandIn { task, revision, rows, complete: true, ..HandIn::default() }))
        }

        fn raise(&mut self) {
            let (kind, fields) = ("议".to_string(), fields("内容", "不全"));
            self.tell(Command::RaiseSide { kind, about: Some(1), fields, submission: "2".into() });
        }

        /// What whoever has the item now is told of it.
        fn told(&self) -> String {
            let asks = |t: &&crate::case::Task| t.ask == Ask::Answer && t.items.contains(&1);
            let task = self.case.open_tasks().find(asks).unwrap();
            let form = form::of_task(&self.program, &self.case, &self.ledgers, task);
            form.grids[0].lines[0].values["~notes"].as_str().unwrap().to_string()
        }
    }

    fn fields(name: &str, value: &str) -> Fields {
        [(name.to_string(), json!(value))].into_iter().collect()
    }

    /// A case in which 一 has been handed in.
    fn run() -> Run {
        let town = "offices:\n  甲办: { title: 甲办公室 }\nchannels: { 网页: web }\n";
        let Opened { program, case, ledgers, .. } = opened(DEFINITION, None, town);
        let mut run = Run { program, case, ledgers };
        run.answer("提出", said(None, "名称", "一"));
        run
    }

    fn said(item: Option<u32>, name: &str, value: &str) -> Row {
        Row { item, fields: fields(name, value), ..Row::default() }
    }

    #[test]
    fn what_was_withdrawn_is_not_counted() {
        let mut run = run();
        run.answer("查", said(Some(1), "查情", "好"));
        run.raise();
        let counts = |run: &Run| {
            let sight = Sight::new(&run.program, &run.case, &run.ledgers, run.case.latest);
            ["议.count", "议.open"].map(|source| sight.value(source, &Target::Item(1)).unwrap().to_string())
        };
        assert_eq!(counts(&run), ["1", "1"]);
        run.tell(Command::WithdrawItem { item: 2, reason: "看错了".into() });
        assert_eq!(counts(&run), ["0", "0"], "it is as if it had never been raised");
        run.raise();
        let row = Row { item: Some(3), outcome: Some("有据".into()), ..Row::default() };
        run.answer("核", row);
        assert_eq!(counts(&run), ["1", "0"], "what was upheld was raised");
    }

    #[test]
    fn whoever_has_it_next_is_told_why() {
        let mut run = run();
        run.answer("查", said(Some(1), "查情", "好"));
        run.raise();
        let upheld =
            Row { item: Some(2), outcome: Some("属实".into()), reason: Some("漏查".into()), ..Row::default() };
        assert_eq!(run.answer("核", upheld), ["1号 一重新转到“查”。"]);
        assert!(run.told().ends_with("重新办理的原因：漏查"), "{}", run.told());
        run.answer("查", said(Some(1), "查情", "补查"));
        assert!(!run.told().contains("重新办理"), "it is over: {}", run.told());
        run.raise();
        run.answer("办", said(Some(1), "办情", "好"));
        let upheld = Row { item: Some(3), outcome: Some("有据".into()), ..Row::default() };
        assert_eq!(run.answer("核", upheld), ["1号 一由“办”重新办理。"]);
        assert!(run.told().ends_with("重新办理的原因：议有据"), "{}", run.told());
    }
}
