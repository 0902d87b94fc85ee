//! What a paper is given to read, as far as its definition says: the counterpart of [`crate::case::data`], which fills it.
//!
//! Every paper is given the case and its params; a notice its period and who takes objections, a report its time, and only a
//! paper that is always of one item has that item's fields at the top. A test compares the names with those that are filled.

use super::passing::Passing;
use crate::submission::Type;
use crate::workflow::offices::Offices;
use crate::workflow::rule::Pair;
use crate::workflow::{
    ClockDefinition, DocumentDefinition, DocumentEach, Each, Field, From, Heads, ItemType, Kind, OPINIONS, Report,
    Stage, Subject, TableDefinition, TableFrom, Workflow,
};
use indexmap::IndexMap;

/// What a place of the data holds.
#[derive(Debug, Clone)]
pub(super) enum Holds {
    /// a value without parts
    One,
    /// what is not known part by part
    Anything,
    /// parts by name
    Parts(IndexMap<String, Given>),
    /// members, each of this make
    Each(Box<Given>),
    /// members under keys nobody knows before
    Keyed(Box<Given>),
}

/// A place of the data, and why there may be nothing at it.
#[derive(Debug, Clone)]
pub(super) struct Given {
    pub(super) holds: Holds,
    pub(super) missing: Option<Missing>,
    pub(super) blank: Option<Blank>,
}

/// Why a value that is there may be empty.
#[derive(Debug, Clone)]
pub(super) struct Blank {
    /// the reason
    pub(super) why: String,
    /// a condition of the paper may be what excludes it
    pub(super) unless: bool,
    /// it is no value then, which cannot be printed; not an empty text
    pub(super) null: bool,
}

/// Why a value may be missing.
#[derive(Debug, Clone)]
pub(super) struct Missing {
    /// the reason
    pub(super) why: String,
    /// a condition of the paper may be what excludes it
    pub(super) unless: bool,
}

impl Given {
    fn new(holds: Holds) -> Given {
        Given { holds, missing: None, blank: None }
    }

    fn parts(names: &[&str]) -> Given {
        Given::new(Holds::Parts(names.iter().map(|it| ((*it).to_owned(), one())).collect()))
    }

    fn but(self, missing: Option<Missing>) -> Given {
        Given { missing, ..self }
    }

    fn or_empty(self, blank: Option<Blank>) -> Given {
        Given { blank, ..self }
    }
}

fn one() -> Given {
    Given::new(Holds::One)
}

fn many(given: Given) -> Given {
    Given::new(Holds::Each(Box::new(given)))
}

fn always(why: &str) -> Option<Missing> {
    Some(Missing { why: why.to_owned(), unless: false })
}

const OF_OFFICE: [&str; 2] = ["id", "title"];

/// What kind of paper it is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Made<'a> {
    /// the notice of a stage
    Notice(usize),
    /// a paper of a stage
    Stage(usize, &'a DocumentDefinition),
    /// the paper of an extension
    Extension(&'a ClockDefinition),
    /// a scheduled report
    Report(&'a Report),
}

/// A paper, with the items it may be of.
pub(super) struct Paper<'a> {
    pub(super) workflow: &'a Workflow,
    pub(super) made: Made<'a>,
    pub(super) pairs: Vec<Pair>,
    pub(super) public: bool,
    offices: Option<&'a Offices>,
}

impl<'a> Paper<'a> {
    pub(super) fn new(workflow: &'a Workflow, offices: Option<&'a Offices>, made: Made<'a>) -> Paper<'a> {
        let stage = |at: usize| workflow.stages.get(at);
        let of_stage = |at: usize| match stage(at).filter(|s| !s.of_case) {
            Some(stage) => workflow.pairs(&stage.of),
            None => Vec::new(),
        };
        let (pairs, public) = match made {
            Made::Notice(at) => (of_stage(at), stage(at).is_some_and(|s| s.to.iter().any(|to| to == "public"))),
            Made::Stage(at, document) => {
                let meant = |pair: &Pair| workflow.means(&document.of, &pair.kind, pair.category.as_deref());
                (of_stage(at).into_iter().filter(meant).collect(), document.to.iter().any(|to| to == "public"))
            }
            Made::Extension(clock) => (workflow.pairs(std::slice::from_ref(&clock.of)), false),
            Made::Report(report) => (Vec::new(), report.to.iter().any(|to| to == "public")),
        };
        Paper { workflow, made, pairs, public, offices }
    }

    /// The stage it belongs to.
    pub(super) fn stage(&self) -> Option<(usize, &'a Stage)> {
        let (Made::Notice(at) | Made::Stage(at, _)) = self.made else { return None };
        Some((at, self.workflow.stages.get(at)?))
    }

    /// Whether it is always of one item, so that the item's fields stand at the top.
    pub(super) fn is_of_one(&self) -> bool {
        let Some((_, stage)) = self.stage() else { return matches!(self.made, Made::Extension(_)) };
        let each_item = matches!(self.made, Made::Stage(_, document) if document.each == DocumentEach::Item);
        let one_by_one = stage.each == Each::Item && stage.kind != Kind::Recommend;
        !stage.of_case && (each_item || one_by_one || self.is_only())
    }

    /// Whether the case holds only one item such a paper could be of.
    fn is_only(&self) -> bool {
        let mut kinds: Vec<&String> = self.pairs.iter().map(|pair| &pair.kind).collect();
        kinds.dedup();
        let of = |kind: &&String| self.workflow.items.get(*kind).is_some_and(|of| of.one);
        kinds.len() == 1 && kinds.iter().all(of)
    }

    /// All it is given, by name.
    pub(super) fn data(&self) -> Given {
        let mut data: IndexMap<String, Given> = IndexMap::new();
        for param in self.workflow.case.params.values() {
            let empty = param.optional && param.default.is_none();
            let why = always("the opening form may leave it empty").filter(|_| empty);
            data.insert(param.name.clone(), field(param).but(why));
        }
        let item = self.item();
        data.insert("items".to_owned(), many(item.clone()));
        let group = named(vec![("category", one()), ("subject", one()), ("items", many(item.clone()))]);
        data.insert("by_category".to_owned(), many(group));
        for (at, stage) in self.workflow.stages.iter().enumerate().filter(|(_, stage)| !stage.form.case.is_empty()) {
            let why = self.passing().over(at);
            data.insert(stage.name.clone(), Given::new(Holds::Parts(self.fields_of(&stage.form.case))).but(why));
        }
        // a stage may be called like a word of the language, which a notice then means at the top
        for (name, given) in self.of_language() {
            data.insert(name.to_owned(), given);
        }
        for (name, table) in &self.workflow.tables {
            data.insert(name.clone(), self.table(table));
        }
        if let (true, Holds::Parts(own)) = (self.is_of_one(), item.holds) {
            for (name, given) in own {
                match (data.get_mut(&name).map(|it| &mut it.holds), given.holds.clone()) {
                    (Some(Holds::Parts(head)), Holds::Parts(said)) if self.workflow.stage(&name).is_some() => {
                        for (name, it) in said {
                            head.entry(name).or_insert(it);
                        }
                    }
                    (Some(_), _) => {}
                    (None, _) => drop(data.insert(name, given)),
                }
            }
        }
        Given::new(Holds::Parts(data))
    }

    pub(super) fn passing(&self) -> Passing<'_> {
        Passing { paper: self }
    }

    /// What the language itself gives.
    fn of_language(&self) -> Vec<(&'static str, Given)> {
        let papers = super::templates_of(self.workflow);
        let paper = Given::parts(&["文号", "标题", "成文日期"]);
        let papers = papers.into_iter().map(|name| (name.clone(), paper.clone().but(self.earlier(&name)))).collect();
        let titles = |of: &Offices| Holds::Parts(of.offices.keys().map(|id| (id.clone(), one())).collect());
        let replaced = always("most papers replace none").map(|why| Missing { unless: true, ..why });
        let mut given = vec![
            ("案卷", Given::parts(&["标题", "编号"])),
            ("basis", many(one())),
            ("today", one()),
            ("成文日期", one()),
            ("印发日期", one()),
            ("文号", one()),
            ("opener", Given::parts(&OF_OFFICE)),
            ("发文机关", Given::parts(&OF_OFFICE)),
            ("主送", one()),
            ("抄送", one()),
            ("本次", Given::parts(&["轮次", "重新"])),
            ("文书", Given::new(Holds::Parts(papers))),
            ("单位", Given::new(self.offices.map_or(Holds::Anything, titles))),
            ("替代", Given::parts(&["文号", "标题", "原因"]).but(replaced.clone())),
        ];
        if self.workflow.case.opened_every.is_some() {
            given.push(("period", period()));
        }
        let stage = self.stage().map(|(_, stage)| stage);
        let signed = match self.made {
            Made::Stage(_, document) => !document.at_open && stage.is_some_and(|s| s.report.is_some()),
            Made::Report(report) => report.by.is_some(),
            Made::Notice(_) | Made::Extension(_) => false,
        };
        if signed {
            given.push(("签发人", one()));
        }
        match self.made {
            Made::Extension(_) => given.push(("延期", Given::parts(&["原因"]))),
            Made::Notice(_) | Made::Stage(..) | Made::Report(_) => {
                given.push(("更正", Given::parts(&["原因"]).but(replaced)));
            }
        }
        if matches!(self.made, Made::Report(_)) {
            given.push(("期间", Given::parts(&["名称", "代号"])));
        }
        if let (Made::Notice(_), Some(stage)) = (self.made, stage) {
            let told = ["开始日期", "截止日期", "期限", "计算说明", "日历", "暂定"];
            given.extend(stage.period.map(|_| ("公示", Given::parts(&told))));
            let contact = || ("受理", Given::parts(&["单位", "电话", "邮箱", "地址"]));
            given.extend((!stage.by.is_empty()).then(contact));
        }
        given
    }

    /// An item it is of; where it is of none, any there is.
    pub(super) fn item(&self) -> Given {
        let workflow = self.workflow;
        let mut item: IndexMap<String, Given> = IndexMap::new();
        for name in ["id", "category", "subject"] {
            item.insert(name.to_owned(), one().or_empty(self.unsaid(name)));
        }
        let types = workflow.items.values().filter(|of| {
            let named = self.pairs.iter().any(|pair| pair.kind == of.name);
            self.pairs.is_empty() || named
        });
        let offices =
            |of: &ItemType| of.subject == Subject::Office || of.categories.values().any(|it| *it == Subject::Office);
        if types.clone().any(offices) {
            item.insert("subject".to_owned(), Given::parts(&OF_OFFICE));
        }
        item.insert("owner".to_owned(), Given::parts(&OF_OFFICE));
        for own in types.clone().flat_map(|of| of.fields.values()) {
            item.entry(own.name.clone()).or_insert_with(|| field(own).or_empty(self.passing().blank(own)));
        }
        if self.comes_round() {
            item.insert("period".to_owned(), period());
            item.insert("due".to_owned(), one());
        }
        for (at, stage) in workflow.stages.iter().enumerate().filter(|(_, stage)| !stage.of_case) {
            let why = self.passing().over(at);
            for fact in stage.facts().into_iter().filter(|fact| self.shows(stage, &fact.name)) {
                item.entry(fact.name).or_insert_with(|| one().but(why.clone()));
            }
            item.insert(stage.name.clone(), self.answer(stage).but(why));
        }
        for list in workflow.stages.iter().flat_map(|stage| stage.lists.keys()) {
            item.insert(list.clone(), one());
        }
        let told: &[&str] = if self.public { &[] } else { &["outcome", "reason", "outcome_basis"] };
        item.extend(told.iter().map(|name| ((*name).to_owned(), one().or_empty(self.unsaid(name)))));
        if !self.public {
            item.insert("waivers".to_owned(), many(Given::parts(&["rule", "reason"])));
        }
        if !self.public || types.clone().any(|of| of.about.is_some()) {
            item.insert("merged_into".to_owned(), one().or_empty(self.unsaid("merged_into")));
            item.insert("merged".to_owned(), many(one()));
        }
        Given::new(Holds::Parts(item))
    }

    /// Whether its items come of a duty that comes round.
    fn comes_round(&self) -> bool {
        let every = |stage: &&Stage| matches!(stage.from, From::Every(..));
        let takes = |stage: &Stage| self.pairs.iter().any(|pair| self.workflow.takes(stage, pair));
        self.workflow.stages.iter().filter(every).any(|stage| self.pairs.is_empty() || takes(stage))
    }

    /// What a stage said of an item.
    fn answer(&self, stage: &Stage) -> Given {
        let own = self.fields_of(&stage.form.item);
        let mut said: IndexMap<String, Given> = own.into_iter().filter(|(name, _)| self.shows(stage, name)).collect();
        for fact in stage.facts().into_iter().filter(|fact| self.shows(stage, &fact.name)) {
            said.insert(fact.name, one());
        }
        if stage.several_sign() && !self.public {
            let mut opinion = self.fields_of(&stage.form.item);
            opinion.extend(self.fields_of(&stage.form.case));
            opinion.extend(["单位", "结果", "理由"].map(|name| (name.to_owned(), one())));
            said.insert(OPINIONS.to_owned(), many(Given::new(Holds::Parts(opinion))));
        }
        Given::new(Holds::Parts(said))
    }

    /// Whether the public may read of an item what a stage said under this name.
    fn shows(&self, stage: &Stage, name: &str) -> bool {
        let listed = format!("{}.{name}", stage.name);
        !self.public || self.workflow.items.values().any(|of| of.public.contains(&listed))
    }

    fn fields_of(&self, form: &IndexMap<String, Field>) -> IndexMap<String, Given> {
        form.values().map(|it| (it.name.clone(), field(it).but(self.passing().empty(it)))).collect()
    }

    /// A table: only one with `totals` has any, and only one with a head that is split has rows with parts.
    fn table(&self, table: &TableDefinition) -> Given {
        let total = if table.figures().len() > 1 { many(one()) } else { one() };
        let mut row = vec![("label", one()), ("values", many(one()))];
        row.extend(table.totals.then(|| ("total", total.clone())));
        let split = matches!(&table.rows, Heads::Labels(labels) if labels.values().any(|label| label.split.is_some()));
        let part = named(row.clone());
        row.extend(split.then(|| ("parts", many(part))));
        let mut parts = vec![("columns", many(one())), ("rows", many(named(row))), ("missing", many(one()))];
        parts.push(("as_of", one()));
        if self.workflow.duties_of(table).next().is_some() {
            parts.extend([("outstanding", many(one())), ("late", many(one()))]);
        }
        if matches!(table.from, TableFrom::Register(_)) {
            parts.push(("late", many(one())));
        }
        if table.totals {
            parts.extend([("totals", many(one())), ("total", total)]);
        }
        if table.columns.is_some() && table.figures().len() > 1 {
            parts.push(("heads", many(named(vec![("label", one()), ("columns", many(one()))]))));
        }
        named(parts)
    }
}

fn named(parts: Vec<(&str, Given)>) -> Given {
    Given::new(Holds::Parts(parts.into_iter().map(|(name, given)| (name.to_owned(), given)).collect()))
}

fn period() -> Given {
    Given::parts(&["title", "start", "end"])
}

/// What somebody enters, by its type: only a table and a list have parts.
fn field(field: &Field) -> Given {
    if matches!(field.kind, Type::List(..) | Type::Any(_)) {
        return many(one());
    }
    let Type::Table(columns, key) = &field.kind else { return one() };
    let empty = |name: &String| Blank { why: format!("a row may leave `{name}` empty"), unless: true, null: false };
    let cells = columns.iter().map(|(name, _)| (name.clone(), one().or_empty(Some(empty(name))))).collect();
    let row = Box::new(Given::new(Holds::Parts(cells)));
    Given::new(if key.is_some() { Holds::Keyed(row) } else { Holds::Each(row) })
}
