//! Marks: what each assessor gave, looked at when it is handed in and reckoned when all are in (§8 `score`; the arithmetic is
//! [`crate::tally::score`]'s).

use super::Deciding;
use crate::case::Signature;
use crate::case::eval::Target;
use crate::case::event::{Fields, Row};
use crate::case::lists::is_meant;
use crate::case::story::{item_label, item_name};
use crate::submission::Fault;
use crate::tally::score::{Criterion, Refused, Rules, Score, Sheet, score};
use crate::tally::{self, Fraction};
use crate::workflow::{ScoreDefinition, Stage};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What an assessor's row says of him: his office, where it is not the one that hands the marks in.
pub(in crate::case) const ASSESSOR_OFFICE: &str = "考核人单位";

/// What was reckoned, as fields of the answer; exact.
pub(super) fn facts_of(score: &Score) -> Fields {
    let means = score.means.iter().map(|(name, mean)| (name.clone(), json!(mean)));
    means.chain([("得分".to_string(), json!(score.score))]).collect()
}

impl Deciding<'_> {
    /// Looks at the marks an office hands in: whose they are, and whether they are marks.
    pub(super) fn check_marks(&mut self, stage: &Stage, rows: &mut [(Row, String)]) {
        let Some(definition) = &stage.score else { return };
        let office = self.ledgers.offices.title(&self.by).to_string();
        let mut sheets: BTreeMap<u32, Vec<Sheet>> = BTreeMap::new();
        let mut answered: BTreeSet<u32> = BTreeSet::new();
        for (row, place) in rows.iter_mut() {
            let Some(id) = row.item else { continue };
            match &mut row.assessor {
                Some(assessor) => {
                    if assessor.is_empty() {
                        assessor.clone_from(&office);
                    }
                    let sheet = self.sheet(definition, assessor, &row.fields, place);
                    sheets.entry(id).or_default().push(sheet);
                }
                None => drop(answered.insert(id)),
            }
        }
        for (id, sheets) in &sheets {
            if stage.asks_each() && !answered.contains(id) {
                self.refuse(
                    "",
                    format!("{}有评分，但“{}”表中没有填写，请补全后重报。", self.name_of(*id), stage.title),
                );
            }
            // one office need not have all assessors; what is left is what is wrong with the marks
            let rules = Rules { assessors_min: 1, ..self.score_rules(definition, *id) };
            let wrong = score(&self.tally_item(*id), &rules, sheets, &BTreeSet::new()).err().unwrap_or_default();
            self.faults.extend(wrong.iter().map(Refused::fault));
        }
        for id in answered.iter().filter(|id| !sheets.contains_key(id)) {
            self.refuse(
                "",
                format!("{}没有评分，请在“{}”页填写后重报。", self.name_of(*id), crate::case::form::SCORES),
            );
        }
    }

    /// One item by all its marks; None when there is something wrong with them, which is refused.
    pub(super) fn scored(&mut self, definition: &ScoreDefinition, id: u32, signed: &[Signature]) -> Option<Score> {
        let mut recused = BTreeSet::new();
        let mut sheets = Vec::new();
        for signature in signed {
            let Some(assessor) = &signature.assessor else { continue };
            if self.is_recused(definition, id, signature, assessor) {
                recused.insert(assessor.clone());
            }
            let place = self.ledgers.offices.title(&signature.office).to_string();
            sheets.push(self.sheet(definition, assessor, &signature.fields, &place));
        }
        match score(&self.tally_item(id), &self.score_rules(definition, id), &sheets, &recused) {
            Ok(score) => Some(score),
            Err(refused) => {
                self.faults.extend(refused.iter().map(Refused::fault));
                None
            }
        }
    }

    fn is_recused(&mut self, definition: &ScoreDefinition, id: u32, signature: &Signature, assessor: &str) -> bool {
        let Some(recuse) = &definition.recuse else { return false };
        let office = signature.fields.get(ASSESSOR_OFFICE).and_then(|v| v.as_str()).unwrap_or(&signature.office);
        let target = Target::Assessor { item: id, name: assessor.to_string(), office: office.to_string() };
        match self.sight().holds(&recuse.source, &target) {
            Ok(recused) => recused,
            Err(why) => {
                self.faults
                    .push(Fault::at("", format!("{assessor}是否须回避无法判断：{why}。请联系管理员核对流程定义。")));
                false
            }
        }
    }

    fn score_rules(&self, definition: &ScoreDefinition, id: u32) -> Rules {
        let applies = |of: &[String]| self.case.item(id).is_some_and(|i| is_meant(self.program.workflow(), of, i));
        let criteria = definition.criteria.iter().filter(|(_, c)| applies(&c.of));
        Rules {
            criteria: criteria.map(|(name, c)| Criterion { name: name.clone(), weight: c.weight }).collect(),
            scale: definition.scale,
            assessors_min: definition.assessors_min,
            drop_extremes: definition.drop_extremes,
        }
    }

    fn sheet(&self, definition: &ScoreDefinition, assessor: &str, fields: &Fields, place: &str) -> Sheet {
        let mark = |value: &Value| {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_string);
            Fraction::parse(&text).ok()
        };
        let given = fields.iter().filter(|(name, _)| definition.criteria.contains_key(*name));
        let marks = given.filter_map(|(name, value)| Some((name.clone(), mark(value)?))).collect();
        Sheet { place: place.to_string(), assessor: assessor.to_string(), marks }
    }

    pub(super) fn tally_item(&self, id: u32) -> tally::Item {
        let label = self.case.item(id).map(|i| item_label(self.program.workflow(), i)).unwrap_or_default();
        tally::Item::new(id, label)
    }

    fn name_of(&self, id: u32) -> String {
        self.case.item(id).map(|i| item_name(self.program.workflow(), i)).unwrap_or_default()
    }
}
