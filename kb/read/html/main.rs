//! Which part of a page is its content. Pages that say so are believed; in others the part that holds most of the words
//! is looked for, and what is mostly links is taken for a menu.

use std::collections::HashSet;

use scraper::{ElementRef, Html, Node, Selector};

/// Parts of a page that are no content, wherever they stand.
const NEVER: [&str; 15] = [
    "script", "style", "noscript", "template", "nav", "aside", "form", "button", "select", "svg",
    "iframe", "head", "object", "dialog", "footer",
];
/// The same by what they say of themselves.
const ROLES: [&str; 7] = [
    "navigation",
    "banner",
    "contentinfo",
    "search",
    "complementary",
    "menu",
    "dialog",
];
/// Words in the names of a page's parts that no page means for its content.
const NAMES: [&str; 14] = [
    "nav",
    "navbar",
    "navigation",
    "menu",
    "sidebar",
    "breadcrumb",
    "breadcrumbs",
    "footer",
    "cookie",
    "cookies",
    "pagination",
    "toc",
    "banner",
    "share",
];
/// A part inside holds so much of the words that the page is about nothing else.
const MOST: f64 = 0.7;
/// From this share of linked words on, a part with some links is a menu.
const MENU: f64 = 0.6;
const SOME_LINKS: usize = 3;

/// The content of a page, and the parts of it to pass over.
pub(super) struct Content<'a> {
    pub root: ElementRef<'a>,
    /// Whether the page itself says that this is its content.
    is_said: bool,
    menus: HashSet<usize>,
}

impl<'a> Content<'a> {
    pub fn of(html: &'a Html) -> Content<'a> {
        let said = ["main", "[role=main]"]
            .iter()
            .find_map(|name| first(html, name));
        if let Some(root) = said.or_else(|| only(html, "article")) {
            return Content {
                root,
                is_said: true,
                menus: HashSet::new(),
            };
        }
        let body = first(html, "body").unwrap_or_else(|| html.root_element());
        let weights = Weights::of(body);
        let root = weights.densest(body);
        Content {
            root,
            is_said: false,
            menus: weights.menus(root),
        }
    }

    /// Whether an element below the root is to be passed over.
    pub fn leaves_out(&self, element: ElementRef<'_>) -> bool {
        let value = element.value();
        let named = |name: &str| value.attr(name);
        NEVER.contains(&value.name())
            || named("role").is_some_and(|role| ROLES.contains(&role))
            || named("hidden").is_some()
            || (!self.is_said && (value.name() == "header" || is_named_so(element)))
            || self.menus.contains(&place(element))
    }
}

fn first<'a>(html: &'a Html, name: &str) -> Option<ElementRef<'a>> {
    let selector = Selector::parse(name).ok()?;
    html.select(&selector).next()
}

/// Several articles are a list of them.
fn only<'a>(html: &'a Html, name: &str) -> Option<ElementRef<'a>> {
    let selector = Selector::parse(name).ok()?;
    let mut all = html.select(&selector);
    let one = all.next()?;
    all.next().is_none().then_some(one)
}

/// Which element it is; nodes of one page do not move.
fn place(element: ElementRef<'_>) -> usize {
    std::ptr::from_ref(element.value()) as usize
}

/// Whether its class or id says that it is a menu or the like.
fn is_named_so(element: ElementRef<'_>) -> bool {
    let value = element.value();
    let names = [value.attr("class"), value.attr("id")]
        .into_iter()
        .flatten();
    let container = ["div", "section", "ul", "ol", "table", "td"].contains(&value.name());
    container
        && names
            .flat_map(|names| names.split(|c: char| !c.is_ascii_alphanumeric()))
            .any(|name| NAMES.contains(&name.to_ascii_lowercase().as_str()))
}

/// How many words each element holds, in links and outside.
struct Weights {
    by_place: std::collections::HashMap<usize, Weight>,
}

#[derive(Clone, Copy, Default)]
struct Weight {
    plain: usize,
    linked: usize,
    links: usize,
}

impl Weights {
    /// Counts without recursion, because pages may nest deeply.
    fn of(body: ElementRef<'_>) -> Weights {
        let mut weights = Weights {
            by_place: std::collections::HashMap::new(),
        };
        let mut open: Vec<(usize, Weight, bool)> = Vec::new();
        let mut stack = vec![(*body, false)];
        while let Some((node, leaving)) = stack.pop() {
            let element = ElementRef::wrap(node);
            match (node.value(), element) {
                (Node::Text(text), _) => {
                    let count = text
                        .split_whitespace()
                        .map(|word| word.chars().count())
                        .sum::<usize>();
                    if let Some((_, weight, in_link)) = open.last_mut() {
                        *(if *in_link {
                            &mut weight.linked
                        } else {
                            &mut weight.plain
                        }) += count;
                    }
                }
                (_, Some(element)) if leaving => weights.close(&mut open, element),
                (_, Some(element)) if !NEVER.contains(&element.value().name()) => {
                    let is_link = element.value().name() == "a";
                    let in_link = is_link || open.last().is_some_and(|(_, _, inside)| *inside);
                    let links = usize::from(is_link);
                    let weight = Weight {
                        links,
                        ..Weight::default()
                    };
                    open.push((place(element), weight, in_link));
                    stack.push((node, true));
                    stack.extend(node.children().map(|child| (child, false)));
                }
                _ => {}
            }
        }
        weights
    }

    fn close(&mut self, open: &mut Vec<(usize, Weight, bool)>, element: ElementRef<'_>) {
        let Some((at, weight, _)) = open.pop() else {
            return;
        };
        self.by_place.insert(at, weight);
        let outer = open.last_mut().filter(|_| !is_named_so(element));
        if let Some((_, outer, _)) = outer {
            outer.plain += weight.plain;
            outer.linked += weight.linked;
            outer.links += weight.links;
        }
    }

    fn weight(&self, element: ElementRef<'_>) -> Weight {
        self.by_place
            .get(&place(element))
            .copied()
            .unwrap_or_default()
    }

    /// Goes down as long as one part holds most of the words.
    fn densest<'a>(&self, body: ElementRef<'a>) -> ElementRef<'a> {
        let mut at = body;
        loop {
            let inner = at.child_elements().filter(|inner| !is_named_so(*inner));
            let best = inner.max_by_key(|inner| self.weight(*inner).plain);
            let containers = [
                "div", "section", "article", "table", "tbody", "tr", "td", "center",
            ];
            let next = best.filter(|best| {
                let (own, all) = (self.weight(*best).plain, self.weight(at).plain);
                containers.contains(&best.value().name()) && own as f64 > all as f64 * MOST
            });
            match next {
                Some(next) => at = next,
                None => return at,
            }
        }
    }

    /// The parts below that are mostly links.
    fn menus(&self, root: ElementRef<'_>) -> HashSet<usize> {
        let is_menu = |element: &ElementRef<'_>| {
            let weight = self.weight(*element);
            let all = weight.plain + weight.linked;
            let parts = ["div", "section", "ul", "ol", "table", "td", "dl", "p"];
            parts.contains(&element.value().name())
                && weight.links >= SOME_LINKS
                && weight.linked as f64 > all as f64 * MENU
        };
        let below = root
            .descendent_elements()
            .filter(|element| place(*element) != place(root));
        below.filter(is_menu).map(place).collect()
    }
}
