//! The words of each event.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "each function tells its share of the events; what none tells is told by its name"
)]

mod children;
mod clocks;
mod tasks;

use crate::case::event::{Body, Change, Hold, Mode, Number, Row};
use crate::case::ledger::Ledgers;
use crate::case::program::Program;
use crate::case::story::{item_name, task_title};
use crate::case::{Case, decide};
use crate::deadline::Period;

/// Names of a list before it is cut.
const NAMES_MAX: usize = 8;

/// What names are looked up in.
pub(super) struct Words<'a> {
    pub(super) program: &'a Program,
    pub(super) case: &'a Case,
    pub(super) ledgers: &'a Ledgers,
}

/// The line of a register's change.
pub(super) fn register(register: &str, key: &str, entry: u32, change: Change, reason: Option<&str>) -> String {
    let how = match change {
        Change::Enter => "entered",
        Change::Correct => "corrected",
        Change::End => "ended",
    };
    // The key of a person holds the identity number, which a terminal need not show.
    let name = key.split('|').next().unwrap_or(key);
    format!("register {register}: {name} {how} (entry {entry}){}", because(reason))
}

/// The line of a schedule that fell.
pub(super) fn fell(schedule: &str, period: &str, note: &str, skipped: &[String]) -> String {
    let over = if skipped.is_empty() { String::new() } else { format!("; passed over {}", skipped.join("、")) };
    format!("schedule {schedule} falls for {period}{note}{over}")
}

fn because(reason: Option<&str>) -> String {
    reason.filter(|r| !r.is_empty()).map(|r| format!(": {r}")).unwrap_or_default()
}

impl Words<'_> {
    pub(super) fn say(&self, body: &Body) -> String {
        self.of_case(body)
            .or_else(|| self.of_item(body))
            .or_else(|| self.of_task(body))
            .or_else(|| self.of_clock(body))
            .or_else(|| self.of_paper(body))
            .or_else(|| self.of_child(body))
            .unwrap_or_else(|| kind(body))
    }

    /// What many events in a row may have in common, and what is each one's own: such events make one line.
    pub(super) fn common(&self, body: &Body) -> Option<(String, String)> {
        Some(match body {
            Body::ItemOpened { item, of, owner, about: None, waiver: None, .. } => {
                let verb = if self.program.workflow().is_side(of) { "raised" } else { "nominated" };
                (format!("{verb} by {owner}:"), self.item(*item))
            }
            Body::BatchOpened { stage, round, items, left, expected, .. } if left.is_empty() && expected.is_empty() => {
                match items.as_slice() {
                    [only] => (format!("{} begins, round {round}, for", self.stage(stage)), self.item(*only)),
                    _ => return None,
                }
            }
            Body::ItemMoved { item, to, unjudged: true, .. } => {
                (format!("may come to {}, which cannot be said yet:", self.stage(to)), self.item(*item))
            }
            Body::ItemEnded { item, label, reason: None, merged_into: None, .. } => {
                (format!("leave, {label}:"), self.item(*item))
            }
            Body::DocumentOrdered { document, draft: 1, template, number: None, seal: false, items, .. }
                if items.len() == 1 =>
            {
                (format!("made: {template}, documents"), document.to_string())
            }
            Body::DocumentIssued { document, scan: None } => ("issued, documents".to_string(), document.to_string()),
            Body::RegisterWritten { register, key, change: Change::Enter, .. } => {
                (format!("register {register}: entered"), key.split('|').next().unwrap_or(key).to_string())
            }
            _ => return None,
        })
    }

    fn item(&self, id: u32) -> String {
        let Some(item) = self.case.items.get(&id) else { return format!("item {id}") };
        let about = item.about.and_then(|a| self.case.items.get(&a)).map(|a| item_name(self.program.workflow(), a));
        let name = item_name(self.program.workflow(), item);
        about.map_or_else(|| name.clone(), |a| format!("{name} about {a}"))
    }

    fn items(&self, ids: &[u32]) -> String {
        let names: Vec<String> = ids.iter().take(NAMES_MAX).map(|id| self.item(*id)).collect();
        let more = ids.len().saturating_sub(NAMES_MAX);
        let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
        format!("{}{rest}", names.join("、"))
    }

    fn stage(&self, name: &str) -> String {
        self.program.workflow().stage(name).map_or_else(|| name.to_string(), |s| s.title.clone())
    }

    fn batch(&self, id: u32) -> String {
        match self.case.batches.get(&id) {
            Some(batch) => {
                let key = self.key(&batch.key, &batch.items);
                format!("{}{key}, round {}", self.stage(&batch.stage), batch.round)
            }
            None => format!("batch {id}"),
        }
    }

    /// The key of a batch; that of a single item is its number, which nobody knows it by.
    fn key(&self, key: &str, items: &[u32]) -> String {
        match items {
            _ if key.is_empty() => String::new(),
            [only] if key == only.to_string() => format!(" of {}", self.item(*only)),
            _ => format!(" {key}"),
        }
    }

    fn task(&self, id: u64) -> String {
        self.case.tasks.get(&id).map_or_else(|| format!("task {id}"), |t| task_title(self.program, self.case, t))
    }

    /// A task that was answered no longer knows what it was about; the answer does.
    fn answered(&self, id: u64, rows: &[Row]) -> String {
        let items: Vec<u32> = rows.iter().filter_map(|r| r.item).collect();
        self.task(id).replace("（）", &format!("（{}）", self.items(&items)))
    }

    fn paper(&self, id: u32) -> String {
        match self.case.documents.get(&id) {
            Some(paper) => format!("{}{}", paper.template, numbered(paper.number.as_ref())),
            None => format!("document {id}"),
        }
    }

    fn offices(&self, ids: &[String]) -> String {
        let known = |id: &String| match id.as_str() {
            "public" => "the public".to_string(),
            id if self.ledgers.offices.offices.contains_key(id) => id.to_string(),
            other => format!("“{}”", other.strip_prefix(decide::OUTSIDER).unwrap_or(other)),
        };
        ids.iter().map(known).collect::<Vec<_>>().join("、")
    }

    fn of_case(&self, body: &Body) -> Option<String> {
        Some(match body {
            Body::CaseOpened { title, workflow, closure, parent, .. } => {
                let from = parent.as_ref().map(|p| format!(", a child of {}", p.case)).unwrap_or_default();
                format!("case opened: {title} (workflow {workflow} {}){from}", closure.get(..12).unwrap_or(closure))
            }
            Body::CaseAmended { param, reason, .. } => format!("param {param} changed: {reason}"),
            Body::CaseRepaired { reason } => format!("put right by hand: {reason}"),
            Body::CaseMigrated { from, to, .. } => {
                let short = |digest: &String| digest.get(..12).unwrap_or(digest).to_string();
                format!("case moved from version {} of its workflow to {}", short(from), short(to))
            }
            Body::CaseHeld { held: true, reason } => format!("case held: {reason}"),
            Body::CaseHeld { held: false, reason } => format!("case released{}", because(Some(reason))),
            Body::CaseClosed { end, reason } => format!("case closed: {end:?}{}", because(reason.as_deref())),
            Body::CaseSealed { digest, number } => {
                format!("archive package sealed: {number} (manifest {})", digest.get(..12).unwrap_or(digest))
            }
            Body::IntakeClosed { stage, why, reopened: true, .. } => {
                format!("intake {} open again: {why}", self.stage(stage))
            }
            Body::IntakeClosed { stage, key, missing, why, reopened: false } => {
                let none = if missing.is_empty() {
                    String::new()
                } else {
                    format!("; nothing from {}", self.offices(missing))
                };
                let of = if key.is_empty() { String::new() } else { format!(" of {key}") };
                format!("intake {}{of} closed: {why}{none}", self.stage(stage))
            }
            Body::ScheduleFell { schedule, period, skipped } => {
                let reports = self.program.workflow().reports.contains_key(schedule);
                let early = Period::parse(period).filter(|p| reports && decide::nothing_to_report(self.case, p));
                let before = early.map(|_| ", which was over before the case opened: nothing to report");
                fell(schedule, period, before.unwrap_or_default(), skipped)
            }
            Body::CommandRefused { office, reasons, .. } => {
                let reasons: Vec<&str> =
                    reasons.iter().map(|reason| if reason.is_empty() { "(erased)" } else { reason }).collect();
                format!("returned to {office}: {}", reasons.join(" "))
            }
            Body::EffectSettled { effect, result, attempts, .. } => {
                format!("effect {effect}: {result} after {attempts} attempts")
            }
            Body::RegisterWritten { register: name, key, entry, change, reason, .. } => {
                register(name, key, *entry, *change, reason.as_deref())
            }
            _ => return None,
        })
    }

    fn of_item(&self, body: &Body) -> Option<String> {
        Some(match body {
            Body::ItemOpened { item, of, category, owner, waiver, .. } => {
                let category = category.as_ref().map(|c| format!("（{c}）")).unwrap_or_default();
                let verb = if self.program.workflow().is_side(of) { "raised" } else { "nominated" };
                let waiver = waiver.as_ref().map(|w| format!("; says: {w}")).unwrap_or_default();
                format!("{verb}: {}{category} by {owner}{waiver}", self.item(*item))
            }
            Body::ItemChanged { item, fields, why } => {
                let names: Vec<&str> = fields.keys().map(String::as_str).collect();
                format!("{} changed: {} ({why})", self.item(*item), names.join("、"))
            }
            Body::FieldsErased { items, names, list, signed } => {
                format!("erased of {}: {} (list {list}, signed by {signed})", self.items(items), names.join("、"))
            }
            Body::AnswerCorrected { item, stage, fields, .. } => {
                let names: Vec<&str> = fields.keys().map(String::as_str).collect();
                format!("{}: what {} says corrected: {}", self.item(*item), self.stage(stage), names.join("、"))
            }
            Body::ItemMoved { item, to, unjudged: true, .. } => {
                format!("{} may come to {}: that cannot be said yet", self.item(*item), self.stage(to))
            }
            Body::ItemMoved { item, from, to, outcome, .. } if outcome.is_empty() && from == to => {
                format!("{} stays at {}", self.item(*item), self.stage(to))
            }
            Body::ItemMoved { item, from, to, outcome, .. } if outcome.is_empty() => {
                format!("{} passes by {}, → {}", self.item(*item), self.stage(from), self.stage(to))
            }
            Body::ItemMoved { item, from, to, round, outcome, reason, .. } => {
                let again = if *round > 1 { format!(" (round {round})") } else { String::new() };
                let (from, to) = (self.stage(from), self.stage(to));
                let basis = self.basis(*item, outcome);
                format!("{}: {outcome}, {from} → {to}{again}{}{basis}", self.item(*item), because(reason.as_deref()))
            }
            Body::ItemHeld { item, on } => format!("{} waits: {}", self.item(*item), self.hold(on)),
            Body::ItemFreed { item, on } => format!("{} waits no longer: {}", self.item(*item), self.hold(on)),
            Body::ItemEnded { item, label, outcome, reason, merged_into, .. } => {
                let basis = outcome.as_ref().map(|o| self.basis(*item, o)).unwrap_or_default();
                let into = merged_into.map(|m| format!(" into {}", self.item(m))).unwrap_or_default();
                format!("{} leaves: {label}{into}{}{basis}", self.item(*item), because(reason.as_deref()))
            }
            Body::BatchOpened { stage, key, round, items, left, expected, .. } => {
                let key = self.key(key, items);
                let with = if items.len() == 1 && !key.is_empty() { String::new() } else { self.with(items) };
                let left =
                    if left.is_empty() { String::new() } else { format!("; left for later: {}", self.items(left)) };
                let from =
                    if expected.is_empty() { String::new() } else { format!("; expects {}", self.offices(expected)) };
                format!("{}{key} begins, round {round}{with}{left}{from}", self.stage(stage))
            }
            Body::BatchDone { batch, passed_by: true } => {
                format!("{} passed by: its condition does not hold", self.batch(*batch))
            }
            Body::BatchDone { batch, passed_by: false } => format!("{} done", self.batch(*batch)),
            Body::RuleWaived { rule, items, reason } => {
                format!("rule “{rule}” waived for {}: {reason}", self.items(items))
            }
            _ => return None,
        })
    }

    /// The basis the definition names for an outcome that an item was answered.
    fn basis(&self, item: u32, outcome: &str) -> String {
        let answers = self.case.item(item).into_iter().flat_map(|i| &i.answers);
        let answered = answers.filter(|(_, answer)| answer.outcome.as_deref() == Some(outcome));
        let stage = answered.max_by_key(|(_, answer)| answer.at).and_then(|(s, _)| self.program.workflow().stage(s));
        let basis = stage.and_then(|s| s.outcomes.get(outcome)?.basis.as_ref());
        basis.map(|basis| format!(" (by {basis})")).unwrap_or_default()
    }

    fn with(&self, items: &[u32]) -> String {
        if items.is_empty() { String::new() } else { format!(" with {}: {}", items.len(), self.items(items)) }
    }

    fn hold(&self, hold: &Hold) -> String {
        match hold {
            Hold::Side(id) => format!("for {}", self.item(*id)),
            Hold::Question(id) => format!("for the answer to question {id}"),
            Hold::Returned => "returned to be mended".to_string(),
            Hold::Stay => "postponed (缓议)".to_string(),
            Hold::Child(id) => format!("for {}", self.child(*id)),
        }
    }

    fn of_paper(&self, body: &Body) -> Option<String> {
        Some(match body {
            Body::DocumentOrdered { document, draft, template, number, to, title, replaces, seal, items, .. } => {
                let again = if *draft > 1 { format!(", draft {draft}") } else { String::new() };
                let instead = replaces.map(|r| format!(", replaces document {r}")).unwrap_or_default();
                let seal = if *seal { ", to be sealed" } else { "" };
                let number = numbered(number.as_ref());
                let of =
                    if let [only] = items.as_slice() { format!(" of {}", self.item(*only)) } else { String::new() };
                let to = if to.is_empty() { String::new() } else { format!(" to {}", self.offices(to)) };
                format!("document {document} {template}{number}{of}{to}{seal}{again}{instead}: {title}")
            }
            Body::DocumentRendered { document, pdf: Some(_), .. } => {
                format!("document {document} {} made in Word and PDF", self.paper(*document))
            }
            Body::DocumentRendered { document, pdf: None, no_pdf, .. } => {
                let why = no_pdf.as_deref().unwrap_or("no reason is known");
                format!("document {document} {} made in Word, no PDF: {why}", self.paper(*document))
            }
            Body::DocumentIssued { document, scan } => {
                let with = if scan.is_some() { " with its sealed scan" } else { "" };
                format!("document {document} {} issued{with}", self.paper(*document))
            }
            Body::DocumentClosed { document, replaced_by, reason } => {
                let how = replaced_by.map_or_else(|| "void".to_string(), |by| format!("replaced by document {by}"));
                format!("document {document} {} {how}: {reason}", self.paper(*document))
            }
            Body::NoticeUp { batch, channel, on, proof } => {
                let proof = if proof.is_some() { ", with a photo" } else { "" };
                format!("notice up on {channel} since {on} ({}{proof})", self.batch(*batch))
            }
            Body::NoticeDown { batch, channel, why } => {
                format!("notice down from {channel} ({}): {why}", self.batch(*batch))
            }
            Body::Delivered { document, recipient, mode, .. } => {
                let mode = match mode {
                    Mode::Folder => "its folder",
                    Mode::Mail => "mail",
                    Mode::Page => "the page",
                    Mode::Hand => "hand",
                };
                let whom = self.offices(std::slice::from_ref(recipient));
                format!("document {document} {} reached {whom} by {mode}", self.paper(*document))
            }
            _ => return None,
        })
    }
}

fn numbered(number: Option<&Number>) -> String {
    number.map(|n| format!(" {n}")).unwrap_or_default()
}

/// The name of an event, as the log has it.
pub(super) fn kind(body: &Body) -> String {
    let value = serde_json::to_value(body).unwrap_or_default();
    value.get("kind").and_then(serde_json::Value::as_str).unwrap_or("event").to_string()
}
