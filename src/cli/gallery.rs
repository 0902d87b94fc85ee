//! `banwen gallery`: every kind of paper, to be looked at before a layout or a face goes into use.

use super::Answer;
use super::scratch::Scratch;
use super::voice::talk;
use crate::document::fonts::Fonts;
use crate::document::gallery::{self, DEMANDS, KINDS};
use crate::document::office::Office;
use crate::files;
use std::fmt::Write as _;
use std::path::Path;

/// Writes the papers, in the faces of the spool when it has its own, and `index.html`. What cannot be made is said at the end; the
/// answer is then no.
pub(super) fn gallery(spool: &Path, out: &Path) -> anyhow::Result<Answer> {
    let fonts = super::fonts::faces_of(spool)?;
    files::create_dirs(out)?;
    let mut rows = String::new();
    let mut wrong = Vec::new();
    for (kind, source) in KINDS {
        let _ = write!(rows, "<tr><th scope=\"row\">{kind}</th>");
        for demand in DEMANDS {
            match gallery::sheet(kind, source, demand, &fonts) {
                Ok(sheet) => {
                    files::write_atomic(&out.join(format!("{}.docx", sheet.name)), &sheet.word)?;
                    files::write_atomic(&out.join(format!("{}.pdf", sheet.name)), &sheet.pdf)?;
                    let name = &sheet.name;
                    let _ = write!(rows, "<td><a href=\"{name}.pdf\">PDF</a> <a href=\"{name}.docx\">Word</a></td>");
                }
                Err(why) => {
                    rows.push_str("<td>—</td>");
                    wrong.push(why);
                }
            }
        }
        rows.push_str("</tr>\n");
        talk(format_args!("{kind}"));
    }
    rows.push_str(&by_word(spool, out, &fonts, &mut wrong)?);
    let heads: String = DEMANDS.iter().map(|demand| format!("<th scope=\"col\">{}</th>", demand.word())).collect();
    let page = format!(
        "<!doctype html>\n<html lang=\"zh-CN\">\n<meta charset=\"utf-8\">\n<title>公文样张</title>\n\
         <style>body{{font:16px/1.8 sans-serif;margin:2em auto;max-width:40em}}th,td{{padding:.3em 1.2em;\
         border-bottom:1px solid #ccc;text-align:left}}</style>\n<h1>公文样张</h1>\n<table>\n\
         <tr><th scope=\"col\">种类</th>{heads}</tr>\n{rows}</table>\n</html>\n"
    );
    files::write_atomic(&out.join("index.html"), page.as_bytes())?;
    for why in &wrong {
        talk(format_args!("banwen: {why}"));
    }
    talk(format_args!(
        "{} papers; open {}",
        ((KINDS.len() + 1) * DEMANDS.len()) - wrong.len(),
        out.join("index.html").display()
    ));
    Ok(Answer::of(wrong.is_empty()))
}

/// The row of the paper by a Word file of an office's own; its PDF is made where the spool names an office suite.
fn by_word(spool: &Path, out: &Path, fonts: &Fonts, wrong: &mut Vec<String>) -> anyhow::Result<String> {
    let kind = gallery::BY_WORD.0;
    let mut row = format!("<tr><th scope=\"row\">{kind}（Word模板）</th>");
    let suite = crate::engine::settings_of(spool)?.libreoffice;
    let scratch = Scratch::new()?;
    for demand in DEMANDS {
        let (name, filled) = match gallery::filled(demand) {
            Ok(made) => made,
            Err(why) => {
                row.push_str("<td>—</td>");
                wrong.push(why);
                continue;
            }
        };
        let word = filled.word()?;
        files::write_atomic(&out.join(format!("{name}.docx")), &word)?;
        let mut links = format!("<a href=\"{name}.docx\">Word</a>");
        if let Some(program) = &suite {
            let office = Office::new(program.clone(), scratch.path().join("office"));
            match office.pdf(&word, chrono::NaiveDate::default(), fonts) {
                Ok(pdf) => {
                    files::write_atomic(&out.join(format!("{name}.pdf")), &pdf.bytes)?;
                    links = format!("<a href=\"{name}.pdf\">PDF</a> {links}");
                }
                Err(why) => wrong.push(format!("{name}: {why}")),
            }
        }
        let _ = write!(row, "<td>{links}</td>");
    }
    talk(format_args!("{kind}"));
    Ok(row + "</tr>\n")
}
