//! Letting offices know that something happened: nobody owes an answer (LANGUAGE §12).

use super::Deciding;
use crate::case::eval::Target;
use crate::case::event::{Body, Fields, TOLD};
use crate::case::story::item_name;
use crate::workflow::{Action, TellDefinition};
use indexmap::IndexMap;
use serde_json::Value;

impl Deciding<'_> {
    /// Tells of each item that is meant; what the same offices are told at once is told in one note.
    pub(super) fn tell(&mut self, tell: &TellDefinition, action: &Action, items: &[u32]) {
        let mut notes: IndexMap<Vec<String>, (Vec<u32>, Vec<Value>)> = IndexMap::new();
        for id in items {
            if !self.action_applies(action, *id) {
                continue;
            }
            let text = match self.sight().text(&tell.say.source, &Target::Item(*id)) {
                Ok(text) => text,
                Err(why) => return self.refuse("", format!("知会内容无法写明：{why}。请联系管理员。")),
            };
            let to = self.who_is_told(&tell.to, *id);
            if to.is_empty() {
                let name = self.case.item(*id).map(|i| item_name(self.program.workflow(), i)).unwrap_or_default();
                self.notes.push(format!("{name}：应知会的单位没有填写，未予知会。"));
                continue;
            }
            let note = notes.entry(to).or_default();
            note.0.push(*id);
            note.1.push(Value::String(text));
        }
        for (to, (items, texts)) in notes {
            let fields = Fields::from_iter([(TOLD.to_string(), Value::Array(texts))]);
            self.emit(Body::Told { items, roles: tell.to.clone(), to, fields });
        }
    }

    /// The offices themselves: a note needs no window, for nothing comes back.
    fn who_is_told(&self, roles: &[String], id: u32) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for office in roles.iter().flat_map(|role| self.roles().offices(role, self.case.item(id))) {
            if !found.contains(&office) {
                found.push(office);
            }
        }
        found
    }
}
