//! Who there is: offices, channels, and the series they own. Dated data, outside every closure; read by
//! [`crate::workflow::offices`].

use indexmap::IndexMap;

/// All offices of a spool, its channels and the series they own.
#[derive(Debug, Clone, Default)]
pub struct Offices {
    /// by id, in the order written
    pub offices: IndexMap<String, Office>,
    /// channel name → how it posts
    pub channels: IndexMap<String, Channel>,
    /// sha-256 (hex) of the text
    pub version: String,
}

/// How a channel posts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// the page under `public/`, by itself
    Web,
    /// somebody puts it up and says so
    Hand,
}

/// One office.
#[derive(Debug, Clone, PartialEq)]
pub struct Office {
    /// stable id
    pub id: String,
    /// full title as printed
    pub title: String,
    /// folder name under `offices/`; None = no folder on this spool
    pub folder: Option<String>,
    /// tags
    pub tags: Vec<String>,
    /// mailbox
    pub mail: Option<String>,
    /// id of its superior
    pub superior: Option<String>,
    /// id of its successor, once it is gone
    pub successor: Option<String>,
    /// 机关代字 it owns
    pub series: Vec<String>,
    /// contact printed in notices
    pub phone: Option<String>,
    /// postal address
    pub address: Option<String>,
}

impl Offices {
    /// The offices with this tag, in order.
    pub fn tagged<'a>(&'a self, tag: &'a str) -> impl Iterator<Item = &'a Office> {
        self.offices.values().filter(move |o| o.tags.iter().any(|t| t == tag))
    }

    /// The office that owns a 机关代字.
    pub fn series_owner(&self, code: &str) -> Option<&Office> {
        self.offices.values().find(|o| o.series.iter().any(|s| s == code))
    }

    /// The printed title, or the id when there is no such office.
    pub fn title<'a>(&'a self, id: &'a str) -> &'a str {
        self.offices.get(id).map_or(id, |o| o.title.as_str())
    }

    /// The office whose folder has this name.
    pub fn by_folder(&self, folder: &str) -> Option<&Office> {
        self.offices.values().find(|o| o.folder.as_deref() == Some(folder))
    }
}
