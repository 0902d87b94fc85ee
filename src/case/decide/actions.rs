//! Actions (§12): what a stage or an outcome brings about beyond position.

use super::Deciding;
use crate::case::eval::{Sought, Target, who};
use crate::case::event::{Body, Change, Fields, Hold, QuestionAbout};
use crate::case::lists::is_meant;
use crate::workflow::{Action, AskDefinition, RegisterKey, Verb};
use indexmap::IndexMap;

/// What names another than the item, in the `with` of an `enter`.
const WHO: &str = "who";

impl Deciding<'_> {
    /// Carries the actions out for each of these items they are meant for.
    pub(super) fn act(&mut self, actions: &[Action], items: &[u32]) {
        for action in actions {
            if let Verb::Tell(tell) = &action.verb {
                self.tell(tell, action, items);
                continue;
            }
            for item in items {
                if self.action_applies(action, *item) {
                    self.act_on(action, *item);
                }
            }
        }
    }

    pub(super) fn action_applies(&mut self, action: &Action, id: u32) -> bool {
        let workflow = self.program.workflow();
        let meant = self.case.items.get(&id).is_some_and(|i| is_meant(workflow, &action.of, i));
        meant && action.when.as_ref().is_none_or(|w| self.sight().holds(&w.source, &Target::Item(id)).unwrap_or(false))
    }

    fn act_on(&mut self, action: &Action, id: u32) {
        match &action.verb {
            Verb::Enter(register, with) => self.enter(register, with, id),
            Verb::Leave(register, reason) => self.leave(register, reason, id),
            Verb::Ask(ask) => self.ask_about(ask, id),
            Verb::Open(open) => self.owe_child(open, id),
            Verb::Clock(turned) => self.turn_clock(turned, id),
            // of many items at once
            Verb::Tell(_) => {}
            Verb::Set(facts) => {
                let fields = self.values(facts, id);
                self.emit(Body::ItemChanged { item: id, fields, why: "set".to_string() });
            }
        }
    }

    /// Puts a question about an item, which waits for the answer while it lives.
    fn ask_about(&mut self, ask: &AskDefinition, id: u32) {
        let said = self.sight().text(&ask.say.source, &Target::Item(id));
        let text = match said {
            Ok(text) => text,
            Err(why) => return self.refuse("", format!("待定事项无法写明：{why}。请联系管理员。")),
        };
        let asked = self.actors(std::slice::from_ref(&ask.by), Some(id)).into_iter().next();
        let to = asked.unwrap_or_else(|| self.case.opener.clone());
        let question = self.ask(&to, text, ask.answers.clone(), QuestionAbout::Action { item: id });
        self.set_hold(id, Hold::Question(question), true);
    }

    fn enter(&mut self, register: &str, with: &IndexMap<String, crate::workflow::Expression>, id: u32) {
        let mut fields = self.values(with, id);
        let Some(key) = self.register_key(register, &fields, id) else {
            return self.refuse("", format!("台账“{register}”无法登记：对象没有可作键的姓名或名称。"));
        };
        if !self.program.closure.registers.get(register).is_some_and(|r| r.fields.contains_key(WHO)) {
            fields.shift_remove(WHO);
        }
        let entry = self.ledgers.next_entry(register);
        self.emit(Body::RegisterWritten {
            register: register.to_string(),
            key,
            entry,
            change: Change::Enter,
            fields,
            reason: None,
        });
    }

    fn leave(&mut self, register: &str, reason: &str, id: u32) {
        let Some(key) = self.register_key(register, &Fields::new(), id) else { return };
        let Some(definition) = self.program.closure.registers.get(register) else { return };
        let sought = Sought::of(definition, &key);
        let standing = self.ledgers.registers.get(register).cloned().unwrap_or_default();
        let found: Vec<_> = standing.iter().filter(|e| e.ended.is_none() && sought.is(&e.key)).cloned().collect();
        for entry in found {
            self.emit(Body::RegisterWritten {
                register: register.to_string(),
                key: entry.key,
                entry: entry.id,
                change: Change::End,
                fields: entry.fields,
                reason: Some(reason.to_string()),
            });
        }
    }

    /// Ends what this case entered for an item whose decision is given up.
    pub(super) fn take_back_entries(&mut self, actions: &[Action], id: u32, reason: &str) {
        for action in actions {
            let Verb::Enter(register, with) = &action.verb else { continue };
            let other = with.iter().filter(|(name, _)| *name == WHO).map(|(name, who)| (name.clone(), who.clone()));
            let fields = self.values(&other.collect(), id);
            let Some(key) = self.register_key(register, &fields, id) else { continue };
            let all = self.ledgers.registers.get(register).cloned().unwrap_or_default();
            let ours =
                |e: &&crate::case::ledger::Entry| e.key == key && e.ended.is_none() && is_of(&e.source, &self.case.id);
            for entry in all.iter().filter(ours).cloned().collect::<Vec<_>>() {
                let (key, entry, fields, reason) = (entry.key, entry.id, entry.fields, Some(reason.to_string()));
                self.emit(Body::RegisterWritten {
                    register: register.clone(),
                    key,
                    entry,
                    change: Change::End,
                    fields,
                    reason,
                });
            }
        }
    }

    fn register_key(&self, register: &str, fields: &Fields, id: u32) -> Option<String> {
        let text = |v: &serde_json::Value| v.as_str().map_or_else(|| v.to_string(), str::to_string);
        let item = self.case.items.get(&id)?;
        match &self.program.closure.registers.get(register)?.key {
            RegisterKey::Subjects(_) => match fields.get(WHO) {
                Some(other) => Some(text(other)).filter(|key| !key.is_empty() && !other.is_null()),
                None => who(self.program.workflow(), item),
            },
            RegisterKey::Fields(names) => {
                let value = |n: &String| fields.get(n).or_else(|| item.fields.get(n)).map(text).unwrap_or_default();
                Some(names.iter().map(value).collect::<Vec<_>>().join("|"))
            }
        }
    }

    pub(super) fn values(&mut self, with: &IndexMap<String, crate::workflow::Expression>, id: u32) -> Fields {
        let sight = self.sight();
        let mut fields = Fields::new();
        for (name, expression) in with {
            match sight.value(&expression.source, &Target::Item(id)) {
                Ok(value) => {
                    fields.insert(name.clone(), serde_json::to_value(&value).unwrap_or_default());
                }
                Err(why) => self.refuse("", format!("“{name}”无法计算：{why}。请联系管理员。")),
            }
        }
        fields
    }
}

/// Whether an entry was written by this case; its source is `case/seq`.
fn is_of(source: &str, case: &str) -> bool {
    source.rsplit_once('/').is_some_and(|(stream, _)| stream == case)
}
