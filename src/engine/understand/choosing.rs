//! Which of the files of a drop are its form. What says itself what it answers is; a Word file that is named like an attachment which
//! is demanded, or has none of the labels that are asked for, is none.
//!
//! Nothing that was filled in is passed over in silence: where two kinds of forms are filled in, both are named and come back.

use super::reading::{Found, Read};
use super::words;
use crate::submission::read::{Likeness, NOTHING_FOUND, likeness};
use crate::submission::{Fault, Filled, Form};

/// The form among the files of a drop, and the names of the files it stands in. `asked` is what it has to answer, where that is known.
///
/// # Errors
/// No form, or more than one.
pub(super) fn the_form(found: Found, asked: Option<&Form>) -> Result<(Filled, Vec<String>), Vec<Fault>> {
    let Found { sheets, papers, unreadable } = found;
    let alone = sheets.len() + papers.len() == 1;
    let demanded = |(_, name): &Read| {
        let attach = asked.map(|form| form.attach.as_slice()).unwrap_or_default();
        !alone && attach.iter().any(|demanded| name.contains(demanded.as_str()))
    };
    let part =
        |read: Vec<Read>| -> (Vec<Read>, Vec<Read>) { read.into_iter().partition(|one| says(one) || !demanded(one)) };
    let ((sheets, mut beside), (mut papers, attached)) = (part(sheets), part(papers));
    if sheets.is_empty() && papers.is_empty() {
        // what is named like an attachment may be the form all the same, where there is no other
        let (like, other) = attached.into_iter().partition(|one| likeness_of(asked, one).labelled);
        papers = like;
        beside.extend(other);
        if papers.is_empty() {
            return Err(if unreadable.is_empty() { vec![words::none_filled_in(&beside)] } else { unreadable });
        }
    }
    match (sheets.iter().any(says), papers.iter().any(says)) {
        (true, true) => Err(vec![words::beside(&sheets, &papers)]),
        (true, false) => {
            let rivals = rivals(asked, sheets.iter().chain(&papers));
            let chosen = the_sheet(sheets)?;
            no_rival(&chosen.1, &rivals)?;
            Ok(chosen)
        }
        (false, true) => {
            let rivals = rivals(asked, sheets.iter().chain(&papers));
            let chosen = words::together(papers.into_iter().filter(says).collect())?;
            no_rival(&chosen.1, &rivals)?;
            Ok(chosen)
        }
        (false, false) if sheets.is_empty() => words::together(own_papers(asked, papers, unreadable)?),
        (false, false) => {
            let names: Vec<String> = sheets.iter().map(|(_, name)| name.clone()).collect();
            no_rival(&names, &rivals(asked, papers.iter()))?;
            the_sheet(sheets)
        }
    }
}

fn says((read, _): &Read) -> bool {
    read.as_ref().is_ok_and(|filled| filled.answers.is_some())
}

/// The only sheet that says what it answers; when none does, the only one, or the only one that is broken.
fn the_sheet(mut sheets: Vec<Read>) -> Result<(Filled, Vec<String>), Vec<Fault>> {
    let listed: Vec<&str> = sheets.iter().map(|(_, name)| name.as_str()).collect();
    let several = format!("文件夹里有几个表格（{}），一个文件夹只能放一个表格，请分开交。", listed.join("、"));
    if sheets.len() > 1 {
        if sheets.iter().any(says) {
            sheets.retain(says);
        } else {
            sheets.retain(|(read, _)| read.is_err());
        }
    }
    match (sheets.pop(), sheets.is_empty()) {
        (Some((form, name)), true) => form.map(|filled| (filled, vec![name])),
        (Some(_) | None, _) => Err(vec![Fault::at("", several)]),
    }
}

/// The files of an office's own that were filled in with what is asked: they are no attachments of another form.
fn rivals<'r>(asked: Option<&Form>, read: impl Iterator<Item = &'r Read>) -> Vec<String> {
    read.filter(|one| likeness_of(asked, one).filled).map(|(_, name)| name.clone()).collect()
}

fn no_rival(forms: &[String], rivals: &[String]) -> Result<(), Vec<Fault>> {
    if rivals.is_empty() { Ok(()) } else { Err(vec![words::rivals(forms, rivals)]) }
}

/// The Word files of an office's own that are forms: those with most of what is asked; where there are none, those with some of it.
fn own_papers(asked: Option<&Form>, papers: Vec<Read>, unreadable: Vec<Fault>) -> Result<Vec<Read>, Vec<Fault>> {
    let broken = papers.iter().all(|(read, _)| read.is_err());
    if asked.is_none() || broken {
        return Ok(papers);
    }
    let (most, others): (Vec<Read>, Vec<Read>) = papers.into_iter().partition(|one| likeness_of(asked, one).labelled);
    if !most.is_empty() {
        return Ok(most);
    }
    let (some, none): (Vec<Read>, Vec<Read>) = others.into_iter().partition(|one| likeness_of(asked, one).any);
    if !some.is_empty() {
        return Ok(some);
    }
    let nothing = none.into_iter().map(|(read, name)| match read {
        Ok(_) => vec![Fault::at(name, NOTHING_FOUND)],
        Err(faults) => faults,
    });
    Err(nothing.flatten().chain(unreadable).collect())
}

fn likeness_of(asked: Option<&Form>, (read, _): &Read) -> Likeness {
    let read = read.as_ref().ok().filter(|filled| filled.answers.is_none());
    asked.zip(read).map(|(form, filled)| likeness(form, filled)).unwrap_or_default()
}
