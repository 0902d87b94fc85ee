//! Which offices a role means at this moment.

use super::Deciding;
use crate::case::ledger::Ledgers;
use crate::case::program::Program;
use crate::case::{Case, Item};
use crate::workflow::offices::Offices;
use crate::workflow::{Selector, Stage, Who, Workflow};

/// Resolves roles against the offices of today.
pub(crate) struct Roles<'a> {
    pub(crate) workflow: &'a Workflow,
    pub(crate) offices: &'a Offices,
    pub(crate) case: &'a Case,
}

impl Roles<'_> {
    /// Offices a role means now, for an item where the role depends on one: of offices that are gone those that stand for them.
    /// An outsider's role gives nobody; see [`Roles::actors`].
    pub(crate) fn offices(&self, role: &str, item: Option<&Item>) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for id in self.named(role, item) {
            let standing = self.offices.standing(&id);
            if !found.iter().any(|known| known == standing) {
                found.push(standing.to_string());
            }
        }
        found
    }

    /// Office ids as the definition or the record names them.
    fn named(&self, role: &str, item: Option<&Item>) -> Vec<String> {
        match role {
            "opener" => return vec![self.case.opener.clone()],
            "owner" => return item.map(|i| i.owner.clone()).into_iter().collect(),
            "subject" => return self.field(item, "subject"),
            "about.owner" => return self.about(item).map(|i| i.owner.clone()).into_iter().collect(),
            "about.subject" => return self.field(self.about(item), "subject"),
            "inside" => return self.inside(),
            "public" => return Vec::new(),
            _ => {}
        }
        let Some(definition) = self.workflow.roles.get(role) else { return Vec::new() };
        match &definition.who {
            Who::Offices(selectors) => self.selected(selectors),
            Who::SuperiorOf(of) => {
                let of = self.offices(of, item);
                of.iter().filter_map(|id| self.offices.offices.get(id)?.superior.clone()).collect()
            }
            // a side item that has no such field goes to whoever what it is about names
            Who::Field(field) => match self.field(item, field) {
                own if own.is_empty() => self.field(self.about(item), field),
                own => own,
            },
            Who::Outside(_) => Vec::new(),
        }
    }

    /// Offices that act for a role: its own, or those of its window when it has no folder here.
    pub(crate) fn actors(&self, role: &str, item: Option<&Item>) -> Vec<String> {
        match self.workflow.roles.get(role) {
            Some(definition) if !definition.folder || matches!(definition.who, Who::Outside(_)) => {
                definition.through.as_ref().map(|window| self.offices(window, item)).unwrap_or_default()
            }
            Some(_) | None => self.offices(role, item),
        }
    }

    /// Whether the role is somebody without a place on this spool.
    pub(crate) fn is_outsider(&self, role: &str) -> bool {
        self.workflow.roles.get(role).is_some_and(|r| matches!(r.who, Who::Outside(_)))
    }

    /// The name of an outsider: the field its role names, of the item or of what the item is about.
    pub(crate) fn outsider_name(&self, role: &str, item: Option<&Item>) -> Option<String> {
        let Who::Outside(fields) = &self.workflow.roles.get(role)?.who else { return None };
        let field = fields.get("name")?;
        self.field(item, field).into_iter().chain(self.field(self.about(item), field)).next()
    }

    /// The window a folderless office is served through, when some role names one.
    pub(crate) fn window(&self, office: &str) -> Option<String> {
        let same =
            |s: &Selector| matches!(s, Selector::Id(id) if self.offices.standing(id) == self.offices.standing(office));
        let role = self
            .workflow
            .roles
            .values()
            .find(|r| r.through.is_some() && matches!(&r.who, Who::Offices(s) if s.iter().any(same)))?;
        self.offices(role.through.as_ref()?, None).into_iter().next()
    }

    fn selected(&self, selectors: &[Selector]) -> Vec<String> {
        let mut found = Vec::new();
        for selector in selectors {
            match selector {
                Selector::Id(id) => found.push(id.clone()),
                Selector::Tag(tag) => found.extend(self.offices.tagged(tag).map(|o| o.id.clone())),
            }
        }
        found
    }

    fn inside(&self) -> Vec<String> {
        let mut found: Vec<String> = self.offices.tagged("内部").map(|o| o.id.clone()).collect();
        for role in &self.workflow.inside {
            found.extend(self.offices(role, None));
        }
        found
    }

    fn about(&self, item: Option<&Item>) -> Option<&Item> {
        self.case.item(item?.about?)
    }

    fn field(&self, item: Option<&Item>, field: &str) -> Vec<String> {
        let value = item.and_then(|i| {
            i.fields
                .get(field)
                .or_else(|| i.answers.values().find_map(|a| a.fields.get(field)))
                .or(self.case.params.get(field))
        });
        value.and_then(|v| v.as_str()).map(str::to_string).into_iter().collect()
    }
}

impl Deciding<'_> {
    pub(super) fn roles(&self) -> Roles<'_> {
        Roles { workflow: self.program.workflow(), offices: &self.ledgers.offices, case: &self.case }
    }

    /// Who stands now for an office of the record.
    pub(super) fn standing(&self, office: &str) -> String {
        self.ledgers.offices.standing(office).to_string()
    }

    /// Whether the office that asks stands for this one of the record.
    pub(super) fn stands_for(&self, office: &str) -> bool {
        self.ledgers.offices.standing(office) == self.by
    }

    /// Offices that act at a stage, for an item.
    pub(super) fn actors(&self, by: &[String], item: Option<u32>) -> Vec<String> {
        let item = item.and_then(|id| self.case.item(id));
        let mut found: Vec<String> = Vec::new();
        for role in by {
            for office in self.roles().actors(role, item) {
                if !found.contains(&office) {
                    found.push(office);
                }
            }
        }
        found
    }

    /// Refuses to open a stage that offices answer and that has none: what it takes would lie there, and nobody would be told.
    pub(super) fn has_nobody(&mut self, stage: &Stage, item: Option<u32>, signers: &[String]) -> bool {
        // filing without items asks whom the case names
        let asks = (item.is_some() || stage.of_case) && !stage.by.is_empty();
        let nobody = match stage.takes_several() {
            true => signers.is_empty().then_some("没有须签署的单位，请核对单位名录。"),
            false => (asks && self.actors(&stage.by, item).is_empty())
                .then_some("没有办理单位，请核对单位名录，以及对象中写明的承办单位。"),
        };
        nobody.into_iter().for_each(|say| self.refuse("", say));
        nobody.is_some()
    }

    /// Whether this office may open a case of the workflow.
    pub(super) fn may_open(&self, office: &str) -> bool {
        let head = &self.program.workflow().case;
        let roles = head.opened_by.iter().chain(head.owner.iter());
        roles.flat_map(|r| self.roles().actors(r, None)).any(|o| o == office)
    }
}

/// The name of an outsider, or what his role is called.
pub(in crate::case) fn outsider(
    workflow: &Workflow,
    ledgers: &Ledgers,
    case: &Case,
    role: &str,
    item: Option<&Item>,
) -> String {
    let resolver = Roles { workflow, offices: &ledgers.offices, case };
    resolver.outsider_name(role, item).unwrap_or_else(|| role.to_string())
}

/// Offices that act for these roles today.
pub fn actors(program: &Program, case: &Case, ledgers: &Ledgers, roles: &[String]) -> Vec<String> {
    offices_of(program.workflow(), &ledgers.offices, case, roles, None)
}

/// Offices that act for these roles today, for an item.
pub(in crate::case) fn offices_of(
    workflow: &Workflow,
    offices: &Offices,
    case: &Case,
    roles: &[String],
    item: Option<u32>,
) -> Vec<String> {
    let resolver = Roles { workflow, offices, case };
    let item = item.and_then(|id| case.item(id));
    let mut found: Vec<String> = Vec::new();
    for office in roles.iter().flat_map(|role| resolver.actors(role, item)) {
        if !found.contains(&office) {
            found.push(office);
        }
    }
    found
}
