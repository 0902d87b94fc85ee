//! Strings that mean something to somebody, and what of them must come through.

use chrono::{NaiveDate, NaiveDateTime};
use unicode_normalization::UnicodeNormalization;

/// What offices may enter, by mistake or not.
pub(crate) fn nasty() -> Vec<String> {
    let mut all: Vec<String> = [
        "一\r\nBcc: boss@example.cn\r\n\r\n正文",
        "一\n二\r三\u{B}四\u{C}五",
        "\u{0}\u{1}\u{7}\u{8}\u{1B}[31m红\u{1B}]0;题\u{7}\u{7F}\u{9B}31m",
        "\u{202E}xslx.单名\u{202C}\u{2066}\u{200F}\u{200B}\u{FEFF}",
        "\u{FFFE}\u{FFFF}\u{FDD0}\u{2028}\u{2029}\u{85}",
        "]]><![CDATA[x]]>",
        "<script>alert(1)</script><img src=x onerror=alert(1)>",
        "\" onmouseover=\"alert(1)\" x='",
        "</w:t></w:r><w:p/>&amp;&#49;&lt;",
        "javascript:alert(1)",
        "=cmd|'/c calc'!A0",
        "@SUM(1+1)*cmd|'/c calc'!A0",
        "+1-2",
        "-2+3",
        "\t=1+1",
        "＝1＋1",
        "{{ 7*7 }}{{ items }}",
        "{% for x in range(9) %}x{% endfor %}{# c #}",
        "../../etc/passwd",
        "..\\..\\windows\\win.ini",
        "CON",
        "nul.txt",
        "。..",
        "#set page(width: 1pt)\n#panic(\"x\") $x$ @ref <label> *粗* _斜_ `原`",
        "# 标题\n\n| 甲 | 乙 |\n|---|---|\n| 1 | 2 |\n\n+++ 附件 名\n\n![图](file:///etc/passwd)",
        "---\n文种: 命令\n---",
        "'; DROP TABLE events; --",
        "%s%n%x $(rm -rf /) `id` ${PATH} |true; &",
        "=?utf-8?B?5LiA?= \"q\" <a@b.cn>, c",
        "a,b;c\"d'e\u{0}",
        "😀👨‍👩‍👧 é e\u{301} 𠀀 ﷽ عربي",
        "graph TD; a-->b; click a callback \"x\" %%{init: {}}%%",
    ]
    .map(str::to_owned)
    .to_vec();
    all.push("长".repeat(5_000));
    all
}

/// What of a text can be seen: no line ends, no controls, no marks of direction.
pub(crate) fn visible(text: &str) -> String {
    text.nfc().filter(|c| c.is_alphanumeric()).collect()
}

/// Nothing that turns a line into two, or the text around.
pub(crate) fn is_plain_line(text: &str) -> bool {
    !text.chars().any(|c| c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}'))
}

pub(crate) fn day() -> NaiveDate {
    "2022-06-02".parse().unwrap()
}

pub(crate) fn moment() -> NaiveDateTime {
    day().and_hms_opt(9, 30, 0).unwrap()
}

/// The first tag of markup that runs something or fetches something, if any; what stands in quotes is a value.
pub(crate) fn runs(markup: &str) -> Option<String> {
    let tags = markup.split('<').skip(1).map(|rest| rest.split('>').next().unwrap_or(rest).to_lowercase());
    let wrong = |tag: &String| {
        let names: String = tag.split('"').step_by(2).collect();
        let elements = ["script", "img", "iframe", "object", "![cdata"];
        elements.iter().any(|name| names.starts_with(name))
            || names.contains(" on")
            || tag.contains("href=\"javascript:")
    };
    tags.into_iter().find(wrong)
}
