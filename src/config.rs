//! The daemon's settings: `banwen.yaml` in the spool. Everything has a default; a spool without the file works.

use crate::diag::{Diagnostic, Severity};
use crate::yaml;
use std::path::PathBuf;

/// The settings of a spool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// whose page and mail this is
    pub title: String,
    /// who letters come from: name and address
    pub from: (String, String),
    /// the mail server; None = letters are `.eml` files in `mail/`
    pub smtp: Option<SmtpSettings>,
    /// directory of the office's own faces
    pub fonts: Option<PathBuf>,
    /// the program that makes PDF of Word files (LibreOffice); None = papers made from Word templates have no PDF
    pub libreoffice: Option<PathBuf>,
    /// whether a drop is taken only from the system's users to whom its office's folder belongs
    pub owner_check: bool,
}

/// The mail server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmtpSettings {
    /// host name
    pub host: String,
    /// TCP port
    pub port: u16,
    /// `none`, `starttls` or `tls`
    pub security: String,
    /// user
    pub user: Option<String>,
    /// file that holds the password
    pub password_file: Option<PathBuf>,
    /// PEM file of the office's own authority
    pub authority_file: Option<PathBuf>,
}

impl Default for Settings {
    fn default() -> Settings {
        let from = ("办文系统".to_string(), "banwen@localhost.localdomain".to_string());
        Settings {
            title: "公开栏".to_string(), from, smtp: None, fonts: None, libreoffice: None, owner_check: false
        }
    }
}

/// Reads `banwen.yaml`.
///
/// # Errors
/// All problems at once: `bad-yaml`, `unknown-key`, `setting-wrong`.
pub fn read(path: &str, text: &str) -> Result<Settings, Vec<Diagnostic>> {
    let node = yaml::read(path, text)?;
    let mut settings = Settings::default();
    let mut problems = Vec::new();
    for (key, value) in node.map().unwrap_or_default() {
        let text = value.text().map(str::to_string);
        match (key.text().unwrap_or_default(), text) {
            ("title", Some(text)) => settings.title = text,
            ("fonts", Some(text)) => settings.fonts = Some(PathBuf::from(text)),
            ("libreoffice", Some(text)) if text.starts_with('/') => settings.libreoffice = Some(PathBuf::from(text)),
            ("libreoffice", _) => {
                let message = "`libreoffice` is the whole path of the program, e.g. /usr/bin/soffice".to_string();
                problems.push(problem("setting-wrong", value, message));
            }
            ("owner_check", Some(text)) if text == "on" => settings.owner_check = true,
            ("owner_check", Some(text)) if text == "off" => settings.owner_check = false,
            ("owner_check", _) => {
                problems.push(problem("setting-wrong", value, "`owner_check` is on or off".to_string()));
            }
            ("mail", _) if value.map().is_some() => read_mail(value, &mut settings, &mut problems),
            (name @ ("title" | "fonts" | "mail"), _) => {
                problems.push(problem("setting-wrong", value, format!("`{name}` has the wrong shape")));
            }
            (name, _) => problems.push(problem("unknown-key", key, format!("there is no setting `{name}`"))),
        }
    }
    if problems.is_empty() { Ok(settings) } else { Err(problems) }
}

fn read_mail(node: &yaml::Node, settings: &mut Settings, problems: &mut Vec<Diagnostic>) {
    let text = |name: &str| node.get(name).and_then(|v| v.text().map(str::to_string).or_else(|| Some(v.raw.clone())));
    for (key, _) in node.map().unwrap_or_default() {
        let known = ["host", "port", "security", "user", "password_file", "authority_file", "from", "address"];
        if !key.text().is_some_and(|k| known.contains(&k)) {
            problems.push(problem("unknown-key", key, format!("there is no mail setting `{}`", key.raw)));
        }
    }
    if let Some(name) = text("from") {
        settings.from.0 = name;
    }
    if let Some(address) = text("address") {
        settings.from.1 = address;
    }
    let Some(host) = text("host") else { return };
    let security = text("security").unwrap_or_else(|| "starttls".to_string());
    if !["none", "starttls", "tls"].contains(&security.as_str()) {
        problems.push(problem("setting-wrong", node, format!("`security: {security}` is not none, starttls or tls")));
    }
    let usual = if security == "tls" { 465 } else { 587 };
    let port = text("port").map_or(Ok(usual), |p| p.parse::<u16>());
    match port {
        Ok(port) => {
            settings.smtp = Some(SmtpSettings {
                host,
                port,
                security,
                user: text("user"),
                password_file: text("password_file").map(PathBuf::from),
                authority_file: text("authority_file").map(PathBuf::from),
            });
        }
        Err(_) => {
            problems.push(problem("setting-wrong", node, "`port` is not a number between 1 and 65535".to_string()))
        }
    }
}

fn problem(kind: &'static str, at: &yaml::Node, message: String) -> Diagnostic {
    Diagnostic { kind, severity: Severity::Error, place: at.place.clone(), message, hint: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_owner_check_is_on_or_off_and_nothing_else() {
        let read = |text: &str| read("banwen.yaml", text);
        assert!(read("owner_check: on").unwrap().owner_check);
        assert!(!read("owner_check: off").unwrap().owner_check);
        assert!(!read("title: 公开栏").unwrap().owner_check);
        for wrong in ["owner_check: true", "owner_check: 1000", "owner_check: [on]", "owner_check: \"\""] {
            let problems = read(wrong).unwrap_err();
            assert_eq!((problems.len(), problems[0].kind), (1, "setting-wrong"), "{wrong}");
        }
    }
}
