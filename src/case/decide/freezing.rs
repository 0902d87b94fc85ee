//! Tables are frozen into the papers that print them, each with its digest (LANGUAGE §12).

use super::Deciding;
use super::papers::Order;
use crate::case::{Fields, table};
use crate::deadline::Period;
use crate::submission::Fault;
use crate::workflow::Report;
use std::collections::BTreeMap;

impl Deciding<'_> {
    /// The tables a paper prints; a check that does not hold, or what cannot be counted, is why it cannot be made.
    pub(super) fn frozen_tables(&mut self, order: &Order<'_>) -> Option<Fields> {
        if let Some((_, frozen)) = &order.report {
            return Some(frozen.clone());
        }
        let program = self.program;
        let period = table::period_of(program.workflow(), &self.case);
        let named = table::read_by(program, &order.definition.template);
        self.freeze(named.into_iter().map(|t| &t.name), period, None)
    }

    /// Freezes tables for a time; None when one cannot be, which is said.
    pub(super) fn freeze<'n>(
        &mut self,
        names: impl Iterator<Item = &'n String>,
        period: Option<Period>,
        report: Option<&Report>,
    ) -> Option<Fields> {
        let mut frozen = Fields::new();
        let mut whole = true;
        let told = report.zip(period).and_then(|(report, period)| self.told_until(report, period));
        for name in names {
            let asked = table::Asked {
                program: self.program,
                case: &self.case,
                ledgers: &self.ledgers,
                now: self.now,
                period,
                report: report.is_some(),
                told,
            };
            match table::freeze(&asked, name) {
                Ok(value) => drop(frozen.insert(name.clone(), value)),
                Err(why) => {
                    whole = false;
                    self.faults.push(Fault::at(name.clone(), format!("{why}。")));
                }
            }
        }
        whole.then_some(frozen)
    }

    /// The digest of each frozen table.
    pub(super) fn digests(&self, frozen: &Fields) -> BTreeMap<String, String> {
        let known = &self.program.workflow().tables;
        let tables = frozen.iter().filter(|(name, _)| known.contains_key(*name));
        tables.map(|(name, value)| (name.clone(), table::digest(value))).collect()
    }
}
