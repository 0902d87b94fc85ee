//! Mistake: what is wrong with the writing of a YAML or JSON file, in words of whoever wrote it.
//!
//! The parsers speak English to programmers. What people get wrong most is said in Chinese; of the rest only the place.

/// What JSON's parser says, by how it begins.
const OF_JSON: [(&str, &str); 13] = [
    ("EOF while parsing a string", "引号没有成对"),
    ("EOF while parsing", "没有写完，少了收尾的括号"),
    ("trailing comma", "最后一项后面多了一个逗号"),
    ("trailing characters", "写完以后还有多余的内容"),
    ("key must be a string", "“:”前面的名称要用英文双引号括起来"),
    ("expected `:`", "名称后面少了英文冒号"),
    ("expected `,`", "两项之间少了英文逗号"),
    ("expected value", "这里应当是内容，文字要用英文双引号括起来"),
    ("expected ident", "这里应当是内容，文字要用英文双引号括起来"),
    ("control character", "双引号里不能换行，也不能有制表符（Tab）"),
    ("invalid escape", "反斜杠“\\”后面的写法不对"),
    ("invalid number", "数字的写法不对"),
    ("number out of range", "数字太大"),
];

/// What YAML's parser says, by a part of it; of two that fit the first counts.
const OF_YAML: [(&str, &str); 22] = [
    ("tab", "缩进要用空格，不能用制表符（Tab）"),
    ("escape", "双引号里反斜杠“\\”的写法不对"),
    ("hexadecimal", "双引号里反斜杠“\\”的写法不对"),
    ("trailing content after double-quoted", "引号后面还有多余的内容"),
    ("quoted scalar", "引号没有成对"),
    ("flow ", "括号没有成对，或者两项之间少了英文逗号"),
    ("misplaced bracket", "括号没有成对，或者两项之间少了英文逗号"),
    ("mapping values", "一行只能写一个“名称: 内容”，内容里有英文冒号的要用双引号括起来"),
    ("mapping keys", "“名称: 内容”的位置不对，同一层的各行要对齐"),
    ("':' indicator", "英文冒号的位置不对"),
    ("simple key expect", "名称后面少了英文冒号和空格"),
    ("block mapping", "各行没有对齐，或者名称后面少了英文冒号和空格"),
    ("block collection", "各行没有对齐，或者“- ”后面的写法不对"),
    ("block sequence", "“- ”的位置不对，要另起一行"),
    ("indent", "各行没有对齐"),
    ("anchor", "不能用“&”“*”引用别处，请直接写出内容"),
    ("unprintable", "有看不见的控制字符"),
    ("byte order mark", "有看不见的控制字符"),
    ("unexpected character", "以特殊符号开头的内容要用双引号括起来"),
    ("directive", "行首的“%”“---”写法不对"),
    ("unexpected e", "没有写完"),
    ("block scalar", "“|”“>”后面的写法不对"),
];

/// Said when nothing better is known.
const SOMEHOW: &str = "请照管理员给的样子写";

/// Of a JSON text, by what its parser or our own reader says.
pub(super) fn json(error: &serde_json::Error) -> String {
    let said = error.to_string();
    let ours = said.rsplit_once(" at line ").map_or(said.as_str(), |(said, _)| said);
    let known = OF_JSON.iter().find(|(begins, _)| said.starts_with(begins)).map(|(_, say)| *say);
    let say = match known {
        Some(say) => say,
        None if error.is_data() && !ours.is_ascii() => ours,
        None => SOMEHOW,
    };
    sentence(error.line(), error.column(), say)
}

/// Of a YAML text, by what its parser says.
pub(super) fn yaml(error: &saphyr_parser::ScanError) -> String {
    let known = OF_YAML.iter().find(|(part, _)| error.info().contains(part)).map(|(_, say)| *say);
    sentence(error.marker().line(), error.marker().col() + 1, known.unwrap_or(SOMEHOW))
}

fn sentence(line: usize, column: usize, say: &str) -> String {
    format!("第{line}行第{column}列附近写法有误（{say}）。")
}

#[cfg(test)]
mod tests {
    use crate::spool::forms::read;

    fn say(name: &str, text: &str) -> String {
        read(name, text.as_bytes()).unwrap_err().remove(0).say
    }

    #[test]
    fn what_is_wrong_with_a_text_is_said_in_chinese_with_its_place() {
        let json = [
            ("{\"a\": 1,}", "多了一个逗号"),
            ("{a: 1}", "英文双引号括起来"),
            ("{\"a\" 1}", "少了英文冒号"),
            ("{\"a\": 1 \"b\": 2}", "少了英文逗号"),
            ("{\"a\": 张三}", "文字要用英文双引号"),
            ("{\"a\": \"1", "引号没有成对"),
            ("{\"a\": 1", "没有写完"),
            ("{\"a\": 1} x", "多余的内容"),
            ("{\"a\": 1, \"a\": 2}", "“a”写了两次"),
            ("{\"a\": \"1\n2\"}", "不能换行"),
        ];
        for (text, expected) in json {
            let say = say("a.json", text);
            assert!(say.contains(expected) && say.starts_with('第'), "{text}: {say}");
        }
        let yaml = [
            ("a:\n\t- 1\n", "制表符"),
            ("a: \"1\n", "引号没有成对"),
            ("a: [1, 2\n", "括号没有成对"),
            ("a: b: c\n", "一行只能写一个"),
            ("a: *b\n", "引用别处"),
            ("a: 1\nb\n", "少了英文冒号和空格"),
            ("a: 1\n  b: 2\n", "一行只能写一个"),
            ("a: @b\n", "特殊符号"),
        ];
        for (text, expected) in yaml {
            let say = say("a.yaml", text);
            assert!(say.contains(expected) && say.starts_with('第'), "{text}: {say}");
        }
    }

    /// Whatever the parsers say of a text that breaks off or has strange signs in it, none of their English is repeated.
    #[test]
    fn no_word_of_a_parser_is_repeated() {
        let texts = [
            "{\"姓名\": [\"张三\", {\"日\": -1.5e3}]}",
            "姓名: [张三, \"李\"]\n列:\n  - 甲: |\n      行\n    乙: 'x'\n",
        ];
        for (name, text) in ["甲.json", "甲.yaml"].into_iter().zip(texts) {
            for at in text.char_indices().map(|(at, _)| at) {
                for sign in
                    ["", "\t", "{", "]", ":", "\"", "'", "@", "%", "&", "*", "\\", "- ", "---\n", "\u{1}", "\u{feff}"]
                {
                    let (head, tail) = text.split_at(at);
                    for text in [format!("{head}{sign}{tail}"), format!("{head}{sign}")] {
                        let faults = read(name, text.as_bytes()).err().unwrap_or_default();
                        let english = |say: &str| {
                            let say = say.replace("Tab", "").replace(".xlsx", "").replace("YAML", "");
                            say.split(|c: char| !c.is_ascii_alphabetic()).any(|word| word.len() > 3)
                        };
                        assert!(!faults.iter().any(|fault| english(&fault.say)), "{text:?}: {faults:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn rich_text_is_told_to_be_saved_as_a_word_file() {
        for name in ["推荐表.rtf", "推荐表.doc", "推荐表.docx"] {
            assert!(say(name, "{\\rtf1\\ansi 推荐表}").contains("“另存为” Word 文档（.docx"), "{name}");
        }
    }

    #[test]
    fn what_a_file_says_that_it_answers_is_judged_in_chinese() {
        assert!(say("a.yaml", "banwen: {what: nothing, office: a, about: b}\n").contains("what"));
        let say = say("a.yaml", "banwen: {what: task, office: a, about: b, task: x}\n");
        assert!(say.contains("整数") && !say.contains("invalid"), "{say}");
    }
}
