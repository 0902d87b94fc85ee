//! Which task a file answers that does not say so: the only one, the one it is named after, the one whose fields it has.

use super::{Core, Engine, Error, form, story};
use crate::case::program::Program;
use crate::case::{Case, Task};
use crate::spool::claim::Claimed;
use crate::submission::read::{Fit, fit, key};
use crate::submission::{Answers, Fault, Filled, Form, What};

/// Tasks against whose forms a file is held, at most.
const COMPARED_MAX: usize = 12;
/// Tasks named in a sentence, at most.
const NAMED_MAX: usize = 10;

/// An open task of an office.
pub(super) struct Open<'c> {
    case: &'c Case,
    program: &'c Program,
    task: &'c Task,
    title: String,
}

/// How much of a task's names a text has: its number, the name of its stage or form, the names of its case.
type Named = (bool, usize, usize);

impl Open<'_> {
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
        format!("{}（{}号，{}）", self.title, self.task.id, self.case.title)
    }

    fn form(&self, core: &Core) -> Form {
        form::of_task(self.program, self.case, &core.ledgers, self.task)
    }

    fn named_in(&self, text: &str) -> Named {
        let stage = self.task.stage.as_ref().and_then(|name| self.program.workflow().stage(name));
        let names = [Some(&self.title), self.task.stage.as_ref(), stage.map(|stage| &stage.title)];
        let longest = |names: &mut dyn Iterator<Item = &String>| {
            let found = names.map(|name| key(name)).filter(|name| !name.is_empty() && text.contains(name.as_str()));
            found.map(|name| name.chars().count()).max().unwrap_or(0)
        };
        let of_case = longest(&mut self.case.key.iter().chain([&self.case.title, &self.program.workflow().title]));
        (has_number(text, self.task.id), longest(&mut names.into_iter().flatten()), of_case)
    }
}

/// Whether a text has a number: `考察表-3号`, and not within `13号`.
fn has_number(text: &str, id: u64) -> bool {
    let number = format!("{id}号");
    text.match_indices(&number).any(|(at, _)| !text[..at].ends_with(|c: char| c.is_ascii_digit()))
}

/// What an office has to answer.
fn open_tasks<'c>(core: &'c Core, office: &str) -> Vec<Open<'c>> {
    let cases = core.cases.values().filter(|case| case.closed.is_none());
    let of_case = |case: &'c Case| {
        let program = core.programs.get(&case.closure)?;
        let mine = case.open_tasks().filter(|task| task.office == office);
        let open = |task: &'c Task| Open { case, program, task, title: story::task_title(program, case, task) };
        Some(mine.map(open).collect::<Vec<_>>())
    };
    cases.filter_map(of_case).flatten().collect()
}

/// Those the text has most of; all, when it names none.
fn most_named<'c>(open: Vec<Open<'c>>, text: &str) -> Vec<Open<'c>> {
    let most = open.iter().map(|task| task.named_in(text)).max().unwrap_or_default();
    open.into_iter().filter(|task| task.named_in(text) == most).collect()
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
        let open = open_tasks(core, office);
        if open.is_empty() {
            let say = "看不出这份文件是办什么的，贵单位目前也没有待办。请使用“待办”或“表样”文件夹中的表格。";
            return Ok(Err(vec![Fault::at("", say)]));
        }
        let text: String =
            std::iter::once(&claimed.name).chain(forms).map(|name| key(name)).collect::<Vec<_>>().join("\n");
        let named = most_named(open, &text);
        if let [only] = named.as_slice() {
            return Ok(Ok(only.answers()));
        }
        let mut best: Vec<(Fit, &Open<'_>)> = Vec::new();
        for task in named.iter().take(COMPARED_MAX) {
            let asked = task.form(core);
            let read = match filled.tables.is_empty() {
                true => self.read_again(claimed, forms, asked.clone()).await?.ok(),
                false => Some(filled.clone()),
            };
            let fit = read.map(|read| fit(&asked, &read, &core.ledgers.offices)).unwrap_or_default();
            match best.first().map(|(most, _)| *most) {
                Some(most) if fit < most => {}
                Some(most) if fit == most => best.push((fit, task)),
                Some(_) | None => best = vec![(fit, task)],
            }
        }
        match best.as_slice() {
            [(fit, only)] if fit.fields > 0 && named.len() <= COMPARED_MAX => Ok(Ok(only.answers())),
            _ => Ok(Err(vec![Fault::at("", unclear(&named))])),
        }
    }
}

/// What an office has to hand in now, with what has to lie beside it.
pub(super) fn expected(core: &Core, office: &str) -> Option<Fault> {
    let open = open_tasks(core, office);
    let told = |task: &Open<'_>| match task.form(core).attach.as_slice() {
        [] => task.told(),
        attach => format!("{}，须附{}", task.told(), attach.iter().map(|name| format!("“{name}”")).collect::<String>()),
    };
    let more = if open.len() > NAMED_MAX { format!("；等{}项", open.len()) } else { String::new() };
    let names: Vec<String> = open.iter().take(NAMED_MAX).map(told).collect();
    (!names.is_empty()).then(|| Fault::at("", format!("贵单位现在的待办是：{}{more}。", names.join("；"))))
}

fn unclear(open: &[Open<'_>]) -> String {
    let mut names: Vec<String> = open.iter().map(Open::told).collect();
    let more = if names.len() > NAMED_MAX { format!("等{}项", names.len()) } else { String::new() };
    names.truncate(NAMED_MAX);
    let example = open.first().map(|task| format!("{}-{}号", task.title, task.task.id)).unwrap_or_default();
    format!(
        "看不出这份文件答复的是哪一项待办：{}{more}。请把文件名改成那一项的名称和号数，如“{example}”，再交一次；或者用“待办”中的表格填写。",
        names.join("、")
    )
}
