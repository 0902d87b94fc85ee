//! Tests of the Markdown subset: what is markup, what stays text.

use super::*;

fn span(text: &str) -> Vec<Span> {
    vec![Span { text: text.to_owned(), strong: false }]
}

fn body(text: &str) -> Vec<Block> {
    parse(text).unwrap().body
}

#[test]
fn lines_are_blocks_and_headings_count() {
    let text = "## 目标\n\n### 总体\n### 分步\n#### 甲\n##### 乙\n正文。\\\n继续。\n## 要求\n### 再起\n> **居中**";
    let Block::Heading(1, first) = &body(text)[0] else { panic!() };
    assert_eq!(first, &span("一、目标"));
    let texts: Vec<String> = body(text).iter().map(|it| format!("{it:?}")).collect();
    for (index, part) in
        ["一、目标", "（一）总体", "（二）分步", "1.甲", "（1）乙", "正文。继续。", "二、要求", "（一）再起"]
            .into_iter()
            .enumerate()
    {
        assert!(texts[index].contains(part), "{} has {part}", texts[index]);
    }
    assert_eq!(body(text)[8], Block::Centre(vec![Span { text: "居中".into(), strong: true }]));
}

#[test]
fn strong_and_its_fault() {
    let expected = [("甲", false), ("乙", true), ("丙", false)].map(|(it, strong)| Span { text: it.into(), strong });
    assert_eq!(body("甲**乙**丙"), [Block::Paragraph(expected.to_vec())]);
    assert_eq!(parse("\n甲**乙").unwrap_err().fault, Fault::StrongUnclosed);
    assert_eq!(parse("\n甲**乙").unwrap_err().line, 2);
    assert_eq!(parse("# 题").unwrap_err().fault, Fault::HeadingLevel);
    assert_eq!(parse("+++ 附件").unwrap_err().fault, Fault::AttachmentNameless);
}

#[test]
fn tables_have_widths_captions_and_joined_cells() {
    let text = "|= 名单\n| 类别 | 姓名 | < |\n|---|:-----|--|\n| 甲 | 张\\n三 | 1 |\n| ^ | 李 | 2 |";
    let [Block::Table(table)] = &body(text)[..] else { panic!() };
    assert_eq!(table.caption.as_deref(), Some("名单"));
    assert_eq!(table.widths, [3, 5, 2]);
    assert_eq!(table.header[0].len(), 2);
    assert_eq!((table.header[0][1].columns, table.header[0][1].centre), (2, true));
    assert_eq!((table.rows[0][0].rows, table.rows[0][1].text.as_str(), table.rows[0][1].centre), (2, "张\n三", false));
    assert_eq!(table.rows[1].len(), 2);
    assert_eq!(parse("| a |\n| b |").unwrap_err().fault, Fault::TableWithoutRule);
    let uneven = parse("x\n| a | b |\n|-|-|\n| 1 |").unwrap_err();
    assert_eq!((uneven.fault, uneven.line), (Fault::TableRowUneven, 4));
    assert_eq!(parse("| < |\n|-|").unwrap_err().fault, Fault::TableJoin);
}

#[test]
fn attachments_take_what_follows() {
    let parsed = parse("正文\n## 一节\n+++ 附件 名单\n## 甲\n张三\n+++ 附件 表样\n无").unwrap();
    assert_eq!(parsed.body.len(), 2);
    assert_eq!(parsed.attachments[0].name, "名单");
    assert_eq!(parsed.attachments[0].body[0], Block::Heading(1, span("一、甲")));
    assert_eq!(parsed.attachments[1].name, "表样");
}

#[test]
fn whatever_is_escaped_stays_text() {
    let values = [
        "a|b",
        "**粗**",
        "## 题",
        "> 居中",
        "+++ 附件 假",
        "|---|",
        "<",
        "^",
        "=cmd()",
        "\\n\\",
        "- x",
        "# x",
        "<script>",
        "{{ x }}",
        "\\",
        "*",
        "甲\\",
    ];
    for value in values {
        let escaped = escape(value);
        assert_eq!(body(&escaped), [Block::Paragraph(span(value))], "{value}");
        let [Block::Table(table)] = &body(&format!("|甲|\n|-|\n|{escaped}|"))[..] else { panic!("{value}") };
        assert_eq!(table.rows[0][0].text, value);
        assert_eq!(body(&format!("> {escaped}")), [Block::Centre(span(value))]);
    }
    let lines = escape("张\r\n三\u{7}\u{200b}\u{202e}\u{feff}");
    assert_eq!(body(&lines), [Block::Paragraph(span("张")), Block::Paragraph(span("三"))]);
    assert_eq!(body(&format!("## {lines}")), [Block::Heading(1, span("一、张三"))]);
    assert_eq!(body(&format!("## {}", escape("a\nb"))), [Block::Heading(1, span("一、a b"))]);
    assert_eq!(
        body(&escape("\n")),
        [Block::Paragraph(Vec::new())],
        "a value of nothing but breaks is one empty paragraph"
    );
    let [Block::Table(table)] = &body(&format!("|甲|\n|-|\n| {} |", escape("张\n三")))[..] else { panic!() };
    assert_eq!(table.rows[0][0].text, "张\n三");
}

#[test]
fn a_text_of_many_rows_is_read_from_the_left_and_a_label_is_not() {
    let long = "扎根基层".repeat(30);
    let text = format!(
        "|--|----|----|\n| 主要事迹及推荐单位意见 | {long} | < |\n| 备注 | 甲 | 同意。\\n（盖章）\\n2022年6月1日 |"
    );
    let [Block::Table(table)] = &body(&text)[..] else { panic!() };
    let centred: Vec<bool> = table.rows.iter().flatten().map(|cell| cell.centre).collect();
    assert_eq!(centred, [true, false, true, true, true]);
}

#[test]
fn an_attachment_has_a_name_of_its_own_and_something_in_it() {
    let fault = |text: &str| parse(text).map(|_| ()).map_err(|error| (error.line, error.fault));
    assert_eq!(fault("文\n+++ 附件 空的"), Err((2, Fault::AttachmentEmpty)));
    assert_eq!(fault("文\n+++ 附件 空的\n\n+++ 附件 名单\n张三"), Err((2, Fault::AttachmentEmpty)));
    assert_eq!(fault("文\n+++ 附件 名单\n张三\n+++ 附件 名单。\n李四"), Err((4, Fault::AttachmentTwice)));
    assert_eq!(parse("文\n+++ 附件 名单。\n张三").unwrap().attachments[0].name, "名单");
}

#[test]
fn the_first_page_of_an_official_paper_has_text_to_show() {
    let whole =
        |text: &str, layout| whole(&parse(text).unwrap(), text, layout).map_err(|error| (error.line, error.fault));
    let chart = "\n|~ 柱状图 办件\n| 月 | 件 |\n|--|--|\n| 1月 | 3 |\n";
    for layout in [Layout::Document, Layout::Letter, Layout::Order, Layout::Minutes] {
        assert_eq!(whole("\n", layout), Err((1, Fault::NoText)));
        assert_eq!(whole(chart, layout), Err((2, Fault::ChartFirst)));
        assert_eq!(whole(&format!("如下：{chart}"), layout), Ok(()));
    }
    assert_eq!(whole("", Layout::Plaque), Ok(()));
    assert_eq!(whole(chart, Layout::Plain), Ok(()));
}

#[test]
fn what_is_numbered_by_hand_is_a_heading_and_counted_on() {
    let levels = |text: &str| -> Vec<(u8, String)> {
        let of = |block: Block| match block {
            Block::Heading(level, spans) => (level, spans[0].text.clone()),
            Block::Paragraph(spans) | Block::Centre(spans) => (0, spans[0].text.clone()),
            Block::Table(_) | Block::Chart(_) => panic!("{text}"),
        };
        body(text).into_iter().map(of).collect()
    };
    let told = |all: &[(u8, &str)]| all.iter().map(|(level, text)| (*level, (*text).to_owned())).collect::<Vec<_>>();
    let by_hand = "一、总体要求\n（一）目标\n二、措施\n### 责任\n## 保障";
    let wanted = [(1, "一、总体要求"), (2, "（一）目标"), (1, "二、措施"), (2, "（一）责任"), (1, "三、保障")];
    assert_eq!(levels(by_hand), told(&wanted));
    for text in
        ["一、二、三等奖各1名", "一、总体要求。坚持人民至上。", "（一）", "（试行）办法", "一户一表", "> 一、总体要求"]
    {
        assert_eq!(levels(text)[0].0, 0, "{text}");
    }
}
