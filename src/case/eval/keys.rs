//! What a register knows an item by.

use crate::case::Item;
use crate::submission::Type;
use crate::submission::alike::folded;
use crate::workflow::{Register, RegisterKey, Subject};

/// What a register knows an item by: a person by name and identity number, an organisation by credit code or name, an
/// office by its id (LANGUAGE §13).
pub fn who(workflow: &crate::workflow::Workflow, item: &Item) -> Option<String> {
    let of = workflow.items.get(&item.of)?;
    let first = |wanted: &dyn Fn(&Type) -> bool| {
        let field = of.fields.values().find(|f| wanted(&f.kind) && item.fields.contains_key(&f.name))?;
        item.fields.get(&field.name)?.as_str().map(str::to_string)
    };
    let name = || first(&|t| matches!(t, Type::Name));
    match workflow.subject(&item.of, item.category.as_deref())? {
        Subject::Person => Some(join_key(&name()?, first(&|t| matches!(t, Type::IdNumber)).as_deref())),
        Subject::Organisation => first(&|t| matches!(t, Type::CreditCode)).or_else(name),
        Subject::Office => item.fields.get("subject").and_then(|v| v.as_str().map(str::to_string)),
        Subject::Matter | Subject::Document => name(),
    }
}

/// The key of a person: name and identity number.
pub fn join_key(name: &str, id_number: Option<&str>) -> String {
    id_number.map_or_else(|| name.to_string(), |id| format!("{name}{BEFORE_NUMBER}{id}"))
}

/// Stands between a name and an identity number.
const BEFORE_NUMBER: char = '|';

/// Name and identity number of a person's key.
fn parts(key: &str) -> (&str, Option<&str>) {
    key.split_once(BEFORE_NUMBER).map_or((key, None), |(name, number)| (name, Some(number)))
}

/// Whether the key of a person says an identity number.
pub fn has_number(key: &str) -> bool {
    parts(key).1.is_some()
}

/// A key that is looked for among the entries of a register.
///
/// One identity number is one person, whatever name stands beside it, and two numbers are two. Where one of two keys has no number,
/// the names are all there is to go by: other spelling makes no other name.
pub struct Sought<'k> {
    key: &'k str,
    /// its name as it is compared; of a key of fields all of it, as it stands
    name: String,
    number: Option<&'k str>,
    of: Kind,
}

/// What the key of a register says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Person,
    /// a name or code alone
    Name,
    Fields,
}

impl<'k> Sought<'k> {
    /// A key for the entries of this register.
    pub fn of(register: &Register, key: &'k str) -> Sought<'k> {
        let of = match &register.key {
            RegisterKey::Subjects(subjects) if subjects.contains(&Subject::Person) => Kind::Person,
            RegisterKey::Subjects(_) => Kind::Name,
            RegisterKey::Fields(_) => Kind::Fields,
        };
        let (name, number) = if of == Kind::Person { parts(key) } else { (key, None) };
        Sought { key, name: folded(name), number, of }
    }

    /// Whether an entry of this key may be about the one who is looked for.
    pub fn may_be(&self, key: &str) -> bool {
        self.key == key
            || match self.of {
                Kind::Person => match (self.number, parts(key)) {
                    (Some(wanted), (_, Some(number))) => wanted == number,
                    (_, (name, _)) => self.name == folded(name),
                },
                Kind::Name => self.name == folded(key),
                Kind::Fields => false,
            }
    }

    /// Whether an entry of this key is about that one for certain: a name beside a number is not a name alone.
    pub fn is(&self, key: &str) -> bool {
        let as_known = self.of != Kind::Person || self.number.is_some() == has_number(key);
        as_known && self.may_be(key)
    }
}
