//! What is computed belongs to items: what a form asks is what its office wrote and stands for.

use super::Checker;
use crate::diag::{Diagnostic, Place, Severity};
use crate::workflow::Register;

/// The kind of it.
const KIND: &str = "computed-in-form";

pub(super) fn check(checker: &mut Checker<'_>) {
    let computed = |is: &Option<crate::workflow::Expression>| is.as_ref().map(|e| e.source.clone());
    for param in checker.workflow.case.params.values() {
        let Some(source) = computed(&param.is) else { continue };
        let hint = format!("write `{source}` where it is read, or make it a field of the items, which `is:` computes");
        refuse(checker, &param.name, &param.place, &hint);
    }
    for stage in &checker.workflow.stages {
        for field in stage.form.item.values().chain(stage.form.case.values()) {
            let Some(source) = computed(&field.is) else { continue };
            let hint = format!(
                "write `{source}` where it is read, keep it with the item (`do: [{{ set: {{ {0}: {source} }} }}]`), \
                 or let a rule compare what was written: `require: {0} == {source}`",
                field.name
            );
            refuse(checker, &field.name, &field.place, &hint);
        }
    }
}

/// What is wrong with the fields of a register that a definition names.
pub(super) fn of_register(register: &Register) -> Vec<Diagnostic> {
    let computed = register.fields.values().filter(|field| field.is.is_some());
    let told = computed.map(|field| Diagnostic {
        kind: KIND,
        severity: Severity::Error,
        place: field.place.clone(),
        message: format!("`{}` is entered in the register `{}`, and computed nowhere there", field.name, register.name),
        hint: Some(format!(
            "compute it where it is entered: `enter: {}, with: {{ {}: … }}`",
            register.name, field.name
        )),
    });
    told.collect()
}

fn refuse(checker: &mut Checker<'_>, name: &str, place: &Place, hint: &str) {
    let message =
        format!("`{name}` is asked in a form, and what a form asks is written by its office and not computed");
    checker.error(KIND, place, message, hint);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workflow::parse::{Parsed, parse};

    #[test]
    fn a_register_keeps_what_is_entered() {
        let text = "register: 台账\nkey: person\nfields: { 年度: year, 次年: { type: year, is: 年度 + 1 } }\n";
        let Ok(Parsed::Register(register)) = parse("r.yaml", text) else {
            panic!("it reads, for running cases have it")
        };
        let found = of_register(&register);
        assert_eq!(found.iter().map(|p| (p.kind, p.place.line)).collect::<Vec<_>>(), [(KIND, 3)]);
    }
}
