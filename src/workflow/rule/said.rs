//! What a text of a rule or an action calls: functions and filters that are there when it is said.

use super::Problem;
use crate::workflow::parse::{FUNCTIONS, meant};
use minijinja::machinery::{Token, tokenize};
use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, ErrorKind, Value};

/// Functions a text may call besides those of expressions.
const OF_TEXTS: [&str; 3] = ["range", "dict", "namespace"];

/// Functions and filters a text calls that are none, each with its name; a text that cannot be read has been told of already.
pub fn unknown_calls(text: &str) -> Vec<(String, Problem)> {
    let tokens: Vec<Token<'_>> =
        tokenize(text, false, SyntaxConfig::default()).map_while(Result::ok).map(|(token, _)| token).collect();
    let before = |at: usize| at.checked_sub(1).and_then(|at| tokens.get(at));
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let Token::Ident(name) = token else { continue };
        let filters = matches!(before(at), Some(Token::Pipe));
        let part = matches!(before(at), Some(Token::Dot | Token::Ident("is" | "macro" | "call")));
        let called = matches!(tokens.get(at + 1), Some(Token::ParenOpen));
        let problem = if filters && is_no_filter(name) {
            Some(("filter", "write it with a function: `rmb(x)`".to_owned()))
        } else if called && !filters && !part && !is_word(name) && !FUNCTIONS.contains(name) && !OF_TEXTS.contains(name)
        {
            let hint = meant(name, &FUNCTIONS, &format!("functions: {}", FUNCTIONS[..16].join(" ")));
            Some(("function", hint))
        } else {
            None
        };
        if let Some((what, hint)) = problem {
            let message = format!("there is no {what} `{name}`");
            found.push(((*name).to_owned(), Problem { kind: "function-unknown", message, hint: Some(hint) }));
        }
    }
    found
}

/// Words of the language after which a bracket opens no call.
fn is_word(name: &str) -> bool {
    ["and", "or", "not", "in", "if", "else", "elif", "is"].contains(&name)
}

fn is_no_filter(name: &str) -> bool {
    let tried = Environment::new().empty_state().apply_filter(name, &[Value::from(())]);
    tried.is_err_and(|error| error.kind() == ErrorKind::UnknownFilter)
}
