//! Every file of the page, and the gate each notice and paper passes alone: one that is not fit keeps no other off.

use super::{
    Contact, Download, FRAGMENT_BYTES_MAX, Finding, Notice, PAGE_ID, PLAIN_TITLE, Paper, PublishError, STYLE, Site,
    State, fragment, page, page_name, scan_placed, scan_private, scan_word, text_of,
};
use std::collections::BTreeMap;

/// Files by path, and what is not fit with its reason.
type Rendered = (BTreeMap<String, Vec<u8>>, Vec<(String, String)>);

/// Every fit file of the site by its path in the folder, and what is not fit.
pub(super) fn render(site: &Site) -> Rendered {
    let mut out = BTreeMap::new();
    let mut refused = Vec::new();
    // the fit entries only: what the list shows and whose files are written
    let mut fit = Site { notices: Vec::new(), papers: Vec::new(), ..site.clone() };
    if let Err(error) = refuse_private(PAGE_ID, &text_of(&page::index(&fit)), &fit.public_contacts) {
        refused.push((PAGE_ID.to_owned(), error.reason()));
        PLAIN_TITLE.clone_into(&mut fit.office_title);
    }
    let frame = fit.clone();
    for notice in site.notices.iter().filter(|notice| notice.state == State::Current) {
        match add_notice(&mut out, &frame, notice) {
            Ok(()) => fit.notices.push(notice.clone()),
            Err(error) => refused.push((notice.id.clone(), error.reason())),
        }
    }
    for paper in &site.papers {
        match add_paper(&mut out, &frame, paper) {
            Ok(()) => fit.papers.push(paper.clone()),
            Err(error) => refused.push((paper.id.clone(), error.reason())),
        }
    }
    out.insert("assets/style.css".to_owned(), STYLE.as_bytes().to_vec());
    out.insert("index.html".to_owned(), page::index(&fit).into_bytes());
    (out, refused)
}

fn add_notice(out: &mut BTreeMap<String, Vec<u8>>, frame: &Site, notice: &Notice) -> Result<(), PublishError> {
    let texts = [&notice.title, &notice.count_explanation, &notice.days_left_text];
    let entry = Entry {
        id: &notice.id,
        html_body: &notice.html_body,
        texts: texts.map(String::as_str).join("\n"),
        line: page::index(&Site { notices: vec![notice.clone()], ..frame.clone() }),
        downloads: [(&notice.word, "docx"), (&notice.pdf, "pdf")],
    };
    add(out, &entry, &allowed(frame, Some(&notice.contact), &notice.public_numbers), page::notice(frame, notice))
}

fn add_paper(out: &mut BTreeMap<String, Vec<u8>>, frame: &Site, paper: &Paper) -> Result<(), PublishError> {
    let entry = Entry {
        id: &paper.id,
        html_body: &paper.html_body,
        texts: format!("{}\n{}", paper.title, paper.number.as_deref().unwrap_or_default()),
        line: page::index(&Site { papers: vec![paper.clone()], ..frame.clone() }),
        downloads: [(&paper.word, "docx"), (&paper.pdf, "pdf")],
    };
    add(out, &entry, &allowed(frame, paper.contact.as_ref(), &paper.public_numbers), page::paper(frame, paper))
}

/// What a notice and a paper have in common.
struct Entry<'a> {
    id: &'a str,
    html_body: &'a str,
    texts: String,
    /// the list with this entry alone: all that it shows of it
    line: String,
    downloads: [(&'a Option<Download>, &'static str); 2],
}

fn add(
    out: &mut BTreeMap<String, Vec<u8>>,
    entry: &Entry<'_>,
    allowed: &[String],
    html: String,
) -> Result<(), PublishError> {
    let refuse = |reason: String| PublishError::Unsafe { id: entry.id.to_owned(), reason };
    if entry.html_body.len() > FRAGMENT_BYTES_MAX {
        return Err(refuse(format!("{} bytes of HTML; {FRAGMENT_BYTES_MAX} are possible", entry.html_body.len())));
    }
    fragment::check(entry.html_body).map_err(refuse)?;
    refuse_private(entry.id, &format!("{}\n{}", entry.texts, text_of(entry.html_body)), allowed)?;
    refuse_private(entry.id, &text_of(&entry.line), allowed)?;
    let name = page_name(entry.id);
    let path = format!("notices/{name}.html");
    if out.contains_key(&path) {
        return Err(PublishError::Duplicate(entry.id.to_owned()));
    }
    // all of it is fit, or none of it is there
    let mut files = vec![(path, html.into_bytes())];
    for (download, ending) in &entry.downloads {
        let Some(download) = download else { continue };
        refuse_private(entry.id, &download.file_name, allowed)?;
        let word = if *ending == "docx" { scan_word(&download.bytes, allowed) } else { Ok(Vec::new()) };
        let word = word.map_err(|error| refuse(format!("Word file: {error}")))?;
        refuse_findings(entry.id, word.into_iter().map(|found| found.within("Word 文件")).collect())?;
        let pdf = scan_placed(&download.texts, allowed);
        refuse_findings(entry.id, pdf.into_iter().map(|found| found.within("PDF 文件")).collect())?;
        files.push((format!("notices/{name}.{ending}"), download.bytes.clone()));
    }
    out.extend(files);
    Ok(())
}

fn allowed(site: &Site, contact: Option<&Contact>, meant: &[String]) -> Vec<String> {
    let own = contact.into_iter().flat_map(|contact| [contact.phone.clone(), contact.email.clone()]);
    site.public_contacts.iter().chain(meant).cloned().chain(own).filter(|one| !one.trim().is_empty()).collect()
}

fn refuse_private(id: &str, text: &str, allowed: &[String]) -> Result<(), PublishError> {
    refuse_findings(id, scan_private(text, allowed))
}

fn refuse_findings(id: &str, findings: Vec<Finding>) -> Result<(), PublishError> {
    if findings.is_empty() { Ok(()) } else { Err(PublishError::Private { id: id.to_owned(), findings }) }
}
