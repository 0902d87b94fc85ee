//! Which task a file answers that does not say so: the one whose fields it has; among those it fits alike, the one it is named after.
//!
//! It is held against the forms of every open task and of every task the office has answered in a case that goes on, for it may be
//! the corrected list of a task before. What fits several alike is returned, and the return names them; what fits none is an
//! answer to the only open task, and is told what is wrong with it there.

use super::{Core, Engine, Error, form, story};
use crate::case::decide;
use crate::case::event::TaskEnd;
use crate::case::program::Program;
use crate::case::{Case, Task};
use crate::spool::claim::Claimed;
use crate::submission::read::{Fit, fit, key, objects};
use crate::submission::{Answers, Fault, Filled, Form, What};
use std::borrow::Cow;
use std::cmp::{Ordering, Reverse};

/// Forms of different fields against which a file is held, at most.
const COMPARED_MAX: usize = 12;
/// Tasks that take no more against whose forms a file is held, at most; the latest.
const OVER_MAX: usize = 60;
/// Tasks named in a sentence, at most.
const NAMED_MAX: usize = 10;

/// How a task stands that a file may answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    /// answered, and what came before may be corrected no more: the answer says so
    Over,
    /// answered, and may be corrected
    Answered,
    Open,
}

/// A task a file may answer.
struct Candidate<'c> {
    case: &'c Case,
    program: &'c Program,
    task: Cow<'c, Task>,
    title: String,
    standing: Standing,
}

/// How much of a task's names a text has: its number, the name of its stage or form, the names of its case.
type Named = (bool, usize, usize);
/// The headings of a form, by its sheets.
type Fields = Vec<(String, Vec<String>)>;
/// How well a file fits a task.
type Rank = (Fit, Named, bool);

impl Candidate<'_> {
    fn answers(&self) -> Answers {
        Answers {
            what: What::Task,
            office: self.task.office.clone(),
            about: self.case.workflow.clone(),
            stage: self.task.stage.clone(),
            case: Some(self.case.id.clone()),
            task: Some(self.task.id),
            revision: self.task.revision,
        }
    }

    fn told(&self) -> String {
        let (title, number, case) = (&self.title, self.task.id, &self.case.title);
        match self.standing {
            Standing::Open => format!("{title}（{number}号，{case}）"),
            Standing::Over | Standing::Answered => format!("{title}（{number}号，{case}，已报送）"),
        }
    }

    fn form(&self, core: &Core) -> Form {
        form::of_task(self.program, self.case, &core.ledgers, &self.task)
    }

    fn named_in(&self, text: &str) -> Named {
        let stage = self.task.stage.as_ref().and_then(|name| self.program.workflow().stage(name));
        let names = [Some(&self.title), self.task.stage.as_ref(), stage.map(|stage| &stage.title)];
        let longest = |names: &mut dyn Iterator<Item = &String>| {
            let found = names.map(|name| plain(name)).filter(|name| !name.is_empty() && text.contains(name.as_str()));
            found.map(|name| name.chars().count()).max().unwrap_or(0)
        };
        let of_case = longest(&mut self.case.key.iter().chain([&self.case.title, &self.program.workflow().title]));
        (has_number(text, self.task.id), longest(&mut names.into_iter().flatten()), of_case)
    }

    /// Whether a file that fits so may answer it. What takes no more, or was answered, is meant only by a file that is mostly of it.
    fn takes(&self, fit: &Fit) -> bool {
        fit.fields > 0 && (self.standing == Standing::Open || fit.mostly())
    }

    /// Number and name, as a file may be called to say which task it answers.
    fn called(&self) -> String {
        format!("{}-{}号", self.title, self.task.id)
    }
}

/// A name as names are compared: quotation marks do not count.
fn plain(name: &str) -> String {
    key(&unquoted(name))
}

fn unquoted(name: &str) -> String {
    name.replace(['“', '”', '‘', '’', '"', '\''], "")
}

/// Whether a text has a number: `考察表-3号`, and not within `13号`, nor the day of a date.
fn has_number(text: &str, id: u64) -> bool {
    let number = format!("{id}号");
    let part_of_more = |c: char| c.is_ascii_digit() || c == '月';
    text.match_indices(&number).any(|(at, _)| !text.get(..at).is_some_and(|before| before.ends_with(part_of_more)))
}

/// What an office has to answer or has answered, in cases that go on: the open first, the others latest first.
fn candidates<'c>(core: &'c Core, office: &str) -> Vec<Candidate<'c>> {
    let mut found: Vec<Candidate<'c>> = Vec::new();
    for case in core.cases.values().filter(|case| case.closed.is_none()) {
        let Some(program) = core.programs.get(&case.closure) else { continue };
        for task in case.tasks.values().map(AsRef::as_ref).filter(|task: &&Task| task.office == office) {
            let (standing, task) = match task.closed {
                None => (Standing::Open, Cow::Borrowed(task)),
                Some(TaskEnd::Answered) if !task.submissions.is_empty() => {
                    match decide::replaceable(program.workflow(), case, task) {
                        Some(again) if again.id == task.id => (Standing::Answered, Cow::Owned(again)),
                        // the task that took its place is among them
                        Some(_) => continue,
                        None => (Standing::Over, Cow::Borrowed(task)),
                    }
                }
                Some(_) => continue,
            };
            let title = story::task_title(program, case, &task);
            found.push(Candidate { case, program, task, title, standing });
        }
    }
    found.sort_by_key(|candidate| Reverse(candidate.standing));
    let mut over = found.split_off(found.partition_point(|candidate| candidate.standing != Standing::Over));
    over.sort_by_key(|candidate| Reverse(candidate.task.opened));
    found.extend(over.into_iter().take(OVER_MAX));
    found
}

/// The fields of a form, by which forms are told apart.
fn fields_of(form: &Form) -> Fields {
    let sheets = form.grids.iter().map(|grid| (grid.name.clone(), &grid.columns));
    let titled = |(name, entries): (String, &Vec<_>)| {
        let headings = |entry: &crate::submission::Entry| [vec![entry.title.clone()], entry.also.clone()].concat();
        (name, entries.iter().flat_map(headings).collect())
    };
    std::iter::once((String::new(), &form.head)).chain(sheets).map(titled).collect()
}

impl Engine {
    /// The task an office's own file answers.
    pub(super) async fn find_task(
        &self,
        core: &Core,
        claimed: &Claimed,
        office: &str,
        filled: &Filled,
        forms: &[String],
    ) -> Result<Result<Answers, Vec<Fault>>, Error> {
        let all = candidates(core, office);
        if let [only] = all.as_slice()
            && only.standing == Standing::Open
        {
            return Ok(Ok(only.answers()));
        }
        let names = std::iter::once(&claimed.name).chain(forms);
        let text: String = names.map(|name| plain(name)).collect::<Vec<_>>().join("\n");
        let by_name = |candidate: &&Candidate<'_>| matches!(candidate.named_in(&text), (true, 1.., _));
        if let [only] = all.iter().filter(by_name).collect::<Vec<_>>().as_slice() {
            return Ok(Ok(only.answers()));
        }
        let best = self.best_fitting(core, claimed, &all, &text, filled, forms).await?;
        let open: Vec<&Candidate<'_>> = all.iter().filter(|c| c.standing == Standing::Open).collect();
        match best.as_deref() {
            Some([only]) => Ok(Ok(only.answers())),
            Some([]) => Ok(no_fit(&open, &text)),
            Some(several) => Ok(Err(vec![Fault::at("", unclear(several))])),
            None => Ok(Err(vec![Fault::at("", unclear(&open))])),
        }
    }

    /// The tasks whose forms the file fits best, alike; none, where there are too many forms to hold it against.
    async fn best_fitting<'a, 'c>(
        &self,
        core: &Core,
        claimed: &Claimed,
        all: &'a [Candidate<'c>],
        text: &str,
        filled: &Filled,
        forms: &[String],
    ) -> Result<Option<Vec<&'a Candidate<'c>>>, Error> {
        let mut read: Vec<(Fields, Option<Filled>)> = Vec::new();
        let mut best: Vec<(Fit, usize, &Candidate<'_>)> = Vec::new();
        for candidate in all {
            let asked = candidate.form(core);
            let fields = fields_of(&asked);
            let known = read.iter().position(|(known, _)| *known == fields);
            if known.is_none() {
                if read.len() == COMPARED_MAX {
                    match candidate.standing {
                        Standing::Over => continue,
                        Standing::Answered | Standing::Open => return Ok(None),
                    }
                }
                let again = match filled.tables.is_empty() {
                    true => self.read_again(claimed, forms, asked.clone()).await?.ok(),
                    false => Some(filled.clone()),
                };
                read.push((fields.clone(), again));
            }
            let known = known.unwrap_or(read.len() - 1);
            let of_form = read.get(known).and_then(|(_, read)| read.as_ref());
            let fit = of_form.map(|read| fit(&asked, read)).unwrap_or_default();
            if !candidate.takes(&fit) {
                continue;
            }
            let by_fields = |fit: &Fit| (fit.known, fit.fields);
            match best.first().map(|(most, ..)| by_fields(most).cmp(&by_fields(&fit))) {
                Some(Ordering::Greater) => {}
                Some(Ordering::Equal) => best.push((fit, known, candidate)),
                Some(Ordering::Less) | None => best = vec![(fit, known, candidate)],
            }
        }
        // its rows tell apart only what its fields do not
        let several = best.len() > 1;
        let ranked = best.into_iter().map(|(fit, known, candidate)| {
            let of_form = read.get(known).and_then(|(_, read)| read.as_ref()).filter(|_| several);
            let objects = of_form.map(|read| objects(&candidate.form(core), read, &core.ledgers.offices));
            let fit = Fit { objects: objects.unwrap_or_default(), ..fit };
            ((fit, candidate.named_in(text), candidate.standing != Standing::Over), candidate)
        });
        let ranked: Vec<(Rank, &Candidate<'_>)> = ranked.collect();
        let most = ranked.iter().map(|(rank, _)| *rank).max();
        Ok(Some(ranked.into_iter().filter(|(rank, _)| Some(*rank) == most).map(|(_, candidate)| candidate).collect()))
    }
}

/// What an office has to hand in now, with what has to lie beside it.
pub(super) fn expected(core: &Core, office: &str) -> Option<Fault> {
    let all = candidates(core, office);
    let open: Vec<&Candidate<'_>> = all.iter().filter(|task| task.standing == Standing::Open).collect();
    let told = |task: &&Candidate<'_>| match task.form(core).attach.as_slice() {
        [] => task.told(),
        attach => format!("{}，须附{}", task.told(), attach.iter().map(|name| format!("“{name}”")).collect::<String>()),
    };
    let more = if open.len() > NAMED_MAX { format!("；等{}项", open.len()) } else { String::new() };
    let names: Vec<String> = open.iter().take(NAMED_MAX).map(told).collect();
    (!names.is_empty()).then(|| Fault::at("", format!("贵单位现在的待办是：{}{more}。", names.join("；"))))
}

/// Where a file fits no form: it is meant for the only open task, or the one it is named after.
fn no_fit(open: &[&Candidate<'_>], text: &str) -> Result<Answers, Vec<Fault>> {
    let most = open.iter().map(|task| task.named_in(text)).max().unwrap_or_default();
    let named: Vec<&Candidate<'_>> = open.iter().copied().filter(|task| task.named_in(text) == most).collect();
    match named.as_slice() {
        [only] => Ok(only.answers()),
        [] => {
            let say = "看不出这份文件是办什么的，贵单位目前也没有待办。请使用“待办”或“表样”文件夹中的表格。";
            Err(vec![Fault::at("", say)])
        }
        several => Err(vec![Fault::at("", unclear(several))]),
    }
}

fn unclear(tasks: &[&Candidate<'_>]) -> String {
    let mut names: Vec<String> = tasks.iter().map(|task| task.told()).collect();
    let more = if names.len() > NAMED_MAX { format!("等{}项", names.len()) } else { String::new() };
    names.truncate(NAMED_MAX);
    let example = tasks.first().map(|first| {
        // of two cases the number may be the same
        let alike = tasks.iter().filter(|task| task.called() == first.called()).count() > 1;
        format!("{}{}", first.called(), if alike { format!("-{}", unquoted(&first.case.title)) } else { String::new() })
    });
    let (names, example) = (names.join("、"), example.unwrap_or_default());
    let correcting = match tasks.iter().any(|task| task.standing != Standing::Open) {
        true => "更正已报送的，也写那一项的名称和号数。",
        false => "",
    };
    format!(
        "看不出这份文件答复的是哪一项待办：{names}{more}。请把文件名改成那一项的名称和号数，如“{example}”，再交一次；或者用“待办”中的表格填写。{correcting}"
    )
}
