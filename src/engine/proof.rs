//! Proof: whether a paper can be made, before it is promised; the kernel asks, and nothing is written.

use super::making::Maker;
use crate::case::event::Fields;
use crate::case::program::{Proof, Proofed};
use crate::document::fonts::{Fonts, Role};
use crate::publish;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Characters without a glyph that are told of one place; of more their number.
const TOLD_MAX: usize = 30;

/// Proofs papers with the faces and templates of this spool.
pub(super) struct Prover {
    fonts: Fonts,
    maker: Arc<Maker>,
    /// characters that were told to be lent by another face
    lent: std::sync::Mutex<BTreeSet<char>>,
}

impl Prover {
    /// Proofs with these faces and templates.
    pub(super) fn new(fonts: Fonts, maker: Arc<Maker>) -> Prover {
        Prover { fonts, maker, lent: std::sync::Mutex::default() }
    }

    /// Says in the log, once for each character, that the office's own face for the text lacks it.
    fn tell_lent(&self, text: &str) {
        let mut told = self.lent.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        for (character, family) in self.fonts.borrowed(Role::Text, text) {
            if told.insert(character) {
                let code = u32::from(character);
                tracing::warn!("the face for 仿宋 has no {character} (U+{code:04X}): it is set in {family}");
            }
        }
    }
}

/// What is said of the characters that no face has, and where they stand.
fn without_glyph(place: &str, characters: &[char]) -> String {
    let shown = characters.iter().take(TOLD_MAX).map(|c| format!("“{c}”（U+{:04X}）", u32::from(*c)));
    let shown = shown.collect::<Vec<_>>().join("、");
    let more = if characters.len() > TOLD_MAX { format!("等{}个", characters.len()) } else { String::new() };
    format!("{place}中的字符{shown}{more}没有可用字形，请更正，或联系管理员补充字体")
}

/// The fields a character stands in: those of the items by their number, else those of the paper. What a stage said of an
/// item is named by the stage too: `3号对象“考察.评语”`.
fn bearers(fields: &Fields, character: char) -> Vec<String> {
    let items = fields.get("items").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let of_items = items.iter().filter_map(Value::as_object).flat_map(|item| {
        let id = item.get("id").map(ToString::to_string).unwrap_or_default();
        let named = item.iter().flat_map(|(name, value)| bearing(name, value, character));
        named.map(move |name| format!("{id}号对象“{name}”")).collect::<Vec<_>>()
    });
    let found: Vec<String> = of_items.collect();
    if !found.is_empty() {
        return found;
    }
    let of_paper = fields.iter().flat_map(|(name, value)| bearing(name, value, character));
    of_paper.map(|name| format!("“{name}”")).collect()
}

/// The places below a value that a character stands in, each once: names joined by points, members of lists without a number.
fn bearing(name: &str, value: &Value, character: char) -> BTreeSet<String> {
    match value {
        Value::String(text) if text.contains(character) => BTreeSet::from([name.to_string()]),
        Value::Array(list) => list.iter().flat_map(|it| bearing(name, it, character)).collect(),
        Value::Object(map) => {
            let below = map.iter().flat_map(|(part, it)| bearing(&format!("{name}.{part}"), it, character));
            below.collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => BTreeSet::new(),
    }
}

impl Proof for Prover {
    fn proof(&self, template: &str, source: &str, fields: &Fields) -> Result<Proofed, Vec<String>> {
        let made = self.maker.make(template, source, fields).map_err(|unmade| unmade.sentences)?;
        let text = made.text();
        let missing = self.fonts.missing(&text);
        self.tell_lent(&text);
        if missing.is_empty() {
            return match made.overfull(&self.fonts) {
                None => Ok(Proofed { title: made.title() }),
                Some(why) => Err(vec![why]),
            };
        }
        // what stands in the same places is told together
        let mut told: Vec<(String, Vec<char>)> = Vec::new();
        for character in missing {
            let place = bearers(fields, character).join("、");
            let place = if place.is_empty() { "文书模板".to_string() } else { place };
            match told.iter_mut().find(|(known, _)| *known == place) {
                Some((_, characters)) => characters.push(character),
                None => told.push((place, vec![character])),
            }
        }
        Err(told.into_iter().map(|(place, characters)| without_glyph(&place, &characters)).collect())
    }

    fn private(&self, text: &str, allowed: &[String]) -> Vec<String> {
        publish::scan_private(text, allowed).into_iter().map(|f| format!("{}{}", f.kind.title(), f.masked)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const FRONT: &str = "---\n文种: 通知\n版式: 普通\n标题: 题\n---\n";

    fn refused(body: &str, fields: Value) -> Vec<String> {
        let fields = fields.as_object().cloned().unwrap_or_default();
        Prover::new(
            Fonts::bundled(),
            Arc::new(Maker::new(&crate::spool::layout::Spool::at(std::path::Path::new("spool")))),
        )
        .proof("通知", &format!("{FRONT}{body}"), &fields)
        .map(|it| it.title)
        .unwrap_err()
    }

    #[test]
    fn a_character_without_a_glyph_is_told_with_its_number_its_field_and_its_item() {
        let items = json!([
            { "id": 3, "姓名": "张\u{13000}", "考察": { "评语": "好\u{13000}" } },
            { "id": 4, "姓名": "李四", "证书": [{ "名": "甲\u{13000}" }, { "名": "乙\u{13000}" }] },
        ]);
        let body = "{% for x in items %}{{ x.姓名 }}{% endfor %}{{ 会.地点 }}\u{13001}";
        let told = refused(body, json!({ "items": items, "会": { "地点": "\u{1F600}厅" } }));
        assert_eq!(
            told,
            [
                "3号对象“姓名”、3号对象“考察.评语”、4号对象“证书.名”中的字符“\u{13000}”（U+13000）没有可用字形，请更正，或联系管理员补充字体",
                "“会.地点”中的字符“\u{1F600}”（U+1F600）没有可用字形，请更正，或联系管理员补充字体",
                "文书模板中的字符“\u{13001}”（U+13001）没有可用字形，请更正，或联系管理员补充字体",
            ]
        );
    }

    #[test]
    fn characters_without_a_glyph_in_the_same_place_are_told_in_one_sentence() {
        let told =
            refused("{{ 电话 }}{{ 备注 }}", json!({ "电话": "\u{13000}\u{13001}\u{13000}", "备注": "\u{13002}" }));
        assert_eq!(
            told,
            [
                "“电话”中的字符“\u{13000}”（U+13000）、“\u{13001}”（U+13001）没有可用字形，请更正，或联系管理员补充字体",
                "“备注”中的字符“\u{13002}”（U+13002）没有可用字形，请更正，或联系管理员补充字体",
            ]
        );
        let many: String = (0..45).map(|n| char::from_u32(0x13000 + n).unwrap()).collect();
        let told = refused("{{ 电话 }}", json!({ "电话": many }));
        assert!(told.len() == 1 && told[0].contains("（U+1301D）等45个没有可用字形"), "{told:?}");
    }

    #[test]
    fn a_certificate_too_long_for_its_page_is_found_before_it_is_promised() {
        let prover = Prover::new(
            Fonts::bundled(),
            Arc::new(Maker::new(&crate::spool::layout::Spool::at(std::path::Path::new("spool")))),
        );
        let source = "---\n文种: 证书\n版式: 证书\n标题: 荣誉证书\n署名: 某某镇\n---\n{{ 颂词 }}\n";
        let proof = |times: usize| {
            let fields = json!({ "颂词": "成效明显，予以表彰。".repeat(times), "成文日期": "2025-03-10" })
                .as_object()
                .cloned()
                .unwrap();
            prover.proof("证书", source, &fields).map(|it| it.title)
        };
        assert_eq!(proof(3), Ok("荣誉证书".to_string()));
        assert_eq!(proof(80), Err(vec!["一页排不下（排了2页），请压缩文字。".to_string()]));
    }

    #[test]
    fn a_notice_to_many_needs_a_collective_name() {
        let prover = Prover::new(
            Fonts::bundled(),
            Arc::new(Maker::new(&crate::spool::layout::Spool::at(std::path::Path::new("spool")))),
        );
        let source = "---\n文种: 通知\n版式: 文件\n发文机关标志: 某某镇文件\n标题: 关于推荐的通知\n主送: {{ 主送 }}\n署名: 某某镇\n---\n请推荐。\n";
        let proof = |to: &str| {
            let fields = json!({ "主送": to, "文号": "某发〔2025〕1号", "成文日期": "2025-03-10" });
            prover.proof("通知", source, &fields.as_object().cloned().unwrap()).map(|it| it.title)
        };
        let named: Vec<String> = (1..=150).map(|n| format!("某某镇第{n}村党支部")).collect();
        assert!(proof(&named.join("、")).unwrap_err()[0].contains("请改写统称"));
        assert_eq!(proof("各村党支部，镇直各单位"), Ok("关于推荐的通知".to_string()));
        // as many as the 版记 has room for
        assert_eq!(proof(&named[..40].join("、")), Ok("关于推荐的通知".to_string()));
    }

    #[test]
    fn rare_names_pass() {
        let fields = json!({ "名": "䶮㛃𬭊𫖯㙍𠉣" }).as_object().cloned().unwrap();
        let passed = Prover::new(
            Fonts::bundled(),
            Arc::new(Maker::new(&crate::spool::layout::Spool::at(std::path::Path::new("spool")))),
        )
        .proof("通知", &format!("{FRONT}{{{{ 名 }}}}"), &fields);
        assert_eq!(passed.map(|it| it.title), Ok("题".to_string()));
    }
}
