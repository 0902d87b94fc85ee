//! Proof: whether a paper can be made, before it is promised; the kernel asks, and nothing is written.

use super::making::Maker;
use crate::case::event::Fields;
use crate::case::program::{Proof, Proofed};
use crate::document::fonts::Fonts;
use crate::publish;
use serde_json::Value;
use std::sync::Arc;

/// Proofs papers with the faces and templates of this spool.
pub(super) struct Prover {
    fonts: Fonts,
    maker: Arc<Maker>,
}

impl Prover {
    /// Proofs with these faces and templates.
    pub(super) fn new(fonts: Fonts, maker: Arc<Maker>) -> Prover {
        Prover { fonts, maker }
    }
}

/// The fields a character stands in: those of the items by their number, else those of the paper.
fn bearers(fields: &Fields, character: char) -> Vec<String> {
    let has = |value: &Value| value.as_str().is_some_and(|text| text.contains(character));
    let items = fields.get("items").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let of_items = items.iter().filter_map(Value::as_object).flat_map(|item| {
        let id = item.get("id").map(ToString::to_string).unwrap_or_default();
        let named = item.iter().filter(|(_, value)| has(value));
        named.map(move |(name, _)| format!("{id}号对象“{name}”")).collect::<Vec<_>>()
    });
    let found: Vec<String> = of_items.collect();
    if !found.is_empty() {
        return found;
    }
    fields.iter().filter(|(_, value)| has(value)).map(|(name, _)| format!("“{name}”")).collect()
}

impl Proof for Prover {
    fn proof(&self, template: &str, source: &str, fields: &Fields) -> Result<Proofed, Vec<String>> {
        let made = self.maker.make(template, source, fields).map_err(|unmade| unmade.sentences)?;
        let missing = self.fonts.missing(&made.text());
        if missing.is_empty() {
            return Ok(Proofed { title: made.title() });
        }
        Err(missing
            .into_iter()
            .map(|c| {
                let place = bearers(fields, c).join("、");
                let place = if place.is_empty() { "文书模板".to_string() } else { place };
                format!("{place}中的字符“{c}”（U+{:04X}）没有可用字形，请更正，或联系管理员补充字体", u32::from(c))
            })
            .collect())
    }

    fn private(&self, text: &str) -> Vec<String> {
        publish::scan_private(text, &[]).into_iter().map(|f| format!("{}{}", f.kind.title(), f.masked)).collect()
    }
}
