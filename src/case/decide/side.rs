//! Side items: objections and the like are let in by the stage that collects them, and hold back what they are about.

use super::Deciding;
use super::twins::{Known, Suspected};
use crate::case::Item;
use crate::case::event::{Body, Fields, Hold, QuestionAbout, Row};
use crate::case::form::ABOUT;
use crate::case::story::{item_name, item_of_label};
use crate::workflow::{Go, ItemType, Kind, Stage, Workflow};

impl<'a> Deciding<'a> {
    pub(super) fn raise_side(&mut self, kind: &str, about: Option<u32>, fields: &Fields, submission: &str) {
        self.check_raised(kind, fields);
        let program = self.program;
        let workflow = program.workflow();
        if let Some(intake) = workflow.side_intake(kind) {
            return self.refuse("", format!("“{kind}”在“{}”环节报送，不单独登记。", intake.title));
        }
        if workflow.items.get(kind).is_some_and(ItemType::is_about_case) {
            return self.raise_of_case(kind, fields, submission);
        }
        let Some(about) = about else { return self.refuse("", format!("请选择{kind}所涉的对象。")) };
        let found = self.case.items.get(&about).cloned();
        let found = found.and_then(|item| Some((self.collector(kind, &item)?, item)));
        let Some((stage, item)) = found else {
            return self.refuse("", format!("没有这个对象，或本流程不接收“{kind}”。"));
        };
        if !self.actors(&stage.by, Some(about)).contains(&self.by) {
            return self.refuse("", format!("“{kind}”由{}受理，请转交该单位。", self.by_titles(stage, Some(about))));
        }
        let name = item_name(workflow, &item);
        if !item.lives() {
            return self.refuse("", format!("{name}已办结（{}），不再受理{kind}。", item.label().unwrap_or_default()));
        }
        if self.collecting(stage, about) {
            self.let_in(kind, Some(about), fields, submission);
            return;
        }
        if self.decided_since(stage, about) {
            return self.refuse("", format!("{name}已作出决定，不再受理{kind}；确需更正的，请按撤销程序办理。"));
        }
        if item.stage().and_then(|at| workflow.stage(at)).is_some_and(|at| at.kind == Kind::File) {
            return self.refuse("", format!("{name}正在归档，不再受理{kind}。"));
        }
        if !self.case.batches.values().any(|b| b.stage == stage.name && b.items.contains(&about)) {
            return self.refuse("", format!("{name}尚未进入“{}”环节，暂不受理{kind}。", stage.title));
        }
        let after = match stage.period {
            Some(_) => "公示期及邮寄宽限期之后".to_string(),
            None => format!("“{}”办结之后", stage.title),
        };
        let text = format!("{name}的{kind}在{after}收到，是否受理？");
        let owner = self.by.clone();
        let asked = self.actors(&stage.by, Some(about)).into_iter().next().unwrap_or_else(|| owner.clone());
        let title = self.ledgers.offices.title(&asked).to_string();
        self.notes.push(format!("{kind}已超过受理期限，已请{title}决定是否受理。"));
        let late =
            QuestionAbout::LateSide { kind: kind.to_string(), about: Some(about), owner, fields: fields.clone() };
        let question = self.ask(&asked, text, vec!["受理".to_string(), "不予受理".to_string()], late);
        self.set_hold(about, Hold::Question(question), true);
    }

    /// Lets a side item in, unless it is another again.
    pub(super) fn let_in(&mut self, kind: &str, about: Option<u32>, fields: &Fields, submission: &str) {
        let owner = self.by.clone();
        let (twins, id) = (self.twins(), self.next_item());
        let known = Known { of: kind, owner: &owner, about, category: None, fields };
        let suspected: Vec<Suspected> = self.look_for_twin(&twins, &known, id, "").into_iter().collect();
        if self.faults.is_empty() {
            self.open_side(kind, about, &owner, fields, Some(submission.to_string()));
        }
        if self.faults.is_empty() {
            self.ask_about_twins(suspected);
        }
    }

    /// The stage that lets side items in about an item: the one it stands at, else the last one that had it, else the first.
    fn collector(&self, kind: &str, about: &Item) -> Option<&'a Stage> {
        let collects = |s: &&Stage| s.collects.iter().any(|c| c == kind);
        let stages = || self.program.workflow().stages.iter().filter(collects);
        let had = |s: &&Stage| self.case.batches.values().any(|b| b.stage == s.name && b.items.contains(&about.id));
        let here = stages().find(|s| about.stage() == Some(&s.name));
        here.or_else(|| stages().rfind(had)).or_else(|| stages().next())
    }

    /// What a side item that is handed in is about; None where that is nothing, or nothing that can be, which is refused.
    pub(super) fn about_of(&mut self, of: &str, row: &mut Row, place: &str) -> Option<u32> {
        let about = self.program.workflow().items.get(of).filter(|of| !of.is_about_case())?.about.clone()?;
        let said = row.fields.shift_remove(ABOUT).and_then(|v| v.as_str().and_then(item_of_label));
        let item = said.and_then(|id| self.case.item(id)).filter(|i| i.of == about && i.lives()).map(|i| i.id);
        match item {
            None => self.refuse(place, format!("请在“所涉对象”栏选择{of}所涉的{about}。")),
            Some(id) => {
                let collector = self.case.item(id).and_then(|item| self.collector(of, item));
                if collector.map_or_else(|| self.decided(id), |stage| self.decided_since(stage, id)) {
                    self.refuse(place, "该对象已作出决定，不再收件。");
                }
            }
        }
        item
    }

    pub(super) fn by_titles(&self, stage: &Stage, item: Option<u32>) -> String {
        let offices = self.actors(&stage.by, item);
        offices.iter().map(|o| self.ledgers.offices.title(o)).collect::<Vec<_>>().join("、")
    }

    /// Whether the collecting stage still takes side items about this one: it is in an open batch there, or held there.
    fn collecting(&self, stage: &Stage, about: u32) -> bool {
        let Some(item) = self.case.items.get(&about) else { return false };
        let takes = |b: &crate::case::Batch| stage.kind != Kind::Publicise || !b.up.is_empty();
        let open = item.batch().and_then(|b| self.case.batches.get(&b)).is_some_and(|b| b.done.is_none() && takes(b));
        item.stage() == Some(stage.name.as_str()) && open
    }

    /// A side item comes to be at the first stage of its route.
    pub(super) fn open_side(
        &mut self,
        kind: &str,
        about: Option<u32>,
        owner: &str,
        fields: &Fields,
        submission: Option<String>,
    ) {
        let workflow = self.program.workflow();
        let takes = |s: &&Stage| !s.of_case && s.kind != Kind::Recommend && s.of.iter().any(|o| o == kind);
        let Some((index, first)) = workflow.stages.iter().enumerate().find(|(_, s)| takes(s)) else {
            return self.refuse("", format!("流程没有办理“{kind}”的环节，请联系管理员。"));
        };
        if let Some(about) = about {
            let item = self.case.item(about).filter(|i| i.lives());
            let (alive, collector) = (item.is_some(), item.and_then(|i| self.collector(kind, i)));
            if !alive || collector.is_some_and(|stage| self.decided_since(stage, about)) {
                return self
                    .refuse("", format!("该对象已作出决定，不能再以{kind}阻止；确需更正的，请按撤销程序办理。"));
            }
        } else if let Some(say) = self.collector_of_case(kind).and_then(|stage| self.too_late(kind, stage)) {
            return self.refuse("", say);
        }
        let item = self.next_item();
        let mut fields = fields.clone();
        self.fill_item(None, kind, None, &mut fields);
        self.open_item(Body::ItemOpened {
            item,
            of: kind.to_string(),
            category: None,
            owner: owner.to_string(),
            about,
            stage: first.name.clone(),
            fields,
            waiver: None,
            submission,
        });
        self.set_out(item, first, index);
        if let Some(about) = about.filter(|_| self.case.item(item).is_some_and(Item::lives)) {
            self.hold_for_side(about, item);
        }
    }

    /// What a side item is about waits for it.
    pub(super) fn hold_for_side(&mut self, about: u32, side: u32) {
        self.leave_batch_if_waiting(about);
        self.set_hold(about, Hold::Side(side), true);
    }

    /// Whether a decision has been given on an item that was not postponed.
    pub(super) fn decided(&self, item: u32) -> bool {
        self.decided_at(item, 0)
    }

    /// The same of the decisions that stand after a stage: what was decided before it, its side items do not touch.
    fn decided_since(&self, collector: &Stage, item: u32) -> bool {
        self.decided_at(item, self.program.workflow().stage_index(&collector.name).unwrap_or_default())
    }

    pub(super) fn decided_at(&self, item: u32, from: usize) -> bool {
        self.case.items.get(&item).is_some_and(|item| decided_at(self.program.workflow(), item, from))
    }

    /// An item that waits for a decision nobody has given yet is taken out of it; the others go on (`late: leave`).
    fn leave_batch_if_waiting(&mut self, id: u32) {
        let program = self.program;
        let Some(item) = self.case.items.get(&id) else { return };
        let stage = item.stage().and_then(|s| program.workflow().stage(s));
        let mended = item.holds.contains(&Hold::Returned);
        let Some(stage) = stage.filter(|s| s.collects.is_empty() && !mended) else { return };
        let (from, round, name) = (stage.name.clone(), item.round(), "异议暂缓".to_string());
        let (resume, unjudged) = (item.resume.clone(), item.is_unjudged());
        self.drop_from_tasks(id);
        self.set_hold(id, Hold::Stay, false);
        self.emit(Body::ItemMoved {
            item: id,
            from: from.clone(),
            to: from,
            round,
            outcome: name,
            reason: None,
            code: None,
            straight: resume.is_some(),
            resume,
            back: false,
            unjudged,
        });
    }
}

/// Whether a decision that stands at a place in the list, or after it, has been given on an item.
pub(in crate::case) fn decided_at(workflow: &Workflow, item: &Item, from: usize) -> bool {
    item.answers.iter().any(|(stage, answer)| {
        let there = workflow.stage_index(stage).is_some_and(|at| at >= from);
        let decides = workflow.stage(stage).filter(|s| there && s.kind == Kind::Decide);
        let chosen = decides.zip(answer.outcome.as_ref()).and_then(|(s, o)| s.outcomes.get(o));
        // What sends an item back or puts it off decides nothing yet.
        chosen.is_some_and(|o| matches!(o.go, Go::Next | Go::End(_)))
    })
}
