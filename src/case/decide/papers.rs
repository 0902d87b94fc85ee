//! Papers: ordered with everything they will say, proofed before they take a number, sealed, issued, replaced, void.

use super::Deciding;
use crate::case::eval::{Target, first_day};
use crate::case::event::{Ask, Body, Number, TaskEnd};
use crate::case::lists::is_meant;
use crate::case::story::item_name;
use crate::case::{Document, Fields, Item, Life, data};
use crate::submission::Fault;
use crate::workflow::{DocumentDefinition, DocumentEach, Go, Kind, Stage};
use chrono::{Datelike, NaiveDate};
use std::collections::{BTreeMap, BTreeSet};

/// How a recipient begins who is an outsider: the name of his role follows.
pub(in crate::case) const OUTSIDER: char = '@';

/// What a paper is ordered for.
#[derive(Clone)]
pub(super) struct Order<'a> {
    pub(super) definition: &'a DocumentDefinition,
    pub(super) stage: Option<&'a Stage>,
    pub(super) batch: Option<u32>,
    pub(super) items: Vec<u32>,
    pub(super) notice: bool,
    pub(super) report: Option<(String, Fields)>,
    pub(super) confirm: Option<String>,
    pub(super) replaces: Option<u32>,
    pub(super) reason: Option<String>,
    pub(super) signer: Option<String>,
}

impl<'a> Order<'a> {
    /// A paper of the case as a whole, the first of its kind, that is neither notice nor report.
    pub(super) fn of(definition: &'a DocumentDefinition) -> Order<'a> {
        Order {
            definition,
            stage: None,
            batch: None,
            items: Vec::new(),
            notice: false,
            report: None,
            confirm: None,
            replaces: None,
            reason: None,
            signer: None,
        }
    }
}

impl Deciding<'_> {
    /// Orders the papers a stage owes for a batch, at its opening or when it has been answered.
    pub(super) fn order_stage_papers(&mut self, stage: &Stage, batch: u32, at_open: bool) {
        let Some(items) = self.case.batches.get(&batch).map(|b| b.items.clone()) else { return };
        let report = stage.report.iter().filter(|_| !at_open);
        let definitions: Vec<&DocumentDefinition> =
            stage.documents.iter().filter(|d| d.at_open == at_open).chain(report).collect();
        let forward = if at_open { items } else { self.going_forward(stage, &items, batch) };
        let none_came = stage.kind == Kind::File && self.case.batches.get(&batch).is_some_and(|b| b.items.is_empty());
        for definition in definitions.into_iter().filter(|_| !forward.is_empty() || stage.of_case || none_came) {
            self.order_each(definition, stage, batch, &forward);
        }
        if at_open {
            return;
        }
        for (list, confirmation) in &stage.confirms {
            let members = self.members(list, &forward);
            for definition in confirmation.documents.iter().filter(|_| !members.is_empty()) {
                self.order_each(definition, stage, batch, &members);
            }
        }
        let mut by_outcome: BTreeMap<String, Vec<u32>> = BTreeMap::new();
        for id in self.case.batches.get(&batch).map(|b| b.items.clone()).unwrap_or_default() {
            let outcome =
                self.case.items.get(&id).and_then(|i| self.case.outcome_in(i, batch)).and_then(|a| a.outcome.clone());
            if let Some(outcome) = outcome {
                by_outcome.entry(outcome).or_default().push(id);
            }
        }
        for (outcome, items) in by_outcome {
            for definition in stage.outcomes.get(&outcome).map(|o| o.documents.as_slice()).unwrap_or_default() {
                self.order_each(definition, stage, batch, &items);
            }
        }
    }

    /// Orders the papers of a recommend stage over all it took in, once it is closed.
    pub(super) fn order_intake_papers(&mut self, stage: &Stage, batch: u32) {
        let key = self.case.batches.get(&batch).map(|b| b.key.clone()).unwrap_or_default();
        let of_period = |i: &&Item| key.is_empty() || i.fields.get("period").and_then(|v| v.as_str()) == Some(&key);
        let here = self.case.all_items().filter(|i| i.lives() && i.left.contains_key(&stage.name));
        let taken_in: Vec<u32> = here.filter(of_period).map(|i| i.id).collect();
        for definition in stage.documents.iter().filter(|d| !d.at_open) {
            let told = |id: &u32| {
                let mut papers = self.case.papers(batch).filter(|d| d.life != Life::Void);
                papers.any(|d| d.template == definition.template && d.items.contains(id))
            };
            let new: Vec<u32> = taken_in.iter().copied().filter(|id| !told(id)).collect();
            if !new.is_empty() {
                self.order_each(definition, stage, batch, &new);
            }
        }
    }

    /// Items this batch was answered for and lets go on. One that left it meanwhile (withdrawn, objected to) has no answer in
    /// it, and no paper may name it.
    fn going_forward(&self, stage: &Stage, items: &[u32], batch: u32) -> Vec<u32> {
        // where nothing goes on from a stage, its papers are about whatever ended there
        let ends = stage.outcomes.values().all(|o| matches!(o.go, Go::End(_)));
        let next = |id: &&u32| {
            let here = self.case.items.get(*id).filter(|i| ends || i.lives());
            let chosen = here.and_then(|i| self.case.outcome_in(i, batch)).and_then(|a| a.outcome.as_ref());
            chosen.is_some_and(|o| ends || stage.outcomes.get(o).is_some_and(|o| o.go == Go::Next))
        };
        items.iter().filter(next).copied().collect()
    }

    pub(super) fn order_each(
        &mut self,
        definition: &DocumentDefinition,
        stage: &Stage,
        batch: impl Into<Option<u32>>,
        items: &[u32],
    ) {
        let batch = batch.into();
        let workflow = self.program.workflow();
        let meant = |id: &&u32| self.case.items.get(*id).is_some_and(|i| is_meant(workflow, &definition.of, i));
        let meant: Vec<u32> = items.iter().filter(meant).copied().collect();
        if meant.is_empty() && !items.is_empty() {
            return;
        }
        let groups: Vec<Vec<u32>> = match definition.each {
            DocumentEach::Batch => vec![meant],
            DocumentEach::Item => meant.into_iter().map(|i| vec![i]).collect(),
            DocumentEach::Owner => self.grouped(&meant, |i| self.standing(&i.owner)),
            DocumentEach::About => self.grouped(&meant, |i| i.about.map(|a| a.to_string()).unwrap_or_default()),
        };
        for items in groups {
            self.order(&Order { stage: Some(stage), batch, items, ..Order::of(definition) });
        }
    }

    fn grouped(&self, items: &[u32], by: impl Fn(&Item) -> String) -> Vec<Vec<u32>> {
        let mut groups: BTreeMap<String, Vec<u32>> = BTreeMap::new();
        for id in items {
            if let Some(item) = self.case.items.get(id) {
                groups.entry(by(item)).or_default().push(*id);
            }
        }
        groups.into_values().collect()
    }

    /// Orders a paper, and once more for those merged into the item it speaks of. Gives the id of the first.
    pub(super) fn order(&mut self, order: &Order<'_>) -> Option<u32> {
        let document = self.order_one(order);
        if self.faults.is_empty() {
            self.order_for_merged(order);
        }
        document
    }

    /// Proofs a paper and, when it can be made, orders it; its number is taken in the same breath. Gives its id.
    pub(super) fn order_one(&mut self, order: &Order<'_>) -> Option<u32> {
        let document = self.case.documents.keys().next_back().copied().unwrap_or(0) + 1;
        self.order_draft(order, document, 1, None)
    }

    pub(super) fn order_draft(
        &mut self,
        order: &Order<'_>,
        document: u32,
        draft: u32,
        kept: Option<Number>,
    ) -> Option<u32> {
        let definition = order.definition;
        if let Some(when) = &definition.when {
            let target = order.items.first().map_or(Target::Case, |i| Target::Item(*i));
            if !self.sight_of(&target).holds(&when.source, &target).unwrap_or(false) {
                return None;
            }
        }
        let date = self.date_of(order).filter(|day| kept.is_some() || self.may_bear(order, *day))?;
        let number = kept.or_else(|| {
            let series = definition.number.as_ref()?;
            Some(self.ledgers.next_number(series, date.year()))
        });
        let tables = self.frozen_tables(order)?;
        let everybody = self.everybody_in(order);
        let to = self.recipients(&definition.to, &everybody);
        let copy = self.recipients(&definition.copy, &everybody);
        let issuer = self.issuer(order);
        let wanted = data::Wanted {
            order_items: &order.items,
            stage: order.stage,
            batch: order.batch,
            date,
            number: number.as_ref(),
            to: &to,
            copy: &copy,
            issuer: &issuer,
            notice: order.notice,
            tables: &tables,
            replaces: order.replaces,
            reason: order.reason.as_deref(),
            signer: order.signer.as_deref(),
        };
        let fields = data::fields(self.program, &self.case, &self.ledgers, self.now, &wanted);
        let source = self.program.template(&definition.template).unwrap_or_default().to_string();
        let title = match self.program.proof.proof(&definition.template, &source, &fields) {
            Ok(proofed) => proofed.title,
            Err(reasons) => {
                let of = self.told_apart(order);
                for reason in reasons {
                    let say = format!("文书“{}”{of}无法生成：{reason}", definition.template);
                    self.faults.push(Fault::at(definition.template.clone(), say));
                }
                return None;
            }
        };
        self.emit(Body::DocumentOrdered {
            document,
            draft,
            template: definition.template.clone(),
            stage: order.stage.map(|s| s.name.clone()),
            batch: order.batch,
            items: order.items.clone(),
            to,
            copy,
            date,
            number,
            seal: definition.seal,
            confirm: order.confirm.clone(),
            retention: definition.retention.map(|r| r.title().to_string()),
            issuer,
            report: order.report.as_ref().map(|(name, _)| name.clone()),
            notice: order.notice,
            replaces: order.replaces,
            title,
            tables: self.digests(&tables),
            fields,
        });
        Some(document)
    }

    /// What tells a paper from others of its template: the item it is about, in brackets.
    fn told_apart(&self, order: &Order<'_>) -> String {
        let each = matches!(order.definition.each, DocumentEach::Item | DocumentEach::About);
        let item = order.items.first().filter(|_| each).and_then(|id| self.case.item(*id));
        item.map(|item| format!("（{}）", item_name(self.program.workflow(), item))).unwrap_or_default()
    }

    /// The item whose answers a paper tells: its first, or what that was merged into.
    fn lead(&self, order: &Order<'_>) -> Option<&Item> {
        order.items.first().and_then(|id| self.case.item(*id)).map(|item| self.case.answers_for(item))
    }

    /// 成文日期: the field the definition names, else the day of ordering.
    fn date_of(&mut self, order: &Order<'_>) -> Option<NaiveDate> {
        let Some(field) = &order.definition.date else { return Some(self.now.date()) };
        let head = order.batch.and_then(|b| self.case.batches.get(&b)).and_then(|b| b.fields.get(field)?.as_str());
        let head = head.map(str::to_owned);
        let target = self.lead(order).map_or(Target::Case, |i| Target::Item(i.id));
        let known = || self.sight().value(field, &target).ok().and_then(|v| v.as_str().map(str::to_owned));
        let date = head.or_else(known).and_then(|text| first_day(&text));
        if date.is_none() {
            self.refuse(field.clone(), format!("“{field}”是文书的成文日期，须填写。"));
        }
        date
    }

    fn issuer(&self, order: &Order<'_>) -> String {
        let by = order.stage.map(|s| s.by.as_slice()).unwrap_or_default();
        let offices = by.iter().flat_map(|role| self.roles().offices(role, self.lead(order)));
        let owner = order
            .definition
            .number
            .as_ref()
            .and_then(|code| self.ledgers.offices.series_owner(code))
            .map(|o| o.id.clone());
        let issuer = owner.or_else(|| offices.into_iter().next()).unwrap_or_else(|| self.case.opener.clone());
        self.standing(&issuer)
    }

    /// Recipients: `public` and office ids, each once.
    pub(super) fn recipients(&self, to: &[String], items: &[u32]) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for role in to {
            let mut offices = if role == "public" { vec!["public".to_string()] } else { Vec::new() };
            if self.roles().is_outsider(role) {
                offices.push(format!("{OUTSIDER}{role}"));
            }
            if items.is_empty() {
                offices.extend(self.roles().offices(role, None));
            }
            for item in items {
                offices.extend(self.roles().offices(role, self.case.item(*item)));
            }
            for office in offices {
                if !found.contains(&office) {
                    found.push(office);
                }
            }
        }
        found
    }

    /// Brings rendered papers on: to the seal, to who confirms, or out.
    pub(super) fn forward_papers(&mut self, papers: BTreeSet<u32>) {
        for id in papers {
            let Some(document) = self.case.documents.get(&id).filter(|d| d.life == Life::Rendered).cloned() else {
                continue;
            };
            if document.seal {
                self.want(&document, Ask::Seal(document.id));
            } else if document.confirm.is_some() {
                self.want(&document, Ask::Report(document.id));
            } else if !self.waits_for_seal(&document) {
                self.issue(&document, None);
            }
        }
    }

    fn want(&mut self, document: &Document, ask: Ask) {
        if self.case.asks(&ask).is_some() {
            return;
        }
        let stage = document.stage.as_ref().and_then(|s| self.program.workflow().stage(s));
        let by = stage.map(|s| self.actors(&s.by, document.items.first().copied())).unwrap_or_default();
        let office =
            document.confirm.clone().or_else(|| by.into_iter().next()).unwrap_or_else(|| self.case.opener.clone());
        let (office, stage) = (self.standing(&office), document.stage.clone());
        self.open_task(document.batch, stage.as_deref(), &office, Vec::new(), ask);
    }

    /// What flows from a paper that waits for its seal waits with it.
    fn waits_for_seal(&self, document: &Document) -> bool {
        let making = document.batch.and_then(|b| self.case.index.making.get(&b));
        making.into_iter().flatten().any(|id| self.case.documents.get(id).is_some_and(|d| d.seal))
    }

    /// The office that serves a paper by hand on a recipient who has neither folder nor mailbox here.
    pub(super) fn server(&self, document: &Document, recipient: &str) -> Option<String> {
        if let Some(role) = recipient.strip_prefix(OUTSIDER) {
            let item = document.items.first().and_then(|i| self.case.item(*i));
            return self.roles().actors(role, item).into_iter().next();
        }
        let office = self.ledgers.offices.offices.get(self.ledgers.offices.standing(recipient))?;
        let unreachable = office.folder.is_none() && office.mail.is_none();
        self.roles().window(recipient).filter(|_| unreachable)
    }

    pub(super) fn issue(&mut self, document: &Document, scan: Option<String>) {
        self.emit(Body::DocumentIssued { document: document.id, scan });
        if let Some(old) = document.replaces {
            self.close_tasks(|t| t.ask == Ask::Serve(old), TaskEnd::Overtaken);
            let reason =
                document.fields.get("替代").and_then(|r| r.get("原因")).and_then(|v| v.as_str()).unwrap_or("更正");
            self.emit(Body::DocumentClosed {
                document: old,
                replaced_by: Some(document.id),
                reason: reason.to_string(),
            });
        }
        let superseded: Vec<u32> = document.batch.filter(|_| document.notice).map_or_else(Vec::new, |batch| {
            let others = self.case.papers(batch).filter(|d| d.notice && d.life == Life::Issued && d.id != document.id);
            others.map(|d| d.id).collect()
        });
        for old in superseded {
            self.emit(Body::DocumentClosed {
                document: old,
                replaced_by: Some(document.id),
                reason: "更正".to_string(),
            });
        }
        let mut windows: Vec<String> =
            document.to.iter().chain(&document.copy).filter_map(|r| self.server(document, r)).collect();
        windows.sort();
        windows.dedup();
        for window in windows {
            self.open_task(document.batch, document.stage.as_deref(), &window, Vec::new(), Ask::Serve(document.id));
        }
        let batch = document.batch.filter(|_| document.notice);
        if let Some(batch) = batch {
            self.notice_issued(batch);
        }
    }
}
