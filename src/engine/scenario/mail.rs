//! The mail server of a scenario: it answers as it was told to, and when it was told nothing it takes every letter.

use crate::clock::Moment;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The mail server, shared by all engines of one scenario; it does not crash with them.
#[derive(Debug, Clone, Default)]
pub(crate) struct MailServer(Arc<Mutex<Answers>>);

/// What it will say, and what it has said.
#[derive(Debug, Clone, Default)]
pub(super) struct Answers {
    next: VecDeque<String>,
    said: BTreeMap<(String, Moment), String>,
}

impl MailServer {
    pub(super) fn of(answers: Answers) -> MailServer {
        MailServer(Arc::new(Mutex::new(answers)))
    }

    pub(super) fn answers(&self) -> Answers {
        self.lock().clone()
    }

    pub(crate) fn will_say(&self, answers: &[String]) {
        self.lock().next.extend(answers.iter().cloned());
    }

    /// What it says to a letter, when it was told what to say. The same letter at the same moment is the same attempt,
    /// made again after a crash, and hears the same.
    pub(crate) fn answer(&self, letter: &str, now: Moment) -> Option<String> {
        let mut answers = self.lock();
        let attempt = (letter.to_string(), now);
        if let Some(said) = answers.said.get(&attempt) {
            return Some(said.clone());
        }
        let answer = answers.next.pop_front()?;
        answers.said.insert(attempt, answer.clone());
        Some(answer)
    }

    fn lock(&self) -> MutexGuard<'_, Answers> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attempt_that_is_made_again_hears_the_same_and_the_next_one_the_next() {
        let at = |minute: u32| Moment::parse_from_str(&format!("2022-05-05T09:{minute:02}"), "%Y-%m-%dT%H:%M").unwrap();
        let server = MailServer::default();
        server.will_say(&["451 later".to_string(), "250 ok".to_string()]);
        assert_eq!(server.answer("a", at(0)).as_deref(), Some("451 later"));
        assert_eq!(server.answer("a", at(0)).as_deref(), Some("451 later"));
        assert_eq!(server.answer("a", at(1)).as_deref(), Some("250 ok"));
        assert_eq!(server.answer("b", at(1)), None);
    }
}
