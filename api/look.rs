//! How a site's chat looks, as the one file that its pages fetch before anybody clicks. It is the same for everybody,
//! so browsers and proxies may keep it, and every page may read it: nothing in it is a secret. What only the open chat
//! shows goes with the welcome. Pictures are read once, told from their bytes, and served from here.

use std::collections::HashMap;
use std::path::{Path as FilePath, PathBuf};

use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::header::ACCESS_CONTROL_ALLOW_ORIGIN;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use hinny_actors::files::Kind;
use hinny_actors::ids::SiteId;
use serde::Serialize;

use crate::app::Shared;
use crate::assets;
use crate::config::colour::Colour;
use crate::config::look::{Look, Side, Theme};
use crate::config::proactive::Proactive;
use crate::config::{Config, Site};
use crate::error::Problem;
use crate::words::{self, FALLBACK};

const JSON: &str = "application/json";

/// A larger picture would cost a page more than the whole chat does.
const LARGEST: u64 = 200_000;

/// What accents are read on: the chat's grey fields, which are harder than its background (`widget/src/style.css`).
const LIGHT: Colour = Colour([0xf3, 0xf5, 0xf5]);
const DARK: Colour = Colour([0x23, 0x2a, 0x2a]);

/// What each site shows, ready to be sent.
pub type Looks = HashMap<SiteId, Shown>;

/// One site's look.
#[derive(Clone, Debug)]
pub struct Shown {
    /// By language.
    files: HashMap<&'static str, Kept>,
    /// What goes with the welcome.
    pub brand: Option<Brand>,
    pictures: HashMap<String, Kept>,
}

/// What browsers keep.
#[derive(Clone, Debug)]
struct Kept {
    mime: &'static str,
    bytes: Bytes,
    tag: HeaderValue,
}

impl Kept {
    fn new(mime: &'static str, bytes: Vec<u8>) -> Kept {
        Kept {
            mime,
            tag: assets::tag(&bytes),
            bytes: bytes.into(),
        }
    }

    fn answer(&self, headers: &HeaderMap) -> Response {
        assets::cached(headers, self.tag.clone(), self.mime, self.bytes.clone())
    }
}

/// Of a site's look, what only the open chat shows. Addresses are paths on this server.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Brand {
    pub logo: Option<String>,
    pub team: Vec<Face>,
    pub replies: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Face {
    pub name: String,
    pub photo: Option<String>,
}

/// What the loader reads; see `Look` in `widget/src/look.ts`.
#[derive(Serialize)]
struct View<'a> {
    /// When the dark colours hold, as a media query.
    dark: &'static str,
    /// The accent, what is legible on it, and its shade that is legible as text: in the light theme and in the dark.
    colours: [String; 6],
    side: &'static str,
    x: u16,
    y: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    icon: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    preload: bool,
    lang: &'static str,
    /// The button's names: to open the chat, and to open it in a tab of its own.
    words: [&'a str; 2],
    /// What a hello says of a visitor who agreed, where the site asks first.
    #[serde(skip_serializing_if = "Option::is_none")]
    ask: Option<Agreed>,
    /// What is said to visitors before they open the chat.
    #[serde(skip_serializing_if = "Option::is_none")]
    say: Option<Unasked<'a>>,
}

/// See `widget/src/proactive.ts`.
#[derive(Serialize)]
struct Unasked<'a> {
    /// The part of the widget that says it.
    part: &'static str,
    /// The name of the button that closes it.
    close: &'a str,
    /// A name for each rule, its pattern, seconds and text.
    rules: Vec<(String, &'a str, u64, &'a str)>,
}

#[derive(Serialize)]
struct Agreed {
    consent: bool,
}

/// `GET /v1/sites/{site}/look?de-AT,de,en`: in the first of these languages that there is, else in English.
pub async fn show(
    State(app): State<Shared>,
    Path(site): Path<String>,
    RawQuery(wanted): RawQuery,
    headers: HeaderMap,
) -> Response {
    let lang = language(wanted.as_deref().unwrap_or_default());
    let site = app.site(&site);
    for_every_page(site.map(|site| app.looks[&site.id].files[lang].answer(&headers)))
}

/// The pack for the first of some language tags that has one.
fn language(wanted: &str) -> &'static str {
    let known = |tag: &str| {
        let main = tag.split(['-', '_']).next()?;
        words::languages().find(|language| language.eq_ignore_ascii_case(main))
    };
    wanted.split(',').find_map(known).unwrap_or(FALLBACK)
}

/// `GET /v1/sites/{site}/pictures/{name}`
pub async fn picture(
    State(app): State<Shared>,
    Path((site, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let found = app.site(&site).and_then(|site| {
        let picture = app.looks[&site.id].pictures.get(&name);
        picture.ok_or_else(Problem::not_found)
    });
    for_every_page(found.map(|picture| picture.answer(&headers)))
}

/// A page that names what is not there is told so, wherever it is.
fn for_every_page(result: Result<Response, Problem>) -> Response {
    let mut response = result.unwrap_or_else(IntoResponse::into_response);
    response
        .headers_mut()
        .insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

/// Reads the pictures of all sites; a mistake is told in words.
pub fn load(config: &Config) -> Result<Looks, String> {
    let one = |site: &Site| Ok((site.id.clone(), shown(site)?));
    config.sites.iter().map(one).collect()
}

fn shown(site: &Site) -> Result<Shown, String> {
    let mut pictures = HashMap::new();
    let mut keep = |path: &PathBuf| {
        let picture = read(path)
            .map_err(|what| format!("site `{}`: `look`: {}: {what}", site.id, path.display()))?;
        let name = picture.tag.to_str().unwrap_or_default().replace('"', "");
        let address = format!("/v1/sites/{}/pictures/{name}", site.id);
        pictures.insert(name, picture);
        Ok::<_, String>(address)
    };
    let look = &site.look;
    let mut picture = |path: &Option<PathBuf>| path.as_ref().map(&mut keep).transpose();
    let icon = picture(&look.icon)?;
    let logo = picture(&look.logo)?;
    let team = look.team.iter().map(|face| {
        Ok(Face {
            name: face.name.clone(),
            photo: picture(&face.photo)?,
        })
    });
    let brand = Brand {
        logo,
        team: team.collect::<Result<_, String>>()?,
        replies: look.replies.clone(),
    };
    let bare = brand.logo.is_none() && brand.team.is_empty() && brand.replies.is_empty();
    let file = |lang: &'static str| {
        let view = view(site, icon.clone(), lang);
        let bytes = serde_json::to_vec(&view).expect("words and numbers are JSON");
        (lang, Kept::new(JSON, bytes))
    };
    Ok(Shown {
        files: words::languages().map(file).collect(),
        brand: (!bare).then_some(brand),
        pictures,
    })
}

fn read(path: &FilePath) -> Result<Kept, String> {
    let told = |error: std::io::Error| error.to_string();
    let size = std::fs::metadata(path).map_err(told)?.len();
    if size > LARGEST {
        return Err(format!("a picture has at most {} kB", LARGEST / 1000));
    }
    let bytes = std::fs::read(path).map_err(told)?;
    let kind = Kind::of(&bytes).ok();
    let kind = kind.filter(|kind| kind.mime.starts_with("image/"));
    let kind = kind.ok_or("it is no PNG, JPEG, GIF or WebP picture")?;
    Ok(Kept::new(kind.mime, bytes))
}

fn view<'a>(site: &'a Site, icon: Option<String>, lang: &'static str) -> View<'a> {
    let look = &site.look;
    View {
        dark: match look.theme {
            Theme::Light => "not all",
            Theme::Dark => "all",
            Theme::Auto => "(prefers-color-scheme:dark)",
        },
        colours: colours(look).map(|colour| colour.to_string()),
        side: match look.side {
            Side::Left => "left",
            Side::Right => "right",
        },
        x: look.offset[0],
        y: look.offset[1],
        icon,
        preload: look.preload,
        lang,
        words: ["open", "tab"].map(|name| words::said(site, lang, name)),
        ask: site.asks_first().then_some(Agreed { consent: true }),
        say: unasked(site, lang),
    }
}

fn unasked<'a>(site: &'a Site, lang: &str) -> Option<Unasked<'a>> {
    let rule = |rule: &'a Proactive| {
        let seconds = rule.after.as_secs();
        // The same words in another language are still the same, and other words are others.
        let tag = assets::tag(format!("{} {seconds} {}", rule.page, rule.text).as_bytes());
        let name = tag.to_str().unwrap_or_default()[1..9].to_owned();
        (name, rule.page.as_str(), seconds, rule.said(lang))
    };
    (!site.proactive.is_empty()).then(|| Unasked {
        part: "/widget-proactive.js",
        close: words::said(site, lang, "dismiss"),
        rules: site.proactive.iter().map(rule).collect(),
    })
}

fn colours(look: &Look) -> [Colour; 6] {
    let light = look.accent;
    let dark = look.accent_dark;
    let dark = dark.unwrap_or_else(|| light.legible_on(DARK));
    [
        light,
        light.ink(),
        light.legible_on(LIGHT),
        dark,
        dark.ink(),
        dark.legible_on(DARK),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_the_accent_all_that_is_read_is_legible() {
        for accent in [
            "#0f766e", "#ffd400", "#000", "#fff", "#808080", "#e11d48", "#00ff00",
        ] {
            let look = Look {
                accent: Colour::parse(accent).unwrap(),
                ..Look::default()
            };
            let [main, on, text, dark, dark_on, dark_text] = colours(&look);
            assert_eq!(main, look.accent, "the brand's colour stays as it is");
            let pairs = [
                (main, on),
                (text, LIGHT),
                (dark, dark_on),
                (dark_text, DARK),
            ];
            for (one, two) in pairs {
                assert!(one.contrast(two) >= 4.5, "{accent}: {one} on {two}");
            }
        }
    }

    #[test]
    fn the_language_is_the_first_that_there_is() {
        let chosen = [
            ("de-AT,en", "de"),
            (",pt-BR,en", "pt"),
            ("sv,nb,FR", "fr"),
            ("", "en"),
            ("xx,../en,<script>", "en"),
        ];
        for (wanted, expected) in chosen {
            assert_eq!(language(wanted), expected, "{wanted}");
        }
    }

    #[test]
    fn a_picture_is_what_its_bytes_say() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            path
        };
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01";
        assert_eq!(read(&file("any.txt", png)).unwrap().mime, "image/png");
        let refused = [
            file(
                "logo.png",
                b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>",
            ),
            file("page.png", b"<!doctype html><script>1</script>"),
            file("paper.png", b"%PDF-1.7"),
            file("empty.png", b""),
            file("large.png", &[png.to_vec(), vec![0; 200_000]].concat()),
            folder.path().join("missing.png"),
        ];
        for path in refused {
            assert!(read(&path).is_err(), "{}", path.display());
        }
    }
}
