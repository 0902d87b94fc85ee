//! Documents as a page's fragment and as plain text.
//!
//! Both hold the whole text in reading order. In HTML every text is escaped; there is no style, no script and no link.

use super::fit;
use super::model::{Block, Chart, Document, Layout, Span, Table, TableCell};
use crate::numerals::date_text;
use std::fmt::Write as _;

/// An `<article>` with the document's text: title, number, main text, signature, date, attachments.
pub fn html(document: &Document) -> String {
    let mut out = String::from("<article lang=\"zh-CN\">\n");
    if let Some(label) = &document.attached_to {
        classed(&mut out, "p", "label", label);
    }
    element(&mut out, "h1", &document.title.concat());
    if let Some(adopted) = &document.adopted {
        classed(&mut out, "p", "adopted", &format!("（{adopted}）"));
    }
    if let Some(number) = &document.number {
        classed(&mut out, "p", "number", number);
    }
    if let Some(main_to) = &document.main_to {
        classed(&mut out, "p", "to", &format!("{main_to}："));
    }
    document.body.iter().for_each(|block| block_html(&mut out, block));
    let listed = listed(document);
    if !listed.is_empty() {
        let items: String = listed.iter().map(|it| format!("<li>{}</li>", escaped(it))).collect();
        push(&mut out, &format!("<div class=\"attachments\"><p>附件：</p><ul>{items}</ul></div>"));
    }
    for one in &document.attendance {
        classed(&mut out, "p", "attendance", &format!("{}：{}", one.label, one.names));
    }
    for (index, name) in document.signature.iter().enumerate() {
        let post = document.posts.get(index).map(|it| format!("{it}　")).unwrap_or_default();
        classed(&mut out, "p", "signature", &format!("{post}{name}"));
    }
    if let Some(date) = document.date {
        let line =
            format!("<p class=\"date\"><time datetime=\"{}\">{}</time></p>", date.format("%Y-%m-%d"), date_text(date));
        push(&mut out, &line);
    }
    if let Some(note) = &document.note {
        classed(&mut out, "p", "note", &format!("（{note}）"));
    }
    for (index, attachment) in document.attachments.iter().enumerate().filter(|(_, it)| !it.body.is_empty()) {
        out.push_str("<section class=\"attachment\">\n");
        classed(&mut out, "p", "label", &label(document, index));
        element(&mut out, "h2", &attachment.name);
        attachment.body.iter().for_each(|block| block_html(&mut out, block));
        out.push_str("</section>\n");
    }
    out.push_str("</article>\n");
    out
}

/// An `<article>` of blocks alone.
pub(super) fn article(blocks: &[Block]) -> String {
    let mut out = String::from("<article lang=\"zh-CN\">\n");
    blocks.iter().for_each(|block| block_html(&mut out, block));
    out.push_str("</article>\n");
    out
}

/// The plain text in reading order, one line per paragraph, heading, element or table cell. Word and PDF carry the same text.
pub fn text(document: &Document) -> String {
    let mut lines: Vec<String> = Vec::new();
    lines.extend(document.serial.clone());
    lines.extend(document.urgency.clone());
    if !document.mark.is_empty() {
        let file = if document.mark_file { "文件" } else { "" };
        lines.push(format!("{}{file}", document.mark.concat()));
    }
    lines.extend(document.number.clone());
    if !document.signers.is_empty() {
        lines.push(format!("签发人：{}", document.signers.join("　")));
    }
    if document.layout != Layout::Order {
        lines.extend(document.attached_to.clone());
        lines.push(document.title.concat());
    }
    lines.extend(document.adopted.as_ref().map(|it| format!("（{it}）")));
    let below = fit::main_to_below(document);
    lines.extend(document.main_to.as_ref().filter(|_| !below).map(|it| format!("{it}：")));
    document.body.iter().for_each(|block| block_text(&mut lines, block));
    for (index, item) in listed(document).iter().enumerate() {
        lines.push(if index == 0 { format!("附件：{item}") } else { item.clone() });
    }
    lines.extend(document.attendance.iter().map(|it| format!("{}：{}", it.label, it.names)));
    signed(document, &mut lines);
    lines.extend(document.note.as_ref().map(|it| format!("（{it}）")));
    for (index, attachment) in document.attachments.iter().enumerate().filter(|(_, it)| !it.body.is_empty()) {
        lines.push(label(document, index));
        lines.push(attachment.name.clone());
        attachment.body.iter().for_each(|block| block_text(&mut lines, block));
    }
    lines.extend(document.main_to.as_ref().filter(|_| below).map(|it| format!("主送：{it}。")));
    lines.extend(document.copy_to.as_ref().map(|it| format!("抄送：{it}。")));
    lines.extend(document.distributed.as_ref().map(|it| format!("分送：{it}。")));
    if let Some((by, date)) = &document.printed_by {
        lines.push(by.clone());
        lines.push(format!("{}印发", date_text(*date)));
    }
    lines.extend(document.copies.map(|copies| format!("共印{copies}份")));
    lines.push(String::new());
    lines.join("\n")
}

/// 署名 and 成文日期; one does not stand without the other. A person's stamp takes the place of the name.
fn signed(document: &Document, lines: &mut Vec<String>) {
    let Some(date) = document.date.filter(|_| !document.signature.is_empty()) else { return };
    lines.extend(document.posts.iter().cloned());
    let stamped = document.seal && !document.posts.is_empty();
    lines.extend(document.signature.iter().filter(|_| !stamped).cloned());
    lines.push(date_text(date));
}

/// The rows of 附件说明: numbered when there are several (9704 7.3.4).
fn listed(document: &Document) -> Vec<String> {
    let many = document.attachments.len() > 1;
    let row = |(index, name): (usize, &String)| if many { format!("{}. {name}", index + 1) } else { name.clone() };
    document.attachments.iter().map(|it| &it.name).enumerate().map(row).collect()
}

fn label(document: &Document, index: usize) -> String {
    if document.attachments.len() > 1 { format!("附件{}", index + 1) } else { "附件".to_owned() }
}

fn block_text(lines: &mut Vec<String>, block: &Block) {
    match block {
        Block::Paragraph(spans) | Block::Heading(_, spans) | Block::Centre(spans) => {
            lines.push(spans.iter().map(|span| span.text.as_str()).collect());
        }
        Block::Table(table) => {
            lines.extend(table.caption.clone());
            for cell in table.header.iter().chain(&table.rows).flatten() {
                lines.push(cell.text.replace('\n', ""));
            }
        }
        // what stands on the picture is proofed and looked through like all other text
        Block::Chart(chart) => lines.extend([super::chart::description(chart), chart.caption.clone()]),
    }
}

fn block_html(out: &mut String, block: &Block) {
    match block {
        Block::Paragraph(spans) => push(out, &format!("<p>{}</p>", spans_html(spans))),
        Block::Centre(spans) => push(out, &format!("<p class=\"centre\">{}</p>", spans_html(spans))),
        Block::Heading(level, spans) => {
            // The title is h1.
            let level = level.saturating_add(1).min(6);
            push(out, &format!("<h{level}>{}</h{level}>", spans_html(spans)));
        }
        Block::Table(table) => table_html(out, table),
        Block::Chart(chart) => table_html(out, &numbers(chart)),
    }
}

/// A chart's numbers: a page has no pictures, and a table is read aloud and copied.
fn numbers(chart: &Chart) -> Table {
    let cell = |text: &str| TableCell { text: text.to_owned(), columns: 1, rows: 1, centre: true };
    let rows = chart.points.iter().map(|point| {
        let values = point.values.iter().map(|value| value.as_deref().unwrap_or("—"));
        std::iter::once(point.label.as_str()).chain(values).map(cell).collect()
    });
    let names = std::iter::once("").chain(chart.series.iter().map(String::as_str));
    Table {
        caption: Some(chart.caption.clone()),
        widths: vec![1; chart.series.len() + 1],
        header: vec![names.map(cell).collect()],
        rows: rows.collect(),
    }
}

fn table_html(out: &mut String, table: &Table) {
    out.push_str("<table>\n");
    if let Some(caption) = &table.caption {
        element(out, "caption", caption);
    }
    for (part, name, rows) in [("thead", "th", &table.header), ("tbody", "td", &table.rows)] {
        push(out, &format!("<{part}>"));
        for row in rows {
            let cells: String = row.iter().map(|cell| cell_html(name, cell)).collect();
            push(out, &format!("<tr>{cells}</tr>"));
        }
        push(out, &format!("</{part}>"));
    }
    out.push_str("</table>\n");
}

fn cell_html(name: &str, cell: &TableCell) -> String {
    let mut html = format!("<{name}");
    // Writing to a String cannot fail.
    if cell.columns > 1 {
        let _ = write!(html, " colspan=\"{}\"", cell.columns);
    }
    if cell.rows > 1 {
        let _ = write!(html, " rowspan=\"{}\"", cell.rows);
    }
    let _ = write!(html, ">{}</{name}>", escaped(&cell.text).replace('\n', "<br>"));
    html
}

fn spans_html(spans: &[Span]) -> String {
    let span = |span: &Span| {
        let text = escaped(&span.text);
        if span.strong { format!("<strong>{text}</strong>") } else { text }
    };
    spans.iter().map(span).collect()
}

fn element(out: &mut String, name: &str, text: &str) {
    push(out, &format!("<{name}>{}</{name}>", escaped(text)));
}

fn classed(out: &mut String, name: &str, class: &str, text: &str) {
    push(out, &format!("<{name} class=\"{class}\">{}</{name}>", escaped(text)));
}

fn push(out: &mut String, line: &str) {
    out.push_str(line);
    out.push('\n');
}

fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use super::super::template::Template;
    use super::*;
    use serde_json::json;

    fn notice(value: &str) -> Document {
        let text = "---\n文种: 公示\n版式: 普通\n标题: {{ x }}公示\n署名: {{ x }}\n附注: {{ x }}\n---\n## {{ x }}\n{{ x }}\n> **{{ x }}**\n|= {{ x }}\n| {{ x }} | < |\n|-|-|\n| {{ x }} | 1 |\n+++ 附件 {{ x }}\n{{ x }}\n";
        Template::parse("试", text).unwrap().render(&json!({"x": value, "成文日期": "2022-06-01"})).unwrap()
    }

    #[test]
    fn every_text_is_escaped() {
        let page = html(&notice("<script>alert('x')</script>&\"\n"));
        assert!(!page.contains("<script"), "{page}");
        assert!(!page.contains("('x')"), "{page}");
        assert_eq!(page.matches("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;&quot;").count(), 12, "{page}");
    }

    #[test]
    fn the_fragment_has_the_papers_structure() {
        let page = html(&notice("甲"));
        let wanted = [
            "<h1>甲公示</h1>",
            "<h2>一、甲</h2>",
            "<p>甲</p>",
            "<p class=\"centre\"><strong>甲</strong></p>",
            "<caption>甲</caption>",
            "<th colspan=\"2\">甲</th>",
            "<td>1</td>",
            "<p class=\"signature\">甲</p>",
            "<time datetime=\"2022-06-01\">2022年6月1日</time>",
            "<p class=\"note\">（甲）</p>",
            "<p class=\"label\">附件</p>",
            "<h2>甲</h2>",
        ];
        for part in wanted {
            assert!(page.contains(part), "{part} in {page}");
        }
    }

    #[test]
    fn plain_text_is_in_reading_order() {
        let expected = "甲公示\n一、甲\n甲\n甲\n甲\n甲\n甲\n1\n附件：甲\n甲\n2022年6月1日\n（甲）\n附件\n甲\n甲\n";
        assert_eq!(text(&notice("甲")), expected);
    }
}
