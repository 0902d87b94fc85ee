//! Counting ballots: sheets come in, and take one another's place, until nothing more is to come; then the count stands, or
//! waits until its witness has confirmed it (§8 `ballot`).
//!
//! A ballot itself is read here and forgotten: what is emitted is how many there were and what each item got.

#[cfg(test)]
mod tests;

use super::Deciding;
use crate::case::ballots::{self, Counting};
use crate::case::command::HandIn;
use crate::case::event::{Ask, Body, Count, Fields, Row, Sheet, TaskEnd};
use crate::case::form::{AREA, DIFFERS, GROUP, HANDED_IN, NUMBER, OVER, VOID, item_of};
use crate::case::{Batch, Task};
use crate::tally::Item;
use crate::tally::ballot::{
    Ballot, Counted, Difference, GROUP_BALLOTS_MIN, Refused, Rules, count_ballots, count_tallies, recount_tallies,
    tellable,
};
use crate::workflow::{BallotDefinition, SPOILT, Sheets, Stage};
use serde_json::Value;
use std::sync::Arc;

/// The rule a count breaks whose voters are not those it should have.
const SHARES: &str = "投票人比例";

impl Deciding<'_> {
    /// A counter hands a sheet in, says that there is nothing more to count, or both.
    pub(super) fn count(&mut self, stage: &Stage, ballot: &BallotDefinition, task: &Task, hand_in: &HandIn) {
        let Some(batch) = task.batch.and_then(|b| self.case.batches.get(&b)).cloned() else { return };
        self.check_attachments_of_answer(stage, task, hand_in);
        let over = hand_in.fields.get(OVER).and_then(Value::as_bool).unwrap_or(ballot.batch.is_none());
        let sheet = self.sheet_handed_in(ballot, &batch, task, hand_in);
        if sheet.is_none() && !over && self.faults.is_empty() {
            self.refuse("", "表中没有填写选票。全部选票都已录入的，请在“计票完毕”栏填“是”。");
        }
        if !self.faults.is_empty() {
            return;
        }
        let (sheet, rows) = sheet.map_or((None, Vec::new()), |counting| {
            self.tell_sheet(ballot, &counting, hand_in);
            let row =
                |(item, fields): &(u32, Fields)| Row { item: Some(*item), fields: fields.clone(), ..Row::default() };
            (Some(counting.sheet.clone()), counting.counts.iter().map(row).collect())
        });
        self.taken_for_count(stage, task, hand_in, rows, Count { sheet, over });
        if self.all_counted(batch.id) {
            self.close_count(stage, ballot, batch.id, hand_in);
        } else {
            self.close_tasks(|t| t.ask == Ask::Witness(batch.id), TaskEnd::Overtaken);
        }
        self.revise_task(task.id, Vec::new());
    }

    /// Records what was handed in: of a head what the definition asks for, of rows the counts.
    fn taken_for_count(&mut self, stage: &Stage, task: &Task, hand_in: &HandIn, rows: Vec<Row>, count: Count) {
        let own = |(name, _): &(&String, &Value)| stage.form.case.contains_key(*name) || *name == "reason";
        let fields = hand_in.fields.iter().filter(own).map(|(name, value)| (name.clone(), value.clone())).collect();
        self.emit(Body::TaskAnswered {
            task: task.id,
            submission: hand_in.submission.clone(),
            fields,
            rows,
            attachments: hand_in.attachments.clone(),
            declined: None,
            complete: count.over,
            part: true,
            count: Some(count),
            saw: Vec::new(),
        });
    }

    /// What the receipt says of a sheet, besides how many ballots it has.
    fn tell_sheet(&mut self, ballot: &BallotDefinition, counting: &Counting, hand_in: &HandIn) {
        if counting.sheet.ballots > 0 {
            let digest = hand_in.submission.get(..16).unwrap_or(&hand_in.submission).to_string();
            let told = if ballot.secret {
                format!("选票表已密封存档，封存编号{digest}。")
            } else {
                format!("计票依据已存档，编号{digest}。")
            };
            self.notes.push(told);
        }
        if !counting.sheet.changed.is_empty() {
            let changed = counting.sheet.changed.join("");
            let name = counting.name();
            self.notes.push(format!("{name}此前报送的表以本次为准：{changed}"));
        }
    }

    /// The sheet a hand-in brings, counted; None when it brings none, or one that cannot be taken, which is refused.
    fn sheet_handed_in(
        &mut self,
        ballot: &BallotDefinition,
        batch: &Batch,
        task: &Task,
        hand_in: &HandIn,
    ) -> Option<Counting> {
        let (area, group) = (hand_in.text(AREA).unwrap_or_default(), hand_in.text(GROUP).unwrap_or_default());
        let before = batch.sheets.iter().find(|s| s.whose() == (area.as_str(), group.as_str())).cloned();
        // an area that is named again with nothing in it is taken out
        if hand_in.rows.is_empty() && (before.is_none() || area.is_empty()) {
            return None;
        }
        if let Some(area) = ballot.batch.as_ref().filter(|_| area.is_empty()) {
            self.refuse(area.clone(), format!("请填写“{area}”，一份表只填一处。"));
            return None;
        }
        let theirs = before.as_ref().map(|s| self.standing(&s.office)).filter(|o| *o != task.office);
        if let Some(other) = theirs {
            let (title, other) = (format!("{area}{group}"), self.ledgers.offices.title(&other).to_string());
            self.refuse("", format!("{title}的选票已由{other}报送，请核对；确需更正的由{other}重报。"));
            return None;
        }
        let mut sheet = Sheet { area, group, ..Sheet::default() };
        let counted = match ballot.sheets {
            Sheets::Ballots => self.of_ballots(ballot, batch, hand_in, &mut sheet)?,
            Sheets::Tally => self.of_tally(ballot, batch, hand_in, &mut sheet)?,
        };
        if !self.counts_by_itself(ballot, counted.ballots) {
            return None;
        }
        sheet.ballots = counted.ballots;
        let counts = counted.items.iter().map(|f| (f.item, ballots::counts_of(f))).collect();
        let (office, digest) = (task.office.clone(), hand_in.submission.clone());
        let mut counting = Counting { sheet, office, digest, at: self.now, counts };
        if let Some(before) = before {
            counting.sheet.changed = self.changed(ballot, batch, &before, &counting);
        }
        Some(counting)
    }

    /// Whether so many ballots of an area may be counted by themselves; refused where they would show how few people voted.
    fn counts_by_itself(&mut self, ballot: &BallotDefinition, ballots: u64) -> bool {
        let few = ballot.secret && ballots > 0 && ballots < GROUP_BALLOTS_MIN;
        let Some(area) = ballot.batch.as_ref().filter(|_| few) else { return true };
        let say = format!(
            "只有{ballots}张票，少于{GROUP_BALLOTS_MIN}张，单独计票会看出各人的意见，请并入相邻的{area}一起报送。"
        );
        self.refuse("", say);
        false
    }

    fn changed(&self, ballot: &BallotDefinition, batch: &Batch, before: &Counting, now: &Counting) -> Vec<String> {
        if now.sheet.ballots == 0 {
            return vec![format!("原有的{}张票撤出，不再计入。", before.sheet.ballots)];
        }
        let workflow = self.program.workflow();
        let ids: Vec<u32> = ballots::voted_on(workflow, &self.case, batch).iter().map(|i| i.id).collect();
        let named = ballots::titles(workflow, &self.case, &ids).into_iter();
        let items: Vec<Item> = named.map(|(id, title)| Item::new(id, title)).collect();
        let [first, second] = [before, now].map(|sheet| [ballots::tally(ballot, &items, sheet)]);
        let found = recount_tallies(&first, &second);
        let (found, withheld) = if ballot.secret { tellable(found) } else { (found, 0) };
        // whose sheet it is the receipt says before
        let say = |d: &Difference| d.fault(&items).say.replacen(&now.name(), "", 1).replace("，请核对", "");
        let mut said: Vec<String> = found.iter().map(say).collect();
        if withheld > 0 {
            said.push(format!(
                "{withheld}个对象的票数有变动，涉及的票不足{GROUP_BALLOTS_MIN}张，为保守投票秘密不逐项列出。"
            ));
        }
        if said.is_empty() { vec!["与前一次票数相同。".to_string()] } else { said }
    }

    fn of_ballots(
        &mut self,
        ballot: &BallotDefinition,
        batch: &Batch,
        hand_in: &HandIn,
        sheet: &mut Sheet,
    ) -> Option<Counted> {
        let items = ballots::voted_on(self.program.workflow(), &self.case, batch);
        let read: Vec<Ballot> =
            hand_in.rows.iter().filter_map(|(row, place)| self.ballot(&sheet.area, row, place)).collect();
        let areas = Some(sheet.area.clone()).filter(|area| !area.is_empty()).into_iter().collect();
        let rules = Rules { voters: ballots::voters(ballot), ..ballots::rules(ballot, areas) };
        let counted = self.right(count_ballots(&rules, &items, &read))?;
        sheet.voters = counted.groups.iter().cloned().collect();
        Some(counted)
    }

    /// One ballot as it was entered.
    fn ballot(&mut self, area: &str, row: &Row, place: &str) -> Option<Ballot> {
        let number = row.fields.get(NUMBER).and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok());
        let Some(number) = number else {
            self.refuse(place, "请填写票号。");
            return None;
        };
        let said = row.fields.iter().filter_map(|(column, value)| Some((item_of(column)?, value.as_str()?)));
        let (spoilt, ticked): (Vec<_>, Vec<_>) = said.partition(|(_, option)| *option == SPOILT);
        Some(Ballot {
            place: place.to_string(),
            area: area.to_string(),
            number,
            group: row.fields.get(GROUP).and_then(|v| v.as_str()).unwrap_or_default().to_string(),
            void: row.fields.get(VOID).and_then(Value::as_bool).unwrap_or_default(),
            ticks: ticked.into_iter().map(|(item, option)| (item, option.to_string())).collect(),
            spoilt: spoilt.into_iter().map(|(item, _)| item).collect(),
        })
    }

    fn of_tally(
        &mut self,
        ballot: &BallotDefinition,
        batch: &Batch,
        hand_in: &HandIn,
        sheet: &mut Sheet,
    ) -> Option<Counted> {
        let Some(handed_in) = hand_in.fields.get(HANDED_IN).and_then(Value::as_u64) else {
            self.refuse("收回票数", "请填写收回票数。");
            return None;
        };
        if !ballot.voters.is_empty() {
            if sheet.group.is_empty() {
                self.refuse("投票人类别", "请填写投票人类别，一份表只填一类。");
                return None;
            }
            sheet.voters = [(sheet.group.clone(), handed_in)].into();
        }
        let items = ballots::voted_on(self.program.workflow(), &self.case, batch);
        let counts = hand_in.rows.iter().filter_map(|(row, _)| Some((row.item?, row.fields.clone()))).collect();
        let counted = Counting {
            sheet: Sheet { ballots: handed_in, ..sheet.clone() },
            office: String::new(),
            digest: String::new(),
            at: self.now,
            counts,
        };
        let tally = ballots::tally(ballot, &items, &counted);
        let areas = Some(tally.area.clone()).filter(|area| !area.is_empty()).into_iter().collect();
        self.right(count_tallies(&ballots::rules(ballot, areas), &items, &[tally]))
    }

    fn right(&mut self, counted: Result<Counted, Vec<Refused>>) -> Option<Counted> {
        match counted {
            Ok(counted) => Some(counted),
            Err(refused) => {
                self.faults.extend(refused.iter().map(Refused::fault));
                None
            }
        }
    }

    /// Whether every office that counts has said that there is nothing more.
    fn all_counted(&self, batch: u32) -> bool {
        let Some(counted) = self.case.batches.get(&batch).map(|b| &b.counted) else { return false };
        let said = |t: &Task| counted.iter().any(|office| self.standing(office) == t.office);
        self.case.tasks_in(batch).filter(|t| t.ask == Ask::Answer).all(said)
    }

    /// All sheets are in: the count stands, or its witness is asked.
    fn close_count(&mut self, stage: &Stage, ballot: &BallotDefinition, batch: u32, hand_in: &HandIn) {
        let Some(counted) = self.case.batches.get(&batch).cloned() else { return };
        if ballots::standing(&counted).next().is_none() {
            return self.refuse("计票完毕", "还没有收到一张选票，不能结束计票。");
        }
        self.expect_shares(ballot, &counted, hand_in);
        if ballot.witness.is_none() {
            return self.stand(stage, ballot, &counted, None);
        }
        let asked: Vec<(u64, String)> = self.asked_to_witness(batch);
        for office in self.witnesses(stage, ballot, counted.items.first().copied()) {
            match asked.iter().find(|(_, other)| *other == office) {
                Some((task, _)) => self.revise_task(*task, Vec::new()),
                None => self.open_task(Some(batch), Some(&stage.name), &office, Vec::new(), Ask::Witness(batch)),
            }
        }
    }

    fn asked_to_witness(&self, batch: u32) -> Vec<(u64, String)> {
        let tasks = self.case.tasks_in(batch).filter(|t| t.ask == Ask::Witness(batch));
        tasks.map(|t| (t.id, t.office.clone())).collect()
    }

    /// Who confirms a count: whoever the definition names and does not count. Refused where that is nobody.
    pub(super) fn witnesses(&mut self, stage: &Stage, ballot: &BallotDefinition, item: Option<u32>) -> Vec<String> {
        let Some(role) = &ballot.witness else { return Vec::new() };
        let counters = self.actors(&stage.by, item);
        let mut found = self.actors(std::slice::from_ref(role), item);
        found.retain(|office| !counters.contains(office));
        if found.is_empty() {
            self.refuse("", format!("没有可以确认计票的单位：“{role}”不能与计票单位是同一单位，请核对单位名录。"));
        }
        found
    }

    /// The shares of voters are as the definition expects, or somebody says why not.
    fn expect_shares(&mut self, ballot: &BallotDefinition, batch: &Batch, hand_in: &HandIn) {
        let missed = match ballots::shares_missed(ballot, batch) {
            Ok(missed) => missed,
            Err(why) => return self.refuse("", format!("{SHARES}无法计算：{why}。")),
        };
        let items: Vec<u32> =
            ballots::voted_on(self.program.workflow(), &self.case, batch).iter().map(|i| i.id).collect();
        let said = |id: &u32| self.case.item(*id).is_some_and(|i| i.waivers.iter().any(|(rule, _)| rule == SHARES));
        let reason = hand_in.text("waiver");
        match reason {
            _ if missed.is_empty() => {}
            Some(reason) => self.emit(Body::RuleWaived { rule: SHARES.to_string(), items, reason }),
            None if items.iter().all(said) => {}
            None => {
                let say = format!("{}。如确实如此，请在“情况说明”栏写明理由后重报。", missed.join("；"));
                self.refuse("情况说明", say);
            }
        }
    }

    /// A witness says whether the count is right. When it is not, it is made again.
    pub(super) fn testify(&mut self, task: &Task, hand_in: &HandIn, batch: u32) {
        let Some((_, stage)) = self.stage_of(task) else { return };
        let Some((ballot, counted)) = stage.ballot.as_ref().zip(self.case.batches.get(&batch).cloned()) else { return };
        if hand_in.revision < task.revision {
            let (yours, now) = (hand_in.revision, task.revision);
            self.refuse("", format!("计票已经更正（您填的是第{yours}版，现为第{now}版），请核对“待办”中最新的表格。"));
        }
        if counted.sheets.iter().any(|s| self.standing(&s.office) == self.by) {
            self.refuse("", "计票的单位不能确认自己的计票，请由其他单位确认。");
        }
        let text = |name: &str| hand_in.fields.get(name).and_then(|v| v.as_str());
        let stands = text("agree") != Some(DIFFERS);
        if !stands && text("reason").is_none() {
            self.refuse("理由", "认为计票不符的，请写明在哪里不符。");
        }
        if !self.faults.is_empty() {
            return;
        }
        self.taken_for_count(stage, task, hand_in, Vec::new(), Count { sheet: None, over: stands });
        if stands {
            let witness = Some(self.by.clone());
            return self.stand(stage, ballot, &counted, witness);
        }
        self.notes.push("已转告计票单位复核，复核后再请确认。".to_string());
        let all: Vec<(u64, Ask)> = self.case.tasks_in(batch).map(|t| (t.id, t.ask.clone())).collect();
        for (task, ask) in all {
            if ask == Ask::Witness(batch) {
                self.emit(Body::TaskClosed { task, why: TaskEnd::Answered });
            } else if ask == Ask::Answer {
                self.revise_task(task, Vec::new());
            }
        }
    }

    /// The count stands: its figures are the answer of the stage.
    fn stand(&mut self, stage: &Stage, ballot: &BallotDefinition, batch: &Arc<Batch>, witness: Option<String>) {
        let counted = ballots::counted(self.program.workflow(), &self.case, ballot, batch);
        let Some(counted) = self.right(counted) else { return };
        let mut rows = Vec::new();
        for figures in &counted.items {
            let mut row = Row { item: Some(figures.item), fields: ballots::facts_of(figures), ..Row::default() };
            self.choose(stage, &mut row, "");
            rows.push((row, String::new()));
        }
        if !self.faults.is_empty() {
            return;
        }
        let by = witness.as_ref().map(|o| format!("，{}确认", self.ledgers.offices.title(o))).unwrap_or_default();
        self.emit(Body::Counted {
            batch: batch.id,
            fields: Fields::new(),
            rows: rows.iter().map(|(row, _)| row.clone()).collect(),
            why: format!("{}{by}", ballots::say_sheets(batch)),
            sheets: ballots::standing(batch).map(|s| s.digest.clone()).collect(),
            witness,
        });
        let over = |t: &Task| t.batch == Some(batch.id) && matches!(t.ask, Ask::Answer | Ask::Witness(_));
        self.close_tasks(over, TaskEnd::Answered);
        self.follow(stage, Some(batch.id), &rows);
    }
}
