//! Elements that have few words, where a template writes them out.

use super::*;

#[test]
fn urgency_and_serial_number_that_are_written_out_are_judged_when_the_template_is_read() {
    let front = |mark: &str, line: &str| {
        format!("---\n文种: 通知\n版式: 文件\n标题: 题\n发文机关标志: {mark}\n署名: 乙\n{line}\n---\n")
    };
    for (line, hint) in [
        ("紧急程度: 十万火急", "one of: 特急 加急"),
        ("紧急程度: 平急", "one of: 特急 加急"),
        ("份号: 1234567", "one of: 000001 to 999999"),
        ("份号: 十二", "one of: 000001 to 999999"),
    ] {
        let text = front("甲文件", line);
        let problems = Template::parse("试", &text).unwrap_err();
        let told: Vec<(&str, usize, Option<&str>)> =
            problems.iter().map(|it| (it.kind, it.place.line, it.hint.as_deref())).collect();
        assert_eq!(told, [("template-choice", 7, Some(hint))], "{line}");
        assert!(Template::kept("试", &text).is_ok(), "{line}: the closure of a running case may have it");
    }
    for (mark, line) in [
        ("甲文件", "紧急程度: 加急"),
        ("内部明电", "紧急程度: 平急"),
        ("甲文件", "份号: 7"),
        ("甲文件", "份号: {{ 号 }}"),
    ] {
        assert!(Template::parse("试", &front(mark, line)).is_ok(), "{mark} {line}");
    }
}
