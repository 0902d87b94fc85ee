//! What a register knows an item by.

use crate::case::Item;
use crate::submission::Type;
use crate::workflow::Subject;

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
    id_number.map_or_else(|| name.to_string(), |id| format!("{name}|{id}"))
}
