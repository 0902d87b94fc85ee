//! Values of several lines, and what the layout writes round an element.

use super::*;

#[test]
fn what_an_office_wrote_in_paragraphs_stands_in_paragraphs() {
    let text = "　　第一条　按月公布。\n\n　　第二条　十日内答复。\r\n第三条　自印发之日起施行。\n";
    let document =
        render("现答复如下：{{ x }}\n**{{ x }}**\n> {{ y }}\n## {{ y }}", json!({"x": text, "y": "甲\n乙"})).unwrap();
    assert_eq!(
        paragraphs(&document)[..6],
        [
            "现答复如下：　　第一条　按月公布。",
            "第二条　十日内答复。",
            "第三条　自印发之日起施行。",
            "第一条　按月公布。",
            "第二条　十日内答复。",
            "第三条　自印发之日起施行。",
        ]
    );
    let strong = |block: &Block| matches!(block, Block::Paragraph(spans) if spans.iter().all(|span| span.strong));
    assert!(document.body[3..6].iter().all(strong));
    assert!(matches!(&document.body[6..8], [Block::Centre(_), Block::Centre(_)]));
    assert_eq!(document.body.len(), 9, "a heading is one line: {:?}", document.body);
}

#[test]
fn what_the_layout_writes_round_an_element_stands_there_once() {
    let front = "---\n文种: 通知\n版式: 文件\n发文机关标志: 香泉镇人民政府文件\n标题: 题\n主送: {{ 主送 }}\n题注: （2021年6月1日会议通过）\n附注: （此件公开发布）\n\
                 署名: 香泉镇人民政府\n抄送: {{ 抄送 }}\n印发机关: 香泉镇党政办公室\n---\n正文\n";
    let template = Template::parse("试", front).unwrap();
    let data = json!({"主送": "各村：", "抄送": "县委办公室\n县政府办公室，\n县档案馆。", "文号": "香政〔2021〕1号", "成文日期": "2021-06-02"});
    let document = template.render(&data).unwrap();
    assert_eq!(document.main_to.as_deref(), Some("各村"));
    assert_eq!(document.copy_to.as_deref(), Some("县委办公室、县政府办公室，县档案馆"));
    assert_eq!(document.note.as_deref(), Some("此件公开发布"));
    assert_eq!(document.adopted.as_deref(), Some("2021年6月1日会议通过"));
    let two = "（一）与（二）".to_owned();
    assert_eq!(super::super::bare::unbracketed(two.clone()), two, "two pairs are no pair round the whole");
}
