//! What tests of decisions begin with: a case of a small definition, opened by 甲办 on Monday, 2025-03-03, at nine.

use super::{ITSELF, OpenCase, decide, open};
use crate::calendar::Calendar;
use crate::case::command::{Asked, Command, HandIn};
use crate::case::event::{Ask, Event, Fields, Row};
use crate::case::ledger::Ledgers;
use crate::case::program::{Program, Proof, Proofed};
use crate::case::{Case, Life, Task, invariant};
use crate::clock::Moment;
use crate::workflow::check::reload;
use crate::workflow::parse::{Parsed, parse};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Any paper can be made.
struct Anything;

impl Proof for Anything {
    fn proof(&self, template: &str, _: &str, _: &Fields) -> Result<Proofed, Vec<String>> {
        Ok(Proofed { title: template.to_string() })
    }
}

/// A case that has just been opened.
pub(in crate::case) struct Opened {
    pub(in crate::case) program: Program,
    pub(in crate::case) case: Case,
    pub(in crate::case) ledgers: Ledgers,
    pub(in crate::case) log: Vec<Event>,
    pub(in crate::case) now: Moment,
}

/// Opens a case under a definition, with the one template it may have, in a town of these lines of `offices.yaml`.
pub(in crate::case) fn opened(definition: &str, template: Option<(&str, &str)>, town: &str) -> Opened {
    let template = template.map(|(name, text)| (format!("templates/{name}.md"), text.to_string()));
    opened_with(definition, template.into_iter().collect(), town)
}

/// The same with the files its closure has besides.
pub(in crate::case) fn opened_with(definition: &str, mut sources: BTreeMap<String, String>, town: &str) -> Opened {
    sources.insert("workflow.yaml".to_string(), definition.to_string());
    let program = Program::new(Arc::new(reload(&sources).unwrap()), Arc::new(Anything));
    let Parsed::Offices(town) = parse("offices.yaml", town).unwrap() else { panic!("these are offices") };
    let ledgers = Ledgers::new(Arc::new(town), Arc::new(Calendar::shipped().clone()));
    let now = chrono::NaiveDate::from_ymd_opt(2025, 3, 3).and_then(|day| day.and_hms_opt(9, 0, 0)).unwrap();
    let asked = OpenCase {
        office: "甲办".into(),
        by: "甲办".into(),
        params: Fields::new(),
        one: None,
        period: None,
        parent: None,
        shared: false,
        cause: "submission 0".into(),
    };
    let opened = open(&program, &asked, &ledgers, now).unwrap();
    Opened { program, case: opened.case, ledgers: opened.ledgers, log: opened.events, now }
}

impl Opened {
    /// Gives a command, and holds what follows against the invariants and the log.
    pub(in crate::case) fn tell(&mut self, at: Moment, by: &str, command: Command) -> Result<Vec<String>, Vec<String>> {
        let cause = format!("submission {}", self.log.len());
        let asked = Asked { by: by.into(), on_behalf: None, cause, command };
        let decided = decide(&self.program, &self.case, &asked, &self.ledgers, at)
            .map_err(|refusal| refusal.faults.into_iter().map(|fault| fault.say).collect::<Vec<_>>())?;
        self.log.extend(decided.events);
        (self.case, self.ledgers) = (decided.case, decided.ledgers);
        let broken = invariant::broken(&self.program, &self.case, &self.log, &self.ledgers);
        assert!(broken.is_empty(), "{broken:#?}");
        let replayed = Case::replay(&self.log).unwrap();
        assert_eq!(format!("{replayed:?}"), format!("{:?}", self.case), "as the log alone says");
        Ok(decided.notes)
    }

    /// Hands in what an office is asked for about items: a row for each.
    pub(in crate::case) fn fill(&mut self, at: Moment, by: &str, rows: Vec<Row>) -> Result<Vec<String>, Vec<String>> {
        let first = rows.first().and_then(|row| row.item);
        let asks = |task: &&Task| {
            let about = first.map_or(task.ask == Ask::Nominate, |item| task.items.contains(&item));
            task.office == by && about && matches!(task.ask, Ask::Nominate | Ask::Correct | Ask::Answer)
        };
        let (task, revision) = self.case.open_tasks().find(asks).map(|t| (t.id, t.revision)).unwrap();
        let rows = rows.into_iter().map(|row| (row, String::new())).collect();
        let submission = self.log.len().to_string();
        self.tell(
            at,
            by,
            Command::HandIn(HandIn { task, revision, rows, complete: true, submission, ..HandIn::default() }),
        )
    }

    /// Answers a question.
    pub(in crate::case) fn answer(&mut self, at: Moment, question: u32, answer: serde_json::Value) {
        let asked = |t: &&Task| t.ask == Ask::Question(question);
        let (task, revision, by) =
            self.case.open_tasks().find(asked).map(|t| (t.id, t.revision, t.office.clone())).unwrap();
        let fields = [("answer".to_string(), answer)].into_iter().collect();
        let submission = self.log.len().to_string();
        let hand_in = HandIn { task, revision, fields, complete: true, submission, ..HandIn::default() };
        self.tell(at, &by, Command::HandIn(hand_in)).unwrap();
    }

    /// Every paper that is ordered is made.
    pub(in crate::case) fn make(&mut self, at: Moment) {
        let ordered = |case: &Case| case.documents.values().find(|d| d.life == Life::Ordered).map(|d| (d.id, d.draft));
        while let Some((document, draft)) = ordered(&self.case) {
            let (word, renderer, fonts) = ("w".into(), "r".into(), "f".into());
            let made = Command::Rendered { document, draft, word, pdf: None, no_pdf: None, renderer, fonts };
            self.tell(at, ITSELF, made).unwrap();
        }
    }

    /// A paper is served on an outsider, who signs for it.
    pub(in crate::case) fn serve(&mut self, at: Moment, document: u32) {
        let asked = |t: &&Task| t.ask == Ask::Serve(document);
        let (task, revision, by) =
            self.case.open_tasks().find(asked).map(|t| (t.id, t.revision, t.office.clone())).unwrap();
        let said = json!({ "on": at.date().to_string(), "mode": "直接送达", "signatory": "赵六" });
        let fields = said.as_object().cloned().unwrap();
        let submission = self.log.len().to_string();
        let hand_in = HandIn { task, revision, fields, complete: true, submission, ..HandIn::default() };
        self.tell(at, &by, Command::HandIn(hand_in)).unwrap();
    }

    /// The texts of the questions that are open.
    pub(in crate::case) fn questions(&self) -> Vec<(u32, String)> {
        self.case.open_questions().map(|q| (q.id, q.text.clone())).collect()
    }
}

/// A row of a workbook.
pub(in crate::case) fn row(item: Option<u32>, fields: &serde_json::Value) -> Row {
    Row { item, fields: fields.as_object().cloned().unwrap_or_default(), ..Row::default() }
}

/// One that says an outcome, with its reason.
pub(in crate::case) fn says(item: u32, outcome: &str) -> Row {
    Row { item: Some(item), outcome: Some(outcome.into()), reason: Some("有误".into()), ..Row::default() }
}
