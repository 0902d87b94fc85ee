//! A closure ready to run: the definition, and somebody who can proof a paper before it takes its number.

use super::eval::Expressions;
use super::event::Fields;
use crate::workflow::rule::pieces;
use crate::workflow::{Closure, Workflow};
use std::borrow::Cow;
use std::sync::Arc;

/// A paper that can be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proofed {
    /// its 标题, on one line
    pub title: String,
}

/// Proofs a paper without making it: every variable filled, every character in a face (DESIGN §8).
pub trait Proof: Send + Sync {
    /// The paper's title, or every reason why it cannot be made, in Chinese.
    ///
    /// # Errors
    /// One sentence per missing variable or character.
    fn proof(&self, template: &str, source: &str, fields: &Fields) -> Result<Proofed, Vec<String>>;

    /// Private particulars (telephones, identity numbers …) that a text meant for everybody has, each masked, in Chinese; those
    /// in `allowed` are meant to be public.
    fn private(&self, _text: &str, _allowed: &[String]) -> Vec<String> {
        Vec::new()
    }
}

/// A closure ready to run.
#[derive(Clone)]
pub struct Program {
    /// definition, registers, sources
    pub closure: Arc<Closure>,
    /// proofs papers
    pub proof: Arc<dyn Proof>,
    /// its expressions, compiled
    pub expressions: Arc<Expressions>,
}

impl Program {
    /// A closure with its proof.
    pub fn new(closure: Arc<Closure>, proof: Arc<dyn Proof>) -> Program {
        Program { closure, proof, expressions: Arc::default() }
    }

    /// The definition.
    pub fn workflow(&self) -> &Workflow {
        &self.closure.workflow
    }

    /// The text of a template of the closure, linked with the pieces it includes.
    pub fn template(&self, name: &str) -> Option<Cow<'_, str>> {
        let text = self.closure.sources.get(&format!("templates/{name}.md"))?;
        Some(pieces::linked(text, &self.closure.sources))
    }
}

impl std::fmt::Debug for Program {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Program({} {})", self.closure.workflow.name, self.closure.digest)
    }
}
