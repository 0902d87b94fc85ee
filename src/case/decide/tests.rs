//! What tests of decisions begin with: a case of a small definition, opened by 甲办 on Monday, 2025-03-03, at nine.

use super::{OpenCase, open};
use crate::calendar::Calendar;
use crate::case::Case;
use crate::case::event::{Event, Fields};
use crate::case::ledger::Ledgers;
use crate::case::program::{Program, Proof, Proofed};
use crate::clock::Moment;
use crate::workflow::check::reload;
use crate::workflow::parse::{Parsed, parse};
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
