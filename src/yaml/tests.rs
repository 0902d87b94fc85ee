//! Tests of the YAML tree and what it refuses.

use super::*;

fn kinds(text: &str) -> Vec<&'static str> {
    read("x.yaml", text).err().unwrap_or_default().iter().map(|d| d.kind).collect()
}

#[test]
fn scalars_are_core_schema() {
    let node =
        read("x", "a: true\nb: yes\nc: 17:00\nd: 01-31\ne: 1.5\nf: 0123\ng: True\nh:\ni: \"12\"\nj: “七一”表彰\n")
            .unwrap();
    assert_eq!(node.get("a").unwrap().value, Value::Bool(true));
    for key in ["b", "c", "d", "e", "g", "i", "j"] {
        assert!(matches!(node.get(key).unwrap().value, Value::Text(_)), "{key}");
    }
    assert_eq!(node.get("e").unwrap().text(), Some("1.5"));
    assert_eq!(node.get("f").unwrap().value, Value::Int(123));
    assert_eq!(node.get("f").unwrap().text(), Some("0123"));
    assert_eq!(node.get("h").unwrap().value, Value::Null);
    assert_eq!(node.get("j").unwrap().text(), Some("“七一”表彰"));
}

#[test]
fn places_count_characters() {
    let node = read("x", "甲乙: { 丙: 丁, 戊: 1 }\n己:\n  - 庚\n").unwrap();
    let place = |n: &Node| (n.place.line, n.place.column);
    let inner = node.get("甲乙").unwrap();
    assert_eq!(place(&inner.map().unwrap()[1].0), (1, 13));
    assert_eq!(place(&node.get("己").unwrap().list().unwrap()[0]), (3, 5));
}

#[test]
fn refuses_what_the_language_has_not() {
    assert_eq!(kinds("a: &x 1\nb: *x\n"), ["bad-yaml", "bad-yaml"]);
    assert_eq!(kinds("a: !!str 1\n"), ["bad-yaml"]);
    assert_eq!(kinds("a: 1\n---\nb: 2\n"), ["bad-yaml"]);
    assert_eq!(kinds("<<: { a: 1 }\n"), ["bad-yaml"]);
    assert_eq!(kinds("[a]: 1\n"), ["bad-yaml"]);
    assert_eq!(kinds(""), ["bad-yaml"]);
    assert_eq!(kinds("a: [1\n"), ["bad-yaml"]);
    assert_eq!(kinds("a: 1\nb: 2\na: 3\n"), ["duplicate-key"]);
    assert_eq!(kinds("a: x &y *z !w # & * !\nb: \"&x\"\nc: |\n  *x &y\n"), Vec::<&str>::new());
    assert_eq!(kinds(&format!("a: {}1{}", "[".repeat(40), "]".repeat(40))), ["bad-yaml"]);
}

#[test]
fn a_text_made_to_nest_is_refused() {
    for unit in ["[", "{a: ", "- ", "? ", "[{a: "] {
        assert_eq!(kinds(&unit.repeat(100_000)), ["bad-yaml"], "{unit}");
    }
}

#[test]
fn full_width_marks_are_named() {
    for (text, column) in [("a: 1\n工作流：七一\n", 4), ("a: { 甲：乙，丙：丁 }\n", 7), ("工作流：七一\ntitle: x\n", 4)]
    {
        let problems = read("x", text).unwrap_err();
        assert_eq!(problems[0].kind, "full-width-punctuation", "{text}");
        assert_eq!(problems[0].place.column, column, "{problems:?}");
    }
}

#[test]
fn a_full_width_colon_is_found_where_it_stands() {
    for (text, line) in [
        ("workflow: x\ntitle： y\n\nroles:\n  a: b\n", 2),
        ("workflow: x\ntitle： “七一”表彰\nbasis: [镇2022年“七一”方案]\nroles:\n  a: b\n", 2),
    ] {
        let problems = read("x.yaml", text).expect_err("it is not YAML");
        assert_eq!(problems[0].kind, "full-width-punctuation", "{problems:?}");
        assert_eq!((problems[0].place.line, problems[0].place.column), (line, 6), "{problems:?}");
    }
}
