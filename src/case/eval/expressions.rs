//! The expressions of a definition, compiled.

use super::functions::ENVIRONMENT;
use crate::workflow::rule::{asked, by_item, exact};
use minijinja::{Error, Expression};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// The expressions of a definition, each compiled once.
#[derive(Default)]
pub struct Expressions {
    compiled: Mutex<BTreeMap<String, Arc<Expression<'static, 'static>>>>,
    /// those of groups, as they are put to each item
    of_groups: Mutex<BTreeMap<String, String>>,
}

impl Expressions {
    pub(super) fn compiled(&self, source: &str) -> Result<Arc<Expression<'static, 'static>>, Error> {
        let mut compiled = self.compiled.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(known) = compiled.get(source) {
            return Ok(known.clone());
        }
        let expression = Arc::new(ENVIRONMENT.compile_expression_owned(exact(&asked(source)))?);
        compiled.insert(source.to_string(), expression.clone());
        Ok(expression)
    }

    pub(super) fn of_group(&self, source: &str) -> Result<Arc<Expression<'static, 'static>>, Error> {
        let known = |all: &Mutex<BTreeMap<String, String>>| {
            all.lock().unwrap_or_else(std::sync::PoisonError::into_inner).get(source).cloned()
        };
        let told = known(&self.of_groups).unwrap_or_else(|| {
            let told = by_item(source);
            let mut all = self.of_groups.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            all.insert(source.to_string(), told.clone());
            told
        });
        self.compiled(&told)
    }
}
