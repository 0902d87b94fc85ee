//! The same again (LANGUAGE §5 `twins`): a person or a matter is known again by its identity, in this case and, where the
//! definition says so, in every other case of the workflow.
//!
//! Another case is known by a digest alone ([`crate::case::ledger::Ledgers`]): nothing of what it says is at hand here, and
//! an office is told no more of it than that it is there, unless it conducts it or handed it in.

use super::Deciding;
use super::replace::acted_upon;
use crate::case::event::{Body, Fields, Hold, QuestionAbout, Row};
use crate::case::ledger::{self, Twin};
use crate::case::story::{date_cn, item_name};
use crate::case::{Item, Task};
use crate::workflow::{ItemType, TwinsThen, Workflow};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// The answers to a suspected twin.
const ANSWERS: [&str; 2] = ["是同一件", "不是同一件"];
/// Where the answer stands among the fields of an item, and what expressions call it.
pub(in crate::case) const TWIN: &str = "twin";

/// What an item is known by, as it is handed in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known<'a> {
    pub(super) of: &'a str,
    pub(super) owner: &'a str,
    pub(super) about: Option<u32>,
    pub(super) category: Option<&'a str>,
    pub(super) fields: &'a Fields,
}

impl<'a> Known<'a> {
    pub(super) fn said(of: &'a str, owner: &'a str, row: &'a Row) -> Known<'a> {
        Known { of, owner, about: None, category: row.category.as_deref(), fields: &row.fields }
    }

    fn identity(&self, of: &ItemType) -> String {
        ledger::identity(of, self.owner, self.about, self.category, self.fields)
    }
}

/// Living items of the case by type and identity; types without an identity have no twins.
pub(super) struct Twins {
    items: BTreeMap<(String, String), u32>,
    /// what an office may do about what it handed in for a task
    ways: RefCell<BTreeMap<u64, String>>,
}

impl Twins {
    pub(super) fn insert(&mut self, workflow: &Workflow, known: &Known<'_>, id: u32) {
        if let Some(of) = workflow.items.get(known.of).filter(|of| !of.identity.is_empty()) {
            self.items.insert((of.name.clone(), known.identity(of)), id);
        }
    }
}

/// An item that may be another again, to be asked about once it is there.
pub(super) struct Suspected {
    item: u32,
    case: String,
    twin: u32,
    text: String,
}

/// What an item is known by.
pub(super) fn identity_of(of: &ItemType, item: &Item) -> String {
    ledger::identity(of, &item.owner, item.about, item.category.as_deref(), &item.fields)
}

/// Where a number alone says that two are the same and their names differ: which number, and beside whom it stands.
fn called_otherwise(workflow: &Workflow, known: &Known<'_>, twin: &Item) -> Option<String> {
    let of = workflow.items.get(known.of)?;
    let (name, number) = ledger::named_by_number(of, known.fields)?;
    let said = known.fields.get(name)?.as_str().filter(|_| !of.sealed.contains(name))?;
    let title = of.fields.get(number).map(|field| &field.title)?;
    (twin.fields.get(name) != known.fields.get(name)).then(|| format!("与{said}“{title}”相同"))
}

/// The item whose identity an event may change.
#[expect(clippy::wildcard_enum_match_arm, reason = "no other event says what an item is known by")]
pub(super) fn item_of(body: &Body) -> Option<u32> {
    match body {
        Body::ItemOpened { item, .. } | Body::ItemChanged { item, .. } | Body::ItemEnded { item, .. } => Some(*item),
        _ => None,
    }
}

impl Deciding<'_> {
    /// What an item is known by, for the other cases of the workflow.
    pub(super) fn know(&mut self, body: &Body) {
        if let Some(item) = item_of(body) {
            self.ledgers.know(self.program.workflow(), &self.case, item);
        }
    }

    pub(super) fn twins(&self) -> Twins {
        let workflow = self.program.workflow();
        let known = self.case.living().filter_map(|item| {
            let of = workflow.items.get(&item.of).filter(|of| !of.identity.is_empty())?;
            Some(((item.of.clone(), identity_of(of, item)), item.id))
        });
        Twins { items: known.collect(), ways: RefCell::default() }
    }

    /// Looks whether an item is there already: refuses, remarks, or gives what is to be asked.
    pub(super) fn look_for_twin(
        &mut self,
        twins: &Twins,
        known: &Known<'_>,
        id: u32,
        place: &str,
    ) -> Option<Suspected> {
        let workflow = self.program.workflow();
        let of = workflow.items.get(known.of).filter(|of| !of.identity.is_empty())?;
        let identity = known.identity(of);
        if ledger::says_nothing(&identity) {
            return None;
        }
        let here = twins.items.get(&(of.name.clone(), identity.clone())).filter(|twin| **twin != id);
        let here = here.and_then(|twin| self.case.item(*twin)).map(|item| Twin::of(&self.case, item));
        let same = |twin: &&Twin| twin.case == self.case.id && twin.item == id;
        let elsewhere = of.twins.in_workflow.then(|| self.ledgers.twins(&workflow.name, &of.name, &identity));
        let elsewhere = elsewhere.and_then(|all| all.iter().rev().find(|twin| !same(twin)).cloned());
        let twin = here.or(elsewhere)?;
        match of.twins.then {
            TwinsThen::Refuse => {
                let (told, way) = (self.told_of(known, &twin, &self.by), self.way_to_mend(twins, &twin));
                self.refuse(place, format!("{told}，不能重复报送。{way}"));
                None
            }
            TwinsThen::Note => {
                let say = format!("{}，请留意。", self.told_of(known, &twin, &self.by));
                self.notes.push(say);
                None
            }
            TwinsThen::Ask => {
                let text = self.told_of(known, &twin, &self.standing(&self.case.opener));
                Some(Suspected { item: id, case: twin.case, twin: twin.item, text })
            }
        }
    }

    /// Two that the definition tells apart are not made one by an operator.
    pub(super) fn refuse_twin(&mut self, id: u32) {
        let workflow = self.program.workflow();
        let Some(item) = self.case.item(id).filter(|item| item.lives()) else { return };
        let of = workflow.items.get(&item.of).filter(|of| !of.identity.is_empty());
        let Some(of) = of.filter(|of| of.twins.then == TwinsThen::Refuse) else { return };
        let identity = identity_of(of, item);
        let by = of.identity.join(", ");
        let same = |other: &&Item| other.id != id && other.of == item.of && identity_of(of, other) == identity;
        let here =
            self.case.living().find(same).map(|other| format!("item {} ({})", other.id, item_name(workflow, other)));
        let known = of.twins.in_workflow.then(|| self.ledgers.twins(&workflow.name, &of.name, &identity));
        let apart = |twin: &&Twin| twin.case != self.case.id || twin.item != id;
        let elsewhere = known.iter().flatten().rfind(apart);
        let elsewhere = elsewhere.map(|twin| format!("item {} of the case {} ({})", twin.item, twin.case, twin.title));
        if let Some(twin) = here.or(elsewhere).filter(|_| !ledger::says_nothing(&identity)) {
            self.refuse("", format!("item {id} would be {twin} again: `{}` is known by {by}", of.name));
        }
    }

    /// What an office may know of a twin: of its own case all, of another as much as it has had in hand itself.
    fn told_of(&self, known: &Known<'_>, twin: &Twin, office: &str) -> String {
        let workflow = self.program.workflow();
        let (owner, day) = (self.standing(&twin.owner), date_cn(twin.opened.date()));
        let own = owner == office;
        let whose = if own { "贵单位" } else { self.ledgers.offices.title(&owner) }.to_string();
        if let Some(item) = self.case.item(twin.item).filter(|_| twin.case == self.case.id) {
            let name = match called_otherwise(workflow, known, item) {
                Some(same) if own => format!("{same}的{}", item_name(workflow, item)),
                // whoever knows a number need not know whose it is
                Some(same) => format!("{same}的一件"),
                None => item_name(workflow, item),
            };
            if own && self.is_of_this_drop(twin) {
                return format!("{name}在这份材料里已有一处");
            }
            return match own {
                true => format!("{name}已由{whose}于{day}报送过（{}号）", item.id),
                false => format!("{name}已由{whose}报送过"),
            };
        }
        let sees = [&twin.opener, &twin.owner].iter().any(|known| self.standing(known) == office);
        if sees {
            format!("案卷“{}”中已有同一件（{}号，{day}由{whose}报送）", twin.title, twin.item)
        } else {
            format!("本流程另一案卷中已有同一件（{day}收到；该案卷不由贵单位经办，其内容不在此列明）")
        }
    }

    /// Whether a twin came with what is decided on now.
    fn is_of_this_drop(&self, twin: &Twin) -> bool {
        twin.case == self.case.id && self.origin.0.item(twin.item).is_none()
    }

    /// What an office does that has handed an item in itself and means to mend it.
    fn way_to_mend(&self, twins: &Twins, twin: &Twin) -> String {
        if self.standing(&twin.owner) != self.by || twin.case != self.case.id {
            return String::new();
        }
        if self.is_of_this_drop(twin) {
            return "请只留一处。".to_string();
        }
        let task = self.case.item(twin.item).and_then(|item| self.case.tasks.get(&item.task?));
        let Some(task) = task else { return String::new() };
        // a list may have thousands of such rows
        let known = twins.ways.borrow().get(&task.id).cloned();
        known.unwrap_or_else(|| {
            let way = self.way_to_mend_answer(task);
            twins.ways.borrow_mut().insert(task.id, way.clone());
            way
        })
    }

    fn way_to_mend_answer(&self, task: &Task) -> String {
        let again = super::replaceable(self.program.workflow(), &self.case, task).is_some();
        let way = match (again, acted_upon(&self.case, task)) {
            (true, _) => "请把那次报送的表改好，整份再交".to_string(),
            (false, false) => "请先交“表样”中的“撤回报送”表，再重新报送".to_string(),
            (false, true) => self.way_to_correct(task),
        };
        format!("要更正的，{way}。")
    }

    /// Asks the opener about items that may be others again; they wait for the answer. Nobody is asked twice about the same two.
    pub(super) fn ask_about_twins(&mut self, suspected: Vec<Suspected>) {
        for Suspected { item, case, twin, text } in suspected {
            let about = QuestionAbout::Twin { item, case, twin };
            if self.case.questions.values().any(|q| q.about == about) {
                continue;
            }
            let name = self.case.item(item).map(|i| item_name(self.program.workflow(), i)).unwrap_or_default();
            let opener = self.standing(&self.case.opener);
            let text = format!("{name}可能重复：{text}。请核对是否为同一件。答复只作记录，该件照常办理。");
            let question = self.ask(&opener, text, ANSWERS.map(str::to_string).to_vec(), about);
            self.set_hold(item, Hold::Question(question), true);
        }
    }
}
