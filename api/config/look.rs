//! `[site.look]`: how a site's chat looks. Pictures are only named here; `crate::look` reads them when the server
//! starts.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::Problems;
use super::colour::Colour;

/// Further away, the button would be off a phone's screen.
const FARTHEST: u16 = 400;
/// More faces than these do not fit into the chat's header.
const MOST_FACES: usize = 4;
const MOST_REPLIES: usize = 6;
/// Letters of a reply, which stands on a button, and of a name.
const LONGEST: usize = 80;

/// As it is written.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RawLook {
    pub accent: String,
    pub accent_dark: Option<String>,
    pub theme: String,
    pub position: String,
    pub offset: [u16; 2],
    pub logo: Option<String>,
    pub icon: Option<String>,
    pub team: Vec<RawFace>,
    pub replies: Vec<String>,
    pub preload: bool,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawFace {
    pub name: String,
    #[serde(default)]
    pub photo: Option<String>,
}

impl Default for RawLook {
    fn default() -> Self {
        RawLook {
            accent: "#0f766e".to_owned(),
            accent_dark: None,
            theme: "auto".to_owned(),
            position: "right".to_owned(),
            offset: [20, 20],
            logo: None,
            icon: None,
            team: Vec::new(),
            replies: Vec::new(),
            preload: false,
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    pub accent: Colour,
    /// A shade of the accent without it.
    pub accent_dark: Option<Colour>,
    pub theme: Theme,
    pub side: Side,
    /// The button's distance from that side and from below, in pixels.
    pub offset: [u16; 2],
    pub logo: Option<PathBuf>,
    pub icon: Option<PathBuf>,
    pub team: Vec<Face>,
    pub replies: Vec<String>,
    pub preload: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    Light,
    Dark,
    Auto,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Left,
    Right,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Face {
    pub name: String,
    pub photo: Option<PathBuf>,
}

impl Default for Look {
    fn default() -> Self {
        Look::check(
            &RawLook::default(),
            Path::new(""),
            "",
            &mut Problems::default(),
        )
        .expect("the defaults have no mistakes")
    }
}

impl Look {
    pub(super) fn check(
        raw: &RawLook,
        base: &Path,
        label: &str,
        problems: &mut Problems,
    ) -> Option<Look> {
        let within = |what: String| format!("{label}: `look.{what}");
        let mut colour = |key: &str, text: &str| {
            let parsed = Colour::parse(text).map_err(|what| within(format!("{key}`: {what}")));
            problems.take(parsed)
        };
        let accent = colour("accent", &raw.accent);
        let accent_dark = raw.accent_dark.as_deref();
        let accent_dark = accent_dark.map(|text| colour("accent_dark", text));
        for what in too_much(raw) {
            problems.add(within(what));
        }
        let theme = problems.take(theme(&raw.theme).map_err(within));
        let side = problems.take(side(&raw.position).map_err(within));
        let file = |name: &Option<String>| name.as_ref().map(|name| base.join(name));
        let face = |face: &RawFace| Face {
            name: face.name.clone(),
            photo: file(&face.photo),
        };
        Some(Look {
            accent: accent?,
            accent_dark: accent_dark.flatten(),
            theme: theme?,
            side: side?,
            offset: raw.offset,
            logo: file(&raw.logo),
            icon: file(&raw.icon),
            team: raw.team.iter().map(face).collect(),
            replies: raw.replies.clone(),
            preload: raw.preload,
        })
    }
}

fn too_much(raw: &RawLook) -> Vec<String> {
    let mut found = Vec::new();
    if raw.offset.iter().any(|distance| *distance > FARTHEST) {
        found.push(format!("offset`: at most {FARTHEST} pixels each"));
    }
    if raw.team.len() > MOST_FACES {
        found.push(format!("team`: at most {MOST_FACES} people"));
    }
    if raw.replies.len() > MOST_REPLIES {
        found.push(format!("replies`: at most {MOST_REPLIES}"));
    }
    let unfit = |text: &str| text.trim().is_empty() || text.chars().count() > LONGEST;
    if raw.replies.iter().any(|text| unfit(text)) {
        found.push(format!("replies`: each has 1 to {LONGEST} letters"));
    }
    if raw.team.iter().any(|face| unfit(&face.name)) {
        found.push(format!("team`: a name has 1 to {LONGEST} letters"));
    }
    found
}

fn theme(word: &str) -> Result<Theme, String> {
    match word {
        "light" => Ok(Theme::Light),
        "dark" => Ok(Theme::Dark),
        "auto" => Ok(Theme::Auto),
        other => Err(format!(
            "theme` = \"{other}\": it is \"auto\", \"light\" or \"dark\""
        )),
    }
}

fn side(word: &str) -> Result<Side, String> {
    match word {
        "left" => Ok(Side::Left),
        "right" => Ok(Side::Right),
        other => Err(format!(
            "position` = \"{other}\": it is \"right\" or \"left\""
        )),
    }
}
