//! The pages' HTML: one list, one page for each notice and paper. No script, no inline style, nothing from elsewhere.

use super::{Contact, Download, Notice, Paper, Site, State, escape, page_name};
use chrono::{Datelike, NaiveDate};

/// Forbids everything but our own style sheet and pictures, whatever a fragment may hold.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'";
/// How often a hall display fetches the list anew, in seconds.
const RELOAD_SECONDS: u32 = 900;

/// The list: current notices with the days left, then the papers that stay.
pub(super) fn index(site: &Site) -> String {
    let mut notices: Vec<&Notice> = site.notices.iter().filter(|notice| notice.state == State::Current).collect();
    notices.sort_by_key(|notice| (std::cmp::Reverse(notice.from), &notice.id));
    let mut papers: Vec<&Paper> = site.papers.iter().collect();
    papers.sort_by_key(|paper| (std::cmp::Reverse(paper.date), &paper.id));
    let mut body = String::from(
        "<main>\n<section class=\"current\" aria-labelledby=\"current\">\n<h2 id=\"current\">正在公示</h2>\n",
    );
    if notices.is_empty() {
        body.push_str("<p class=\"none\">目前没有正在公示的事项。</p>\n");
    }
    notices.iter().for_each(|notice| body.push_str(&card(notice)));
    body.push_str("</section>\n");
    if !papers.is_empty() {
        body.push_str(
            "<section class=\"papers\" aria-labelledby=\"papers\">\n<h2 id=\"papers\">决定与通报</h2>\n<ul>\n",
        );
        papers.iter().for_each(|paper| body.push_str(&line(paper)));
        body.push_str("</ul>\n</section>\n");
    }
    body.push_str("</main>\n");
    let reload = format!("<meta http-equiv=\"refresh\" content=\"{RELOAD_SECONDS}\">\n");
    frame(site, &Frame { title: "公示栏", root: "", head: &reload, class: "list", body: &body })
}

/// One notice with its period, its downloads and where to object.
pub(super) fn notice(site: &Site, notice: &Notice) -> String {
    let mut body = String::from("<main>\n<article>\n");
    body.push_str(&format!("<p class=\"kind\">{} · {}</p>\n", escape(&notice.office), escape(&notice.kind)));
    body.push_str(&format!("<h2 class=\"title\">{}</h2>\n", escape(&notice.title)));
    body.push_str(&format!(
        "<div class=\"period\">\n<p class=\"left\">{}</p>\n<p class=\"dates\">公示期：{}</p>\n",
        escape(&notice.days_left_text),
        period(notice)
    ));
    if !notice.count_explanation.is_empty() {
        body.push_str(&format!("<p class=\"count\">{}</p>\n", escape(&notice.count_explanation)));
    }
    body.push_str("</div>\n");
    body.push_str(&downloads(&notice.id, &notice.word, &notice.pdf));
    body.push_str(&format!("<div class=\"text\">\n{}\n</div>\n", notice.html_body));
    body.push_str(&contact("对公示内容有异议，请在公示期内实名反映", &notice.contact));
    body.push_str("</article>\n<p class=\"back\"><a href=\"../index.html\">返回公示栏</a></p>\n</main>\n");
    frame(site, &Frame { title: &notice.title, root: "../", head: "", class: "page", body: &body })
}

/// One paper that stays.
pub(super) fn paper(site: &Site, paper: &Paper) -> String {
    let mut body = String::from("<main>\n<article>\n");
    body.push_str(&format!("<p class=\"kind\">{} · {}</p>\n", escape(&paper.office), escape(&paper.kind)));
    body.push_str(&format!("<h2 class=\"title\">{}</h2>\n", escape(&paper.title)));
    let number = paper.number.as_deref().map(|number| format!("{}　", escape(number))).unwrap_or_default();
    body.push_str(&format!("<p class=\"number\">{number}{}</p>\n", day(paper.date)));
    if let Some(standing) = &paper.standing {
        body.push_str(&format!("<p class=\"number\"><strong>{}</strong></p>\n", escape(standing)));
    }
    body.push_str(&downloads(&paper.id, &paper.word, &paper.pdf));
    body.push_str(&format!("<div class=\"text\">\n{}\n</div>\n", paper.html_body));
    if let Some(whom) = &paper.contact {
        body.push_str(&contact("联系方式", whom));
    }
    body.push_str("</article>\n<p class=\"back\"><a href=\"../index.html\">返回公示栏</a></p>\n</main>\n");
    frame(site, &Frame { title: &paper.title, root: "../", head: "", class: "page", body: &body })
}

struct Frame<'a> {
    title: &'a str,
    root: &'a str,
    head: &'a str,
    class: &'a str,
    body: &'a str,
}

fn frame(site: &Site, frame: &Frame<'_>) -> String {
    let Frame { title, root, head, class, body } = frame;
    let (office, title) = (escape(&site.office_title), escape(title));
    let now = format!("{} {}", day(site.now.date()), site.now.format("%H:%M"));
    format!(
        "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <meta name=\"format-detection\" content=\"telephone=no\">\n{head}\
         <title>{title} - {office}</title>\n<link rel=\"stylesheet\" href=\"{root}assets/style.css\">\n</head>\n\
         <body class=\"{class}\">\n<header>\n<h1>{office}</h1>\n</header>\n{body}\
         <footer><p>本页更新于{now}</p></footer>\n</body>\n</html>\n"
    )
}

fn card(notice: &Notice) -> String {
    let href = format!("notices/{}.html", page_name(&notice.id));
    format!(
        "<article class=\"card\">\n<div class=\"what\">\n<p class=\"kind\">{} · {}</p>\n\
         <h3><a href=\"{href}\">{}</a></h3>\n<p class=\"dates\">公示期：{}</p>\n{}</div>\n\
         <p class=\"left\">{}</p>\n</article>\n",
        escape(&notice.office),
        escape(&notice.kind),
        escape(&notice.title),
        period(notice),
        objections(&notice.contact),
        escape(&notice.days_left_text),
    )
}

/// One line for the list: a hall display shows it to people who cannot follow a link.
fn objections(contact: &Contact) -> String {
    if contact.phone.is_empty() && contact.office.is_empty() {
        return String::new();
    }
    format!("<p class=\"whom\">异议受理：{} {}</p>\n", escape(&contact.office), escape(&contact.phone))
}

fn line(paper: &Paper) -> String {
    let number = paper.number.as_deref().map(|number| format!("<span class=\"no\">{}</span> ", escape(number)));
    let standing = paper.standing.as_deref().map(|standing| format!("<strong>（{}）</strong>", escape(standing)));
    format!(
        "<li><a href=\"notices/{}.html\">{}</a>{} <span class=\"meta\">{}<time datetime=\"{}\">{}</time></span></li>\n",
        page_name(&paper.id),
        escape(&paper.title),
        standing.unwrap_or_default(),
        number.unwrap_or_default(),
        paper.date.format("%Y-%m-%d"),
        day(paper.date),
    )
}

fn period(notice: &Notice) -> String {
    let from = day(notice.from);
    let provisional = "<strong class=\"provisional\">（暂定：节假日安排尚未公布，日期可能调整）</strong>";
    match notice.until {
        Some(until) => format!("{from}至{}{}", day(until), if notice.provisional { provisional } else { "" }),
        None => format!("{from}起"),
    }
}

fn downloads(id: &str, word: &Option<Download>, pdf: &Option<Download>) -> String {
    let one = |download: &Option<Download>, ending: &str, label: &str| {
        let name = &download.as_ref()?.file_name;
        let href = format!("{}.{ending}", page_name(id));
        Some(format!("<li><a href=\"{href}\" download=\"{}\">{label}</a></li>\n", escape(name)))
    };
    let items: String = [one(pdf, "pdf", "下载 PDF"), one(word, "docx", "下载 Word")].into_iter().flatten().collect();
    if items.is_empty() { items } else { format!("<ul class=\"downloads\">\n{items}</ul>\n") }
}

fn contact(heading: &str, contact: &Contact) -> String {
    let rows = [
        ("受理单位", &contact.office),
        ("电　　话", &contact.phone),
        ("电子邮箱", &contact.email),
        ("通信地址", &contact.address),
    ];
    let rows: String = rows
        .iter()
        .filter(|(_, value)| !value.trim().is_empty())
        .map(|(label, value)| format!("<dt>{label}</dt><dd>{}</dd>\n", escape(value)))
        .collect();
    if rows.is_empty() {
        return rows;
    }
    format!("<section class=\"contact\">\n<h3>{}</h3>\n<dl>\n{rows}</dl>\n</section>\n", escape(heading))
}

fn day(date: NaiveDate) -> String {
    format!("{}年{}月{}日", date.year(), date.month(), date.day())
}
