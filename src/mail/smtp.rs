//! One conversation with a mail server: connect, protect, log in, hand over, say goodbye.
//!
//! What counts as what, after Postfix: only an answer about *this letter* (MAIL, RCPT, DATA, the final dot) can refuse it.
//! A server that is away, slow, greets with 5xx, cannot do TLS or does not take our password is trouble of the day or of
//! the settings, and defers it: a wrong password must not kill a day's mail. Every answer has the same time limit.

use super::message::{address, message_id};
use super::{Letter, MailError, Rejection, Security, Sent, Smtp, read_secret};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use std::future::Future;
use std::time::Duration;

/// How slow a line may be before handing over the body counts as hanging, in bytes per second.
const BODY_BYTES_PER_SECOND_MIN: u64 = 16 * 1024;
/// Characters of a server's answer that are kept.
const RESPONSE_CHARS_MAX: usize = 500;
/// Answers that ask for a login or a better line; they speak of the settings, not of the letter.
const LOGIN_CODES: [u16; 4] = [530, 534, 535, 538];

/// Hands `bytes` over for `recipients`.
///
/// # Errors
/// [`MailError::Deferred`] or [`MailError::Refused`] when nobody got the letter; a mixture of both is deferred.
pub(super) async fn deliver(
    server: &Smtp,
    letter: &Letter,
    recipients: &[String],
    bytes: &[u8],
) -> Result<Sent, MailError> {
    let limit = Duration::from_secs(server.timeout_seconds.max(1));
    let mut line = open(server, letter, limit).await?;
    let outcome = hand_over(&mut line, letter, recipients, bytes, limit).await;
    // the letter's fate is settled; a server that hangs on goodbye changes nothing
    let _ = tokio::time::timeout(limit.min(Duration::from_secs(5)), line.abort()).await;
    outcome
}

async fn open(server: &Smtp, letter: &Letter, limit: Duration) -> Result<AsyncSmtpConnection, MailError> {
    let hello = ClientId::Domain(address(&letter.from.address)?.domain().to_owned());
    let tls = match server.security {
        Security::None => None,
        Security::StartTls | Security::Tls => Some(parameters(server)?),
    };
    let wrapper = if server.security == Security::Tls { tls.clone() } else { None };
    let target = (server.host.as_str(), server.port);
    let connecting = AsyncSmtpConnection::connect_tokio1(target, Some(limit), &hello, wrapper, None);
    let mut line = within(limit, "connecting", connecting).await?.map_err(|error| deferred(&error))?;
    if let (Security::StartTls, Some(tls)) = (server.security, tls) {
        within(limit, "STARTTLS", line.starttls(tls, &hello)).await?.map_err(|error| deferred(&error))?;
    }
    if let Some(user) = &server.user {
        let credentials = credentials(server, user)?;
        let login = line.auth(&[Mechanism::Plain, Mechanism::Login], &credentials);
        within(limit, "logging in", login).await?.map_err(|error| deferred(&error))?;
    }
    Ok(line)
}

async fn hand_over(
    line: &mut AsyncSmtpConnection,
    letter: &Letter,
    recipients: &[String],
    bytes: &[u8],
    limit: Duration,
) -> Result<Sent, MailError> {
    let sender = Mail::new(Some(address(&letter.from.address)?), Vec::new());
    within(limit, "MAIL", line.command(sender)).await?.map_err(|error| judged(&error))?;
    let mut sent =
        Sent { message_id: message_id(letter), response: String::new(), refused: Vec::new(), deferred: Vec::new() };
    for recipient in recipients {
        let answer = within(limit, "RCPT", line.command(Rcpt::new(address(recipient)?, Vec::new()))).await?;
        let Err(error) = answer else { continue };
        if error.status().is_none() {
            // a line that is gone will not answer for the next recipient either
            return Err(deferred(&error));
        }
        let rejection = Rejection { address: recipient.clone(), response: words(&error) };
        if refuses(&error) { sent.refused.push(rejection) } else { sent.deferred.push(rejection) }
    }
    if sent.refused.len() + sent.deferred.len() == recipients.len() {
        return Err(nobody(&sent));
    }
    within(limit, "DATA", line.command(Data)).await?.map_err(|error| judged(&error))?;
    let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    let body_limit = limit + Duration::from_secs(size / BODY_BYTES_PER_SECOND_MIN);
    let answer = within(body_limit, "the end of DATA", line.message(bytes)).await?.map_err(|error| judged(&error))?;
    let said = answer.message().collect::<Vec<_>>().join(" ");
    sent.response = clipped(&format!("{} {said}", answer.code()));
    Ok(sent)
}

/// The verdict when every recipient was turned down.
fn nobody(sent: &Sent) -> MailError {
    let lines = |some: &[Rejection]| {
        some.iter().map(|one| format!("{}: {}", one.address, one.response)).collect::<Vec<_>>().join("; ")
    };
    match (sent.deferred.is_empty(), sent.refused.is_empty()) {
        (true, true) => MailError::Malformed("no recipients".to_owned()),
        (true, false) => MailError::Refused(lines(&sent.refused)),
        (false, _) => MailError::Deferred(lines(&sent.deferred)),
    }
}

fn parameters(server: &Smtp) -> Result<TlsParameters, MailError> {
    let mut builder = TlsParameters::builder(server.host.clone());
    if let Some(path) = &server.authority_file {
        let setting = |text: String| MailError::Deferred(format!("setting: {}: {text}", path.display()));
        let pem = std::fs::read(path).map_err(|error| setting(error.to_string()))?;
        builder = builder.add_root_certificate(Certificate::from_pem(&pem).map_err(|error| setting(words(&error)))?);
    }
    builder.build().map_err(|error| deferred(&error))
}

fn credentials(server: &Smtp, user: &str) -> Result<Credentials, MailError> {
    let here = matches!(server.host.as_str(), "localhost" | "127.0.0.1" | "::1");
    if server.security == Security::None && !here {
        return Err(MailError::Deferred("setting: a password is not sent over a line without TLS".to_owned()));
    }
    let Some(path) = &server.password_file else {
        return Err(MailError::Deferred("setting: a user name without a password file".to_owned()));
    };
    Ok(Credentials::new(user.to_owned(), read_secret(path)?))
}

async fn within<F: Future>(limit: Duration, doing: &str, future: F) -> Result<F::Output, MailError> {
    tokio::time::timeout(limit, future)
        .await
        .map_err(|_| MailError::Deferred(format!("no answer within {} s while {doing}", limit.as_secs())))
}

fn deferred(error: &Error) -> MailError {
    MailError::Deferred(words(error))
}

/// True for an answer that speaks of the letter and says no for good.
fn refuses(error: &Error) -> bool {
    let login = error.status().is_some_and(|code| LOGIN_CODES.contains(&u16::from(code)));
    error.is_permanent() && !login
}

/// An answer about the letter itself: 5xx refuses it, everything else defers it.
fn judged(error: &Error) -> MailError {
    if refuses(error) { MailError::Refused(words(error)) } else { deferred(error) }
}

/// The server's own words with its code; for trouble of the line, the whole chain of reasons.
fn words(error: &Error) -> String {
    let mut text = match error.status() {
        Some(code) => code.to_string(),
        None => error.to_string(),
    };
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        let more = inner.to_string();
        if !text.contains(&more) {
            text.push(' ');
            text.push_str(&more);
        }
        source = inner.source();
    }
    clipped(&text)
}

/// One line of bounded length: it goes into the log and in front of people.
fn clipped(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(RESPONSE_CHARS_MAX).collect()
}
