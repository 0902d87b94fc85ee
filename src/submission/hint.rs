//! What is said beside a field: what may stand in it, by its type, and the words of its definition; and the same taken out of a value
//! again, when its cell and the one beside it became one. And what a Word form says around its tables, which whoever reads it knows again.

use super::{Entry, Form, Type};

/// Choices that get boxes: so many, of so many characters together; more become a list, or words.
const BOXES_MAX: usize = 12;
const BOXES_CHARACTERS_MAX: usize = 60;

/// The choices of a type, where it has a fixed list.
pub fn choices(kind: &Type) -> Option<Vec<String>> {
    match kind {
        Type::YesNo => Some(vec!["是".to_string(), "否".to_string()]),
        Type::One(words) => Some(words.clone()),
        Type::Text(_) | Type::Name | Type::IdNumber | Type::CreditCode | Type::Phone | Type::Email | Type::Address => {
            None
        }
        Type::Integer | Type::Decimal(_) | Type::Money | Type::Percent | Type::AboutNumber => None,
        Type::Date | Type::Month | Type::Year | Type::Time | Type::Period => None,
        Type::Office | Type::File | Type::Image | Type::Any(_) | Type::List(..) | Type::Table(..) => None,
    }
}

/// How the sentence about such an entry begins.
pub const ONLY: &str = "仅下列类别填写：";

/// For which categories the entry is asked, when not for all.
pub fn only(entry: &Entry) -> Option<String> {
    if entry.of.is_empty() { None } else { Some(format!("{ONLY}{}。", entry.of.join("、"))) }
}

/// What may stand in the cell, as a sentence.
pub fn wanted(entry: &Entry) -> String {
    let say = match &entry.kind {
        Type::Text(most) => format!("不超过{most}个字。"),
        Type::Name => "请填写姓名或单位全称，不超过40个字。".to_string(),
        Type::IdNumber => "请填写18位居民身份证号码。".to_string(),
        Type::CreditCode => "请填写18位统一社会信用代码。".to_string(),
        Type::Phone => "请填写电话号码，如 0565-6811234 或手机号。".to_string(),
        Type::Email => "请填写电子邮箱。".to_string(),
        Type::Address => "请填写详细地址。".to_string(),
        Type::Integer => format!("请填写整数{}。", between(entry)),
        Type::Decimal(places) => format!("请填写数字，最多{places}位小数{}。", between(entry)),
        Type::Money => format!("请填写金额（元），最多两位小数{}。", between(entry)),
        Type::Percent => "请填写0到100之间的数字，不写百分号。".to_string(),
        Type::AboutNumber => "请填写数字，可带“余”“多”“约”，如 300余。".to_string(),
        Type::Date => format!("请按 2026-07-01 的样子填写日期{}。", between(entry)),
        Type::Month => "请按 2026-07 的样子填写年月。".to_string(),
        Type::Year => "请填写四位年份，如 2026。".to_string(),
        Type::Time => "请按 09:30 的样子填写时间。".to_string(),
        Type::Period => "请按 2026、2026-05、2026-Q2 或 2026-W14 的样子填写。".to_string(),
        Type::YesNo => "请从下拉列表中选“是”或“否”。".to_string(),
        Type::Office => "请填写单位名称。".to_string(),
        Type::One(_) => "请从下拉列表中选择一项。".to_string(),
        Type::Any(words) => format!("可填多项，用“、”隔开：{}。", words.join("、")),
        Type::File => "请填写附件的文件名，并把附件和本表放在一起交。".to_string(),
        Type::Image => "请填写图片的文件名，并把图片和本表放在一起交。".to_string(),
        Type::List(_, least) if *least > 1 => format!("每行填一项，至少{least}项（在单元格内换行按 Alt+回车）。"),
        Type::List(..) => "每行填一项（在单元格内换行按 Alt+回车）。".to_string(),
        Type::Table(..) => String::new(),
    };
    if entry.shown { String::new() } else { say }
}

fn between(entry: &Entry) -> String {
    match (&entry.min, &entry.max) {
        (Some(min), Some(max)) => format!("，从{min}到{max}"),
        (Some(min), None) => format!("，不小于{min}"),
        (None, Some(max)) => format!("，不大于{max}"),
        (None, None) => String::new(),
    }
}

/// The choices of a field that is to be filled in.
pub fn open_choices(entry: &Entry) -> Option<Vec<String>> {
    let choices = if let Type::Any(words) = &entry.kind { Some(words.clone()) } else { choices(&entry.kind) };
    choices.filter(|words| !entry.shown && !words.is_empty())
}

/// Whether the choices of a Word form get boxes to tick.
pub fn boxed(kind: &Type, choices: &[String]) -> bool {
    let characters: usize = choices.iter().map(|word| word.chars().count()).sum();
    let few = choices.len() <= BOXES_MAX && characters <= BOXES_CHARACTERS_MAX;
    few && (choices.len() <= BOXES_MAX / 2 || matches!(kind, Type::Any(_)))
}

/// What is said beside a field of a Word form.
pub fn aside(entry: &Entry) -> String {
    let choices = open_choices(entry);
    let wanted = match &entry.kind {
        _ if entry.shown => String::new(),
        Type::Date => "如 2026年7月1日，写到日。".to_string(),
        Type::YesNo => "勾选一项。".to_string(),
        Type::One(_) => match choices {
            Some(choices) if boxed(&entry.kind, &choices) => "勾选一项。".to_string(),
            Some(_) | None => "从列表中选择一项。".to_string(),
        },
        Type::Any(words) if boxed(&entry.kind, words) => "可勾选多项。".to_string(),
        Type::List(_, least) if *least > 1 => format!("每行填一项，至少{least}项。"),
        Type::List(..) => "每行填一项。".to_string(),
        Type::Text(_) | Type::Name | Type::IdNumber | Type::CreditCode | Type::Phone | Type::Email | Type::Address => {
            wanted(entry)
        }
        Type::Integer | Type::Decimal(_) | Type::Money | Type::Percent | Type::AboutNumber => wanted(entry),
        Type::Month | Type::Year | Type::Time | Type::Period => wanted(entry),
        Type::Image => "请把图片插入左边的格子，或者填写图片的文件名，并把图片和本表放在一起交。".to_string(),
        Type::Office | Type::File | Type::Any(_) | Type::Table(..) => wanted(entry),
    };
    let said = entry.hint.iter().cloned().chain(only(entry)).chain([wanted]);
    said.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// What is said of a column below the list it belongs to; nothing, where there is nothing to say.
pub fn below(entry: &Entry) -> Option<String> {
    let aside = aside(entry).replace('\n', "");
    (!entry.shown && !aside.is_empty()).then(|| format!("{}：{aside}", entry.title))
}

/// What a line above the tables of a Word form is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Around {
    /// the title
    Title,
    /// what the form answers
    Number,
    /// how many there may be and are, which is another number on another day
    Quota,
    /// what to do
    Note,
    /// what must not be forgotten
    Warning,
}

/// The lines above the tables of a Word form; `apart`, where each object is to fill a file of its own.
pub fn above(form: &Form, apart: bool) -> Vec<(Around, String)> {
    let answers = &form.answers;
    let task = answers.task.map(|task| format!("{task}号"));
    let version = answers.task.map(|_| format!("第{}版", answers.revision));
    let about = answers.case.clone().unwrap_or_else(|| answers.about.clone());
    let number = [Some(about), answers.stage.clone(), task, version].into_iter().flatten();
    let number: Vec<String> = number.filter(|it| !it.is_empty()).collect();
    let mut lines = vec![(Around::Title, form.title.clone()), (Around::Number, format!("表号：{}", number.join("·")))];
    lines.extend(form.notes.iter().map(|text| (Around::Note, text.clone())));
    for (label, allowed, used) in &form.quotas {
        lines.push((Around::Quota, format!("名额：{label}，可报{allowed}，已报{used}。")));
    }
    let mut note = |text: String| lines.push((Around::Note, text));
    if apart {
        note(
            "一份表填一个对象，不填的类别空着。有几个对象的，复制成几份分别填写，放进同一个文件夹，再移到“交件”。"
                .to_string(),
        );
    }
    note(
        "浅黄色格必填，白色格可不填或按说明填写，灰色格不用填。方框点一下即勾选，也可改打“√”。不要改动栏目名称。"
            .to_string(),
    );
    lines.push((Around::Warning, "填好存盘后，请把本文件放进“交件”文件夹；留在“待办”里不算交。".to_string()));
    if !form.attach.is_empty() {
        let attach = form.attach.join("；");
        lines.push((Around::Note, format!("须附材料（与本文件放在同一个文件夹里一起交）：{attach}。")));
    }
    lines
}

/// A value without what we said beside it ourselves: whoever makes one cell of both has the words in one.
pub fn without_aside(entry: &Entry, text: &str) -> String {
    let said = aside(entry);
    let bare = |line: &str| line.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    let said: Vec<String> = said.lines().map(bare).filter(|line| !line.is_empty()).collect();
    let lines: Vec<&str> = text.trim_end().lines().collect();
    let kept = lines.len().saturating_sub(said.len());
    match lines.get(kept..) {
        Some(last) if !said.is_empty() && last.iter().map(|line| bare(line)).eq(said) => lines[..kept].join("\n"),
        _ => text.to_owned(),
    }
}
