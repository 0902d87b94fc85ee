//! What a paper's template sees: frozen into `DocumentOrdered`, so that the paper can be made again from the log alone.
//!
//! A paper that goes to the public sees only the fields on the public allow-list; no paper sees a sealed field.

use super::event::{Fields, Number};
use super::ledger::Ledgers;
use super::lists::is_meant;
use super::program::Program;
use super::{Answer, Case, Item, Life, decide};
use crate::clock::Moment;
use crate::deadline::{Deadline, Period};
use crate::submission::Type;
use crate::workflow::{ItemType, OPINIONS, Stage};
use chrono::NaiveDate;
use serde_json::{Map, Value, json};

/// What a notice calls the calendar that is no region's.
const NATIONAL: &str = "全国";

/// What a paper is wanted for.
pub struct Wanted<'a> {
    /// items it speaks of
    pub order_items: &'a [u32],
    /// stage it belongs to
    pub stage: Option<&'a Stage>,
    /// batch it belongs to
    pub batch: Option<u32>,
    /// 成文日期
    pub date: NaiveDate,
    /// 文号
    pub number: Option<&'a Number>,
    /// recipients
    pub to: &'a [String],
    /// 抄送
    pub copy: &'a [String],
    /// office that issues it
    pub issuer: &'a str,
    /// it is the notice of its batch
    pub notice: bool,
    /// the frozen tables it prints; of a report also the time it is for
    pub tables: &'a Fields,
    /// the paper it replaces
    pub replaces: Option<u32>,
    /// why it is made anew
    pub reason: Option<&'a str>,
    /// 签发人, when it is known otherwise than from the batch
    pub signer: Option<&'a str>,
}

/// The data of a paper.
pub fn fields(program: &Program, case: &Case, ledgers: &Ledgers, now: Moment, wanted: &Wanted<'_>) -> Fields {
    let seen = View { program, case, ledgers, public: wanted.to.iter().any(|t| t == "public") };
    let mut data = Fields::clone(&case.params);
    data.insert("案卷".into(), json!({ "标题": case.title, "编号": case.id }));
    if let Some(period) = case.period.as_deref().and_then(Period::parse) {
        data.insert("period".into(), told_period(&period));
    }
    data.insert("basis".into(), json!(program.workflow().basis));
    data.insert("today".into(), json!(now.date().to_string()));
    data.insert("成文日期".into(), json!(wanted.date.to_string()));
    data.insert("印发日期".into(), json!(now.date().max(wanted.date).to_string()));
    data.insert("文号".into(), wanted.number.map_or(Value::Null, |n| json!(n.to_string())));
    data.insert("opener".into(), seen.office(ledgers.offices.standing(&case.opener)));
    data.insert("发文机关".into(), seen.office(wanted.issuer));
    data.insert("主送".into(), json!(seen.titles(wanted.to, wanted)));
    data.insert("抄送".into(), json!(seen.titles(wanted.copy, wanted)));
    let items: Vec<&Item> = wanted.order_items.iter().filter_map(|id| case.item(*id)).collect();
    data.insert("items".into(), items.iter().map(|i| seen.item(i)).collect());
    data.insert("by_category".into(), seen.by_category(&items));
    let round = wanted.batch.and_then(|b| case.batches.get(&b)).map_or(1, |b| b.round);
    // a first round names nobody again, and most notices are of one
    let again = wanted.notice && round > 1 && noticed_before(case, wanted);
    data.insert("本次".into(), json!({ "轮次": round, "重新": again }));
    data.insert("文书".into(), seen.earlier(wanted.order_items));
    for (stage, head) in seen.heads(wanted) {
        data.insert(stage, head);
    }
    let titles: Fields = ledgers.offices.offices.values().map(|o| (o.id.clone(), json!(o.title))).collect();
    data.insert("单位".into(), Value::Object(titles));
    if let Some(signer) = wanted.signer {
        data.insert("签发人".into(), json!(signer));
    }
    if let Some(signer) = wanted.batch.and_then(|b| case.batches.get(&b)).and_then(|b| b.fields.get("signer")) {
        data.insert("签发人".into(), signer.clone());
    }
    if let (true, Some(stage)) = (wanted.notice, wanted.stage) {
        seen.notice(&mut data, stage, wanted, now);
    }
    data.extend(wanted.tables.clone());
    if let Some(old) = wanted.replaces.and_then(|id| case.documents.get(&id)) {
        let reason = wanted.reason.unwrap_or("更正");
        data.insert(
            "替代".into(),
            json!({ "文号": old.number.as_ref().map(ToString::to_string), "标题": old.title, "原因": reason }),
        );
    } else if let Some(reason) = wanted.reason {
        // only the paper of an extension is about an item and belongs to no stage
        let why = if wanted.stage.is_some() || items.is_empty() { "更正" } else { "延期" };
        data.insert(why.into(), json!({ "原因": reason }));
    }
    if let [item] = items.as_slice()
        && let Value::Object(own) = seen.item(item)
    {
        for (name, value) in own {
            // what a stage asked of all together and what it asked of this one stand side by side
            match (data.get_mut(&name), value) {
                (Some(Value::Object(head)), Value::Object(said)) if program.workflow().stage(&name).is_some() => {
                    for (field, value) in said {
                        head.entry(field).or_insert(value);
                    }
                }
                (Some(_), _) => {}
                (None, value) => drop(data.insert(name, value)),
            }
        }
    }
    data
}

/// Whether an earlier notice of the stage has named one of the items.
fn noticed_before(case: &Case, wanted: &Wanted<'_>) -> bool {
    let stage = wanted.stage.map(|s| &s.name);
    let earlier = |d: &&std::sync::Arc<super::Document>| {
        d.notice && d.stage.as_ref() == stage && d.batch != wanted.batch && d.life != Life::Void
    };
    let named = |d: &std::sync::Arc<super::Document>| d.items.iter().any(|id| wanted.order_items.contains(id));
    case.documents.values().filter(earlier).any(named)
}

/// What a paper would say of one item.
pub(super) fn of_item(program: &Program, case: &Case, ledgers: &Ledgers, item: &Item, public: bool) -> Value {
    View { program, case, ledgers, public }.item(item)
}

/// A table with all its cells: those left empty are empty texts, so that a paper may print them. Other values as they are.
fn whole(value: &Value, kind: &Type) -> Value {
    let Type::Table(columns, _) = kind else { return value.clone() };
    let row = |row: &Value| {
        let cell = |name: &String| row.get(name).cloned().unwrap_or_else(|| Value::String(String::new()));
        Value::Object(columns.iter().map(|(name, _)| (name.clone(), cell(name))).collect())
    };
    match value {
        Value::Array(rows) => Value::Array(rows.iter().map(row).collect()),
        Value::Object(rows) => Value::Object(rows.iter().map(|(key, values)| (key.clone(), row(values))).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

fn told_period(period: &Period) -> Value {
    json!({ "title": period.title(), "start": period.start().to_string(), "end": period.end().to_string() })
}

struct View<'a> {
    program: &'a Program,
    case: &'a Case,
    ledgers: &'a Ledgers,
    public: bool,
}

impl View<'_> {
    fn office(&self, id: &str) -> Value {
        json!({ "id": id, "title": self.ledgers.offices.title(id) })
    }

    fn titles(&self, recipients: &[String], wanted: &Wanted<'_>) -> String {
        let named: Vec<&str> = recipients.iter().map(String::as_str).filter(|r| *r != "public").collect();
        let item = wanted.order_items.first().and_then(|i| self.case.item(*i));
        let (together, left) = self.ledgers.offices.addressed(&named, wanted.issuer);
        let title = |r: &str| match r.strip_prefix(decide::OUTSIDER) {
            Some(role) => decide::outsider(self.program.workflow(), self.ledgers, self.case, role, item),
            None => self.ledgers.offices.title(r).to_string(),
        };
        let left = left.into_iter().map(title).collect::<Vec<_>>().join("、");
        let groups = together.into_iter().map(str::to_string).chain(Some(left).filter(|left| !left.is_empty()));
        groups.collect::<Vec<_>>().join("，")
    }

    fn shows(&self, of: &ItemType, name: &str) -> bool {
        let sealed = of.sealed.iter().any(|s| s == name);
        !sealed && (!self.public || of.public.iter().any(|p| p == name))
    }

    fn item(&self, item: &Item) -> Value {
        let workflow = self.program.workflow();
        let Some(of) = workflow.items.get(&item.of) else { return Value::Null };
        let mut data = Map::new();
        data.insert("id".into(), json!(item.id));
        data.insert("category".into(), json!(item.category));
        let subject = workflow.subject(&item.of, item.category.as_deref()).map(|s| s.word());
        let office = item.fields.get("subject").and_then(Value::as_str).map(|id| self.office(id));
        data.insert("subject".into(), office.unwrap_or_else(|| json!(subject)));
        data.insert("owner".into(), self.office(&item.owner));
        for field in of.fields.values().filter(|f| self.shows(of, &f.name)) {
            let value = item.fields.get(&field.name).map(|value| whole(value, &field.kind));
            let optional = value.is_none() && (field.optional || !self.asked(item, &field.of));
            if let Some(value) = value.or_else(|| optional.then_some(Value::String(String::new()))) {
                data.insert(field.name.clone(), value);
            }
        }
        if let Some(period) = item.fields.get("period").and_then(Value::as_str).and_then(Period::parse) {
            data.insert("period".into(), told_period(&period));
            data.insert("due".into(), json!(item.fields.get("due")));
        }
        // One merged into another was answered with it.
        let answering = self.case.answers_for(item);
        for (stage, answer) in &answering.answers {
            let shown = |name: &String| !self.public || of.public.iter().any(|p| *p == format!("{stage}.{name}"));
            let kind = |name: &String| workflow.stage(stage)?.form.item.get(name).map(|f| &f.kind);
            let told =
                |(n, v): (&String, &Value)| (n.clone(), kind(n).map_or_else(|| v.clone(), |kind| whole(v, kind)));
            let mut own: Map<String, Value> = answer.fields.iter().filter(|(n, _)| shown(n)).map(told).collect();
            if let Some(signed) = workflow.stage(stage).filter(|s| s.several_sign() && !self.public) {
                self.opinions(answering, signed, answer, &mut own);
            }
            for fact in workflow.stage(stage).map(Stage::facts).unwrap_or_default() {
                if let Some(value) = own.get_mut(&fact.name) {
                    *value = json!(super::story::fact_words(value));
                    data.insert(fact.name, value.clone());
                }
            }
            data.insert(stage.clone(), Value::Object(own));
        }
        let lists = workflow.stages.iter().flat_map(|s| s.lists.keys()).filter(|list| self.shows(of, list));
        data.extend(lists.map(|list| (list.clone(), json!(item.lists.contains(list)))));
        if !self.public {
            let last = answering.latest_answer();
            data.insert("outcome".into(), json!(last.and_then(|a| a.outcome.clone())));
            data.insert("reason".into(), json!(last.and_then(|a| a.reason.clone())));
            data.insert("outcome_basis".into(), json!(super::story::outcome_basis(workflow, answering)));
            let waivers: Vec<Value> =
                item.waivers.iter().map(|(rule, reason)| json!({ "rule": rule, "reason": reason })).collect();
            data.insert("waivers".into(), Value::Array(waivers));
        }
        if !self.public || item.about.is_some() {
            let name = |id: &u32| self.case.item(*id).map(|i| super::story::item_name(workflow, i));
            data.insert("merged_into".into(), json!(item.merged_into.as_ref().and_then(name)));
            data.insert("merged".into(), json!(item.merged.iter().filter_map(name).collect::<Vec<_>>()));
        }
        Value::Object(data)
    }

    /// What each of several who signed said: `会签意见`. A field on which they differ says what each of them wrote.
    fn opinions(&self, item: &Item, stage: &Stage, answer: &Answer, own: &mut Map<String, Value>) {
        let Some(batch) = answer.batch.and_then(|b| self.case.batches.get(&b)) else { return };
        let mut list = Vec::new();
        for signature in decide::signatures(item, &stage.name, batch.id, &batch.signers) {
            let office = self.ledgers.offices.title(&signature.office);
            let mut said = signature.fields.clone();
            said.insert("单位".into(), json!(office));
            said.insert("结果".into(), json!(signature.outcome.clone().unwrap_or_default()));
            said.insert("理由".into(), json!(signature.reason.clone().unwrap_or_default()));
            list.push(Value::Object(said));
            for (name, value) in signature.fields.iter().filter(|(name, _)| !answer.fields.contains_key(*name)) {
                let words = super::story::value_words(value);
                let words = format!("{office}：{}", words.trim_end_matches('。'));
                let before = own.get(name).and_then(|v| v.as_str()).map(|before| format!("{before}；"));
                own.insert(name.clone(), json!(format!("{}{words}", before.unwrap_or_default())));
            }
        }
        own.insert(OPINIONS.into(), Value::Array(list));
    }

    fn asked(&self, item: &Item, of: &[String]) -> bool {
        is_meant(self.program.workflow(), of, item)
    }

    /// Items by category, in the order the definition lists the categories.
    fn by_category(&self, items: &[&Item]) -> Value {
        let workflow = self.program.workflow();
        let mut groups = Vec::new();
        for of in workflow.items.values() {
            for (category, subject) in &of.categories {
                let members: Vec<Value> =
                    items.iter().filter(|i| i.category.as_ref() == Some(category)).map(|i| self.item(i)).collect();
                if !members.is_empty() {
                    groups.push(json!({ "category": category, "subject": subject.word(), "items": members }));
                }
            }
        }
        Value::Array(groups)
    }

    /// Papers made before, by template: the latest that speaks of the same items, else the latest.
    fn earlier(&self, items: &[u32]) -> Value {
        let mut papers = Map::new();
        let standing = self.case.documents.values().filter(|d| !matches!(d.life, Life::Void | Life::Replaced));
        let mut sorted: Vec<_> = standing.collect();
        sorted.sort_by_key(|d| (d.items.iter().any(|i| items.contains(i)), d.id));
        for paper in sorted {
            let number = paper.number.as_ref().map(ToString::to_string);
            let told = json!({ "文号": number, "标题": paper.title, "成文日期": paper.date.to_string() });
            papers.insert(paper.template.clone(), told);
        }
        Value::Object(papers)
    }

    /// What was said of the batch as a whole, by stage: of the paper's own batch, of the earlier ones its items were in, and of
    /// the case itself.
    fn heads(&self, wanted: &Wanted<'_>) -> Vec<(String, Value)> {
        let touches = |items: &[u32]| items.iter().any(|i| wanted.order_items.contains(i));
        let of_case = |b: &crate::case::Batch| self.program.workflow().stage(&b.stage).is_some_and(|s| s.of_case);
        let batches = self
            .case
            .batches
            .values()
            .filter(|b| touches(&b.items) || Some(b.id) == wanted.batch || of_case(b))
            .filter(|b| !b.fields.is_empty());
        let whole_of = |b: &crate::case::Batch| {
            let form = self.program.workflow().stage(&b.stage).map(|s| &s.form.case);
            let kind = |name: &String| form.and_then(|form| form.get(name)).map(|f| &f.kind);
            let told =
                |(n, v): (&String, &Value)| (n.clone(), kind(n).map_or_else(|| v.clone(), |kind| whole(v, kind)));
            Value::Object(b.fields.iter().map(told).collect())
        };
        batches.map(|b| (b.stage.clone(), whole_of(b))).collect()
    }

    fn notice(&self, data: &mut Fields, stage: &Stage, wanted: &Wanted<'_>, now: Moment) {
        let calendar = &self.ledgers.calendar;
        let running =
            self.case.clocks.values().find(|c| Some(&c.of) == wanted.batch.map(super::event::ClockOf::Period).as_ref());
        let deadline = match (running, stage.period) {
            (Some(clock), _) => Some(decide::deadline_of(clock)),
            (None, Some(period)) => {
                let mut planned = Deadline::of_span(now.date(), period, calendar);
                planned.count_start = stage.count_start;
                let of = wanted.batch.map(super::event::ClockOf::Period);
                planned.region = of.and_then(|of| decide::region_of(self.program, self.case, self.ledgers, &of));
                Some(planned)
            }
            (None, None) => None,
        };
        let due = deadline.as_ref().and_then(|d| d.due(calendar));
        if let (Some(deadline), Some(due), Some(period)) = (deadline, due, stage.period) {
            let sentence = deadline.explain(calendar).sentence;
            let told = json!({
                "开始日期": deadline.from.date().to_string(),
                "截止日期": due.date.to_string(),
                "期限": period.title(),
                "计算说明": sentence,
                "日历": deadline.region.as_deref().unwrap_or(NATIONAL),
                "暂定": due.provisional,
            });
            data.insert("公示".into(), told);
        }
        let (workflow, item) = (self.program.workflow(), wanted.order_items.first().copied());
        let by = decide::offices_of(workflow, &self.ledgers.offices, self.case, &stage.by, item);
        if let Some(office) = by.first().and_then(|id| self.ledgers.offices.offices.get(id)) {
            let contact = json!({
                "单位": office.title,
                "电话": office.phone.clone().unwrap_or_default(),
                "邮箱": office.mail.clone().unwrap_or_default(),
                "地址": office.address.clone().unwrap_or_default(),
            });
            data.insert("受理".into(), contact);
        }
    }
}
