//! The preview of a Word template: filled with data, every problem told at once.

use super::{Asked, has_faces, leave, values};
use crate::cli::Answer;
use crate::cli::play::text_of;
use crate::cli::scratch::Scratch;
use crate::cli::voice::{data, talk};
use crate::document::fill::{PICTURE_BYTES_MAX, TEMPLATE_BYTES_MAX, WordTemplate};
use crate::document::office::Office;
use crate::engine::{self, alone, too_long};
use crate::files;
use anyhow::bail;
use chrono::NaiveDate;
use serde_json::Value;
use std::path::Path;

/// Fills the file and leaves it in the folder that is asked for; so too its PDF, where an office suite is set.
pub(super) fn render(spool: &Path, asked: &Asked) -> anyhow::Result<Answer> {
    let Some(template) = read(asked)? else { return Ok(Answer::No) };
    let Some(with) = &asked.with else {
        data(template.example().trim_end());
        return Ok(Answer::Yes);
    };
    let Some(values) = values(with)? else { return Ok(Answer::No) };
    let folder = with.parent().map(Path::to_path_buf).unwrap_or_default();
    // a picture is a file beside the data; in a case it is one that was handed in
    let filled = template.fill(&values, &|name| {
        let inside = Path::new(name).components().all(|it| matches!(it, std::path::Component::Normal(_)));
        files::read_at_most(&folder.join(name), PICTURE_BYTES_MAX as u64).ok().flatten().filter(|_| inside)
    });
    let filled = match filled {
        Ok(filled) => filled,
        Err(error) => {
            let problems = error.diagnostics(&asked.template.display().to_string());
            problems.iter().for_each(talk);
            talk(format_args!("{} problems; `--example` prints data to begin with", problems.len()));
            return Ok(Answer::No);
        }
    };
    let fonts = super::super::fonts::faces_of(spool)?;
    if !has_faces(&fonts, &filled.text(), &values) {
        return Ok(Answer::No);
    }
    let word = filled.word()?;
    let mut papers = vec![(".docx", word.clone())];
    match engine::settings_of(spool)?.libreoffice {
        Some(program) => {
            let scratch = Scratch::new()?;
            let made = Office::new(program, scratch.path().join("office")).pdf(&word, dated(&values), &fonts);
            match made {
                Ok(pdf) => papers.push((".pdf", pdf.bytes)),
                Err(why) => bail!("the Word file is filled, but there is no PDF: {why}"),
            }
        }
        None => talk("no PDF is made: `libreoffice` is not set in banwen.yaml"),
    }
    leave(asked, &papers)
}

/// The day the paper bears.
fn dated(values: &Value) -> NaiveDate {
    let date = values.get("成文日期").and_then(Value::as_str);
    date.and_then(|it| it.parse().ok()).unwrap_or_default()
}

/// The template with the text beside it; nothing when one of them cannot be read, which has been said, and with it what the data lack.
fn read(asked: &Asked) -> anyhow::Result<Option<WordTemplate>> {
    let path = asked.template.as_path();
    let (stem, shown) = (path.file_stem().unwrap_or_default().to_string_lossy(), path.display().to_string());
    let front = path.with_extension("md");
    let read = match files::read_at_most(path, TEMPLATE_BYTES_MAX as u64)? {
        None => Err(vec![too_long(&shown)]),
        Some(_) if !front.is_file() => Err(vec![alone(&shown, &stem)]),
        Some(bytes) => {
            let text = text_of(&front)?;
            let read = WordTemplate::read(&stem, &shown, &text, &bytes);
            let data = asked.with.as_deref().filter(|_| read.is_err()).map(values).transpose()?.flatten();
            let paths = (front.display().to_string(), shown.as_str());
            let lacking = data.map(|data| WordTemplate::partly_lacking(&text, &bytes, &data, (&paths.0, paths.1)));
            read.map_err(|problems| problems.into_iter().chain(lacking.unwrap_or_default()).collect())
        }
    };
    match read {
        Ok(template) => Ok(Some(template)),
        Err(problems) => {
            problems.iter().for_each(talk);
            Ok(None)
        }
    }
}
