//! Scores: what several assessors gave one item, criterion by criterion, becomes one number (§8 `score`).
//!
//! The rule. Each assessor marks each criterion from nought to `scale`; his *total* is Σ weight × mark ÷ 100, so it runs to
//! `scale` too. Whoever is recused from the item is left out first. With `drop: extremes` and at least
//! [`EXTREMES_ASSESSORS_MIN`] assessors left, one highest and one lowest total are dropped. 得分 is the mean of the totals that
//! remain, a criterion's mean the mean of its marks over the same assessors; hence 得分 = Σ weight × mean ÷ 100.
//! Equal extremes: assessors are put in the order of total, equal totals in the order of names (code points), and the first
//! and the last are dropped: never more than two, never one twice. Whose of equal totals goes moves means, never 得分.
//! `assessors: { min }` counts who is left after recusal and before dropping.
//!
//! Failures: [`Refused`], all at once. A recused assessor's sheet is not looked into.

#[cfg(test)]
mod tests;

use super::{Fraction, Item, Unreckonable};
use crate::submission::Fault;
use std::collections::{BTreeMap, BTreeSet};

/// Extremes are dropped from so many assessors on.
pub const EXTREMES_ASSESSORS_MIN: usize = 3;
/// What the weights of an item make together.
pub const WEIGHTS_SUM: u32 = 100;

/// How an item is scored: its own criteria, those that do not apply to it left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// in the order written
    pub criteria: Vec<Criterion>,
    /// the full mark of each criterion and of 得分: 100 = 百分制
    pub scale: u32,
    /// fewest assessors, the recused not counted
    pub assessors_min: usize,
    /// drop one highest and one lowest total
    pub drop_extremes: bool,
}

/// What is marked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Criterion {
    /// its name
    pub name: String,
    /// in percent
    pub weight: u32,
}

/// What one assessor gave the item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// where it stands: 评分表!C7
    pub place: String,
    /// who
    pub assessor: String,
    /// criterion and mark, in any order
    pub marks: Vec<(String, Fraction)>,
}

/// What came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Score {
    /// id of the item
    pub item: u32,
    /// 得分
    pub score: Fraction,
    /// mean of each criterion, in the order of the rules
    pub means: Vec<(String, Fraction)>,
    /// what it was made of
    pub account: Account,
}

/// What was counted and what was left out. Each list in the order of names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// assessors whose totals are in the mean, and these
    pub counted: Vec<(String, Fraction)>,
    /// assessors who handed in a sheet and are recused
    pub recused: Vec<String>,
    /// dropped: the highest total and the lowest
    pub dropped: Option<[(String, Fraction); 2]>,
}

/// Why an item gets no score. `place` is where the sheet stands.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "a field is said by the sentence of its variant")]
pub enum Refused {
    /// the weights of its criteria do not make a hundred
    WeightsNotHundred { item: String, sum: u64 },
    /// fewer assessors than the rules ask for
    TooFewAssessors { item: String, counted: usize, recused: usize, least: usize },
    /// two sheets of one assessor; `first` is where the other stands
    AssessorTwice { place: String, first: String, assessor: String, item: String },
    /// a mark for what is no criterion of this item
    CriterionUnknown { place: String, assessor: String, criterion: String, item: String },
    /// two marks of one assessor for one criterion
    CriterionTwice { place: String, assessor: String, criterion: String },
    /// a criterion without a mark
    MarkMissing { place: String, assessor: String, criterion: String, item: String },
    /// a mark below nought or above the scale
    MarkOutside { place: String, assessor: String, criterion: String, mark: Fraction, scale: u32 },
    /// the numbers have too many digits
    Unreckonable { item: String, why: Unreckonable },
}

/// Scores one item by the sheets of its assessors; whose name stands in `recused` is left out.
///
/// # Errors
/// Everything that is wrong, at once.
pub fn score(item: &Item, rules: &Rules, sheets: &[Sheet], recused: &BTreeSet<String>) -> Result<Score, Vec<Refused>> {
    let (left_out, counted): (Vec<&Sheet>, Vec<&Sheet>) = sheets.iter().partition(|s| recused.contains(&s.assessor));
    let refused = faults(item, rules, &counted, left_out.len());
    if !refused.is_empty() {
        return Err(refused);
    }
    let mut names: Vec<String> = left_out.iter().map(|s| s.assessor.clone()).collect();
    names.sort_unstable();
    names.dedup();
    reckon(item, rules, &counted, names).map_err(|why| vec![Refused::Unreckonable { item: item.name.clone(), why }])
}

fn faults(item: &Item, rules: &Rules, sheets: &[&Sheet], recused: usize) -> Vec<Refused> {
    let mut found = Vec::new();
    let sum: u64 = rules.criteria.iter().map(|c| u64::from(c.weight)).sum();
    if sum != u64::from(WEIGHTS_SUM) {
        found.push(Refused::WeightsNotHundred { item: item.name.clone(), sum });
    }
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    for sheet in sheets {
        if let Some(first) = seen.insert(&sheet.assessor, &sheet.place) {
            found.push(Refused::AssessorTwice {
                place: sheet.place.clone(),
                first: first.to_owned(),
                assessor: sheet.assessor.clone(),
                item: item.name.clone(),
            });
        }
        found.extend(sheet_faults(item, rules, sheet));
    }
    let (counted, least) = (seen.len(), rules.assessors_min.max(1));
    if counted < least {
        found.push(Refused::TooFewAssessors { item: item.name.clone(), counted, recused, least });
    }
    found
}

fn sheet_faults(item: &Item, rules: &Rules, sheet: &Sheet) -> Vec<Refused> {
    let (place, assessor) = (&sheet.place, &sheet.assessor);
    let (mut found, mut marked) = (Vec::new(), BTreeSet::new());
    for (criterion, mark) in &sheet.marks {
        let (place, assessor, criterion) = (place.clone(), assessor.clone(), criterion.clone());
        if !rules.criteria.iter().any(|c| c.name == criterion) {
            found.push(Refused::CriterionUnknown { place, assessor, criterion, item: item.name.clone() });
        } else if !marked.insert(criterion.clone()) {
            found.push(Refused::CriterionTwice { place, assessor, criterion });
        } else if *mark < Fraction::ZERO || *mark > Fraction::whole(rules.scale.into()) {
            found.push(Refused::MarkOutside { place, assessor, criterion, mark: *mark, scale: rules.scale });
        }
    }
    for criterion in rules.criteria.iter().filter(|c| !marked.contains(&c.name)) {
        found.push(Refused::MarkMissing {
            place: place.clone(),
            assessor: assessor.clone(),
            criterion: criterion.name.clone(),
            item: item.name.clone(),
        });
    }
    found
}

fn reckon(item: &Item, rules: &Rules, sheets: &[&Sheet], recused: Vec<String>) -> Result<Score, Unreckonable> {
    let totals = sheets.iter().map(|sheet| Ok((total(rules, sheet)?, *sheet))).collect::<Result<Vec<_>, _>>();
    let mut totals = totals?;
    totals.sort_unstable_by(|(a, one), (b, other)| (a, &one.assessor).cmp(&(b, &other.assessor)));
    let drops = rules.drop_extremes && totals.len() >= EXTREMES_ASSESSORS_MIN;
    let named = |(total, sheet): &(Fraction, &Sheet)| (sheet.assessor.clone(), *total);
    let (dropped, kept) = match totals.as_slice() {
        [lowest, kept @ .., highest] if drops => (Some([named(highest), named(lowest)]), kept),
        all => (None, all),
    };
    let score = Fraction::mean(&kept.iter().map(|(total, _)| *total).collect::<Vec<_>>())?;
    let mean = |criterion: &Criterion| {
        let marks: Vec<Fraction> = kept.iter().filter_map(|(_, sheet)| mark(sheet, criterion)).collect();
        Ok((criterion.name.clone(), Fraction::mean(&marks)?))
    };
    let means = rules.criteria.iter().map(mean).collect::<Result<Vec<_>, _>>()?;
    let mut counted: Vec<(String, Fraction)> = kept.iter().map(named).collect();
    counted.sort_unstable();
    Ok(Score { item: item.id, score, means, account: Account { counted, recused, dropped } })
}

fn mark(sheet: &Sheet, criterion: &Criterion) -> Option<Fraction> {
    sheet.marks.iter().find(|(name, _)| *name == criterion.name).map(|(_, mark)| *mark)
}

/// Σ weight × mark ÷ 100 of one assessor.
fn total(rules: &Rules, sheet: &Sheet) -> Result<Fraction, Unreckonable> {
    let weighed = rules.criteria.iter().filter_map(|c| Some((c.weight, mark(sheet, c)?)));
    let parts = weighed.map(|(weight, mark)| Fraction::whole(weight.into()).times(mark)).collect::<Result<Vec<_>, _>>();
    Fraction::sum(parts?)?.over(Fraction::whole(WEIGHTS_SUM.into()))
}

impl Score {
    /// What was counted and left out, for the story of the case.
    pub fn say(&self) -> String {
        let Account { counted, recused, dropped } = &self.account;
        let dropped_count = dropped.as_ref().map_or(0, |pair| pair.len());
        let mut said = format!("{}名考核人评分", counted.len() + dropped_count);
        if !recused.is_empty() {
            said += &format!("（另有{}回避，不计）", recused.join("、"));
        }
        if let Some([(highest, most), (lowest, least)]) = dropped {
            let (most, least) = (most.say(), least.say());
            said += &format!("，去掉一个最高分{most}（{highest}）和一个最低分{least}（{lowest}）");
        }
        said + &format!("，按{}名的平均分计，得分{}", counted.len(), self.score.say())
    }
}

impl Refused {
    /// Where, and what to do about it.
    pub fn fault(&self) -> Fault {
        match self {
            Refused::WeightsNotHundred { item, sum } => {
                Fault::at("", format!("{item}各项指标的权重合计为{sum}，应为{WEIGHTS_SUM}。请联系管理员。"))
            }
            Refused::TooFewAssessors { item, counted, recused, least } => {
                let absent =
                    if *recused > 0 { format!("（另有{recused}名回避，不计）") } else { String::new() };
                Fault::at("", format!("{item}只有{counted}名考核人评分{absent}，至少须{least}名，请补齐后重报。"))
            }
            Refused::AssessorTwice { place, first, assessor, item } => {
                Fault::at(place, format!("{assessor}对{item}已经评过分（见{first}），每人只能评一次。"))
            }
            Refused::CriterionUnknown { place, assessor, criterion, item } => {
                Fault::at(place, format!("“{criterion}”不是{item}的评分指标，请删去{assessor}的这一项评分。"))
            }
            Refused::CriterionTwice { place, assessor, criterion } => {
                Fault::at(place, format!("{assessor}对“{criterion}”评了两次分，请只保留一个。"))
            }
            Refused::MarkMissing { place, assessor, criterion, item } => {
                Fault::at(place, format!("{assessor}没有给{item}的“{criterion}”评分，请补填。"))
            }
            Refused::MarkOutside { place, assessor, criterion, mark, scale } => {
                let mark = mark.say();
                Fault::at(place, format!("{assessor}给“{criterion}”的评分为{mark}，应在0到{scale}之间。"))
            }
            Refused::Unreckonable { item, why } => Fault::at("", format!("{item}的得分无法计算：{why}，请核对评分。")),
        }
    }
}
