//! What papers are made with and dates counted with: faces, office suite, calendar of a spool.

use super::{calendar, dated, settings};
use crate::calendar::Calendar;
use crate::config::Settings;
use crate::document::fonts::Fonts;
use crate::engine::Error;
use crate::engine::making::Maker;
use crate::engine::render::Workshop;
use crate::spool::layout::Spool;
use crate::workflow::offices::Offices;
use std::path::Path;
use std::sync::Arc;

/// The directory of the office's own faces, when there is one.
fn font_directory(spool: &Spool, settings: &Settings) -> Option<std::path::PathBuf> {
    let own = settings.fonts.clone().map_or_else(|| spool.root().join("fonts"), |f| spool.root().join(f));
    own.is_dir().then_some(own)
}

fn fonts(spool: &Spool, settings: &Settings) -> Result<Fonts, Error> {
    match font_directory(spool, settings) {
        Some(own) => Fonts::with_directory(&own).map_err(|e| Error::Fonts(e.to_string())),
        None => Ok(Fonts::bundled()),
    }
}

/// The offices of a spool.
///
/// # Errors
/// [`Error::Text`] when they cannot be read, or count by a calendar that is not there.
pub fn offices_of(spool: &Path) -> Result<Offices, Error> {
    dated(&Spool::at(spool)).map(|(offices, _)| offices)
}

/// The calendar a command line is to count with: the spool's, or the shipped one.
///
/// # Errors
/// [`Error::Text`] when the spool's calendar cannot be read.
pub fn calendar_of(spool: &Path) -> Result<Calendar, Error> {
    calendar(&Spool::at(spool))
}

/// The faces a command line is to set papers in: those of the spool's own directory, when it has one, then the bundled ones.
///
/// # Errors
/// [`Error::Text`] when the settings cannot be read, [`Error::Fonts`] when the directory cannot. A damaged face is left out ([`Fonts::unused`]).
pub fn fonts_of(spool: &Path) -> Result<Fonts, Error> {
    let spool = Spool::at(spool);
    fonts(&spool, &settings(&spool)?)
}

/// The settings of a spool.
///
/// # Errors
/// [`Error::Text`] when they cannot be read.
pub fn settings_of(spool: &Path) -> Result<Settings, Error> {
    settings(&Spool::at(spool))
}

/// What papers of a spool are made with.
pub(in crate::engine) fn workshop(spool: &Spool, settings: &Settings) -> Result<Workshop, Error> {
    let fonts = fonts(spool, settings)?;
    for face in fonts.unused() {
        tracing::warn!(
            "{} is not used, papers are set in other faces: {}; {}",
            face.path.display(),
            face.reason,
            face.help
        );
    }
    Ok(Workshop {
        spool: spool.clone(),
        maker: Arc::new(Maker::new(spool)),
        fonts,
        font_directory: font_directory(spool, settings),
        libreoffice: settings.libreoffice.clone(),
    })
}
