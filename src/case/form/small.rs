//! Forms that ask for a few things: a notice posted, a paper sealed, confirmed or served, a question.

use super::plain;
use crate::case::event::{Ask, QuestionAbout};
use crate::case::program::Program;
use crate::case::story::{item_name, unmade as unmade_words};
use crate::case::{Case, Question, Task};
use crate::submission::{Form, Type};
use crate::workflow::{Stage, Workflow};

/// Papers that could not be made are listed by name up to this many.
const UNMADE_LISTED_MAX: usize = 50;

pub(super) fn small(form: &mut Form, workflow: &Workflow, case: &Case, ask: &Ask) {
    match ask {
        Ask::Post(channel) => {
            let batch = form.answers.task.and_then(|task| case.tasks.get(&task)?.batch);
            let notice = batch.and_then(|batch| case.papers(batch).filter(|d| d.notice).last());
            let number = notice.and_then(|d| d.number.as_ref()).map(ToString::to_string).unwrap_or_default();
            let named = notice.map_or_else(|| "文稿".to_owned(), |d| format!("《{}》{number}", d.title));
            form.notes.push(format!(
                "请把“公文”文件夹中的{named}在“{channel}”张贴或者公布，然后填写张贴日期交回。有公示期的，从最后一处张贴之日起计算。"
            ));
            form.notes.push("如有张贴照片，请与本表放进同一个文件夹交回。".to_string());
            form.head.push(plain("on", "张贴日期", Type::Date, false, "实际张贴或者公布的日期"));
        }
        Ask::Seal(document) => {
            let title = case.documents.get(document).map(|d| d.title.clone()).unwrap_or_default();
            let number = case
                .documents
                .get(document)
                .and_then(|d| d.number.as_ref())
                .map(ToString::to_string)
                .unwrap_or_default();
            form.notes.push(format!("请印制《{title}》{number}，签发、用印后扫描，把扫描件命名为“盖章扫描件”，与本表放进同一个文件夹交回。盖章件交回之前，文件不会发出。"));
            form.head.push(plain("same", "与定稿一致", Type::YesNo, false, "盖章件与定稿逐字核对一致的填“是”"));
            form.attach.push("盖章扫描件".to_string());
        }
        Ask::Question(question) => {
            if let Some(asked) = case.questions.get(question) {
                form.notes.push(asked.text.clone());
                form.notes.extend(asked.unmade().into_iter().flat_map(|first| unmade(workflow, case, first)));
                let (kind, hint) = answers(asked);
                form.head.push(plain("answer", "答复", kind, false, &hint));
                form.head.push(plain("reason", "理由", Type::Text(500), true, ""));
            }
        }
        Ask::Report(document) => {
            let title = case.documents.get(document).map(|d| d.title.clone()).unwrap_or_default();
            form.notes.push(format!("《{title}》草稿已放在“公文”文件夹，请核对后交回本表；交回后即行报送。"));
            form.head.push(plain("agree", "同意报送", Type::YesNo, false, ""));
            form.head.push(plain("signer", "签发人", Type::Name, false, "上行文须注明签发人"));
        }
        Ask::Serve(document) => {
            let title = case.documents.get(document).map(|d| d.title.clone()).unwrap_or_default();
            form.notes.push(format!("请将《{title}》送达，并填写送达回证交回。"));
            form.head.push(plain("on", "送达日期", Type::Date, false, "实际送到的日期；邮寄的以签收日期为准"));
            form.head.push(plain(
                "mode",
                "送达方式",
                Type::One(["直接送达", "邮寄送达", "电子送达", "留置送达"].map(str::to_string).to_vec()),
                false,
                "电子送达须有受送达人同意的记录",
            ));
            form.head.push(plain("place", "送达地点", Type::Text(200), true, ""));
            form.head.push(plain("signatory", "签收人", Type::Name, true, "直接送达须有签收人"));
            form.head.push(plain("witness", "见证人", Type::Name, true, "留置送达须有见证人，或者附照片、录像"));
        }
        Ask::Acknowledge(document) => {
            let title = case.documents.get(document).map(|d| d.title.clone()).unwrap_or_default();
            form.notes.push(format!("《{title}》已报送，收到上级签收或批复后填写本表交回；交回之前本环节不办结。"));
            form.head.push(plain("on", "签收日期", Type::Date, false, "上级签收或批复的日期"));
            form.head.push(plain("signatory", "签收人", Type::Name, true, ""));
            form.head.push(plain("number", "上级收文号", Type::Text(100), true, "有的填写"));
        }
        Ask::Nominate | Ask::Correct | Ask::Answer | Ask::Witness(_) | Ask::Copies => {}
    }
}

/// Every paper a question covers, unless that is the one its words name.
fn unmade(workflow: &Workflow, case: &Case, first: u32) -> Vec<String> {
    let papers = case.unmade_like(first);
    if papers.iter().all(|d| d.id == first) {
        return Vec::new();
    }
    let told = papers.iter().enumerate().map(|(n, d)| format!("{}. {}", n + 1, unmade_words(workflow, case, d)));
    let more = papers.len().saturating_sub(UNMADE_LISTED_MAX);
    let more = (more > 0).then(|| format!("……另有{more}份，从略。"));
    let head = format!("未能生成的文书现共{}份，您的答复对这{}份一并有效：", papers.len(), papers.len());
    std::iter::once(head).chain(told.take(UNMADE_LISTED_MAX)).chain(more).collect()
}

/// The sealed paper copies of an answer, as the opener confirms them.
pub(super) fn copies(form: &mut Form, program: &Program, case: &Case, task: &Task, stage: &Stage) {
    let of = task.items.iter().filter_map(|id| case.item(*id));
    let names: Vec<String> = of.map(|item| item_name(program.workflow(), item)).collect();
    let of = if names.is_empty() { String::new() } else { format!("（{}）", names.join("、")) };
    form.notes.push(format!(
        "“{}”{of}须同时报送纸质盖章件{}份。收齐后填写本表交回；交回之前不进入下一环节。",
        stage.title, stage.paper
    ));
    form.head.push(plain("copies", "收到份数", Type::Integer, false, ""));
    form.head.push(plain("on", "收到日期", Type::Date, false, "收齐纸质件的日期"));
}

/// What a question is answered by: one of its answers, or of equals as many as there are places.
fn answers(asked: &Question) -> (Type, String) {
    if let QuestionAbout::Tie { places, .. } = &asked.about {
        return (Type::Any(asked.answers.clone()), format!("选定{places}个，用顿号隔开"));
    }
    (Type::One(asked.answers.clone()), String::new())
}
