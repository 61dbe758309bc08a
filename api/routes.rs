//! `Routes`: the server's paths, as a list that can be read. axum's router cannot say what is in it, and the test that
//! tries everybody's ids on every path must not depend on somebody remembering a new one. So a path is added here
//! or nowhere.

use axum::Router;
use axum::handler::Handler;
use axum::routing::{MethodRouter, any, delete, get, post};
use serde::de::value::MapDeserializer;
use serde::de::{self, DeserializeOwned};

use crate::app::Shared;

/// A router that knows what is in it.
pub struct Routes {
    router: Router<Shared>,
    /// Method and path of each.
    list: Vec<String>,
}

impl Routes {
    pub fn new() -> Self {
        Routes {
            router: Router::new(),
            list: Vec::new(),
        }
    }

    pub fn get<H: Handler<T, Shared>, T: 'static>(self, path: &str, handler: H) -> Self {
        self.add("GET", path, get(handler))
    }

    pub fn post<H: Handler<T, Shared>, T: 'static>(self, path: &str, handler: H) -> Self {
        self.add("POST", path, post(handler))
    }

    pub fn delete<H: Handler<T, Shared>, T: 'static>(self, path: &str, handler: H) -> Self {
        self.add("DELETE", path, delete(handler))
    }

    /// Whatever the method.
    pub fn any<H: Handler<T, Shared>, T: 'static>(self, path: &str, handler: H) -> Self {
        self.add("ANY", path, any(handler))
    }

    fn add(mut self, method: &str, path: &str, handler: MethodRouter<Shared>) -> Self {
        self.list.push(format!("{method} {path}"));
        Routes {
            router: self.router.route(path, handler),
            list: self.list,
        }
    }

    pub fn merge(mut self, other: Routes) -> Self {
        self.list.extend(other.list);
        Routes {
            router: self.router.merge(other.router),
            list: self.list,
        }
    }

    /// What all paths so far have in common: layers, and answers where nothing fits.
    pub fn around(self, change: impl FnOnce(Router<Shared>) -> Router<Shared>) -> Self {
        Routes {
            router: change(self.router),
            ..self
        }
    }

    pub fn router(self) -> Router<Shared> {
        self.router
    }

    pub fn list(self) -> Vec<String> {
        self.list
    }
}

/// The kinds of frame that an enum with a `type` is read from.
pub fn kinds<T: DeserializeOwned>() -> &'static [&'static str] {
    let nothing = MapDeserializer::new([("type", "")].into_iter());
    match T::deserialize(nothing) {
        Ok(_) => &[],
        Err(Known(kinds)) => kinds,
    }
}

/// serde's complaint about a kind that there is not, of which only the known ones are kept.
#[derive(Debug)]
struct Known(&'static [&'static str]);

impl std::fmt::Display for Known {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

impl std::error::Error for Known {}

impl de::Error for Known {
    fn custom<T: std::fmt::Display>(_: T) -> Self {
        Known(&[])
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Known(expected)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    #[serde(tag = "type", rename_all = "snake_case")]
    enum Frame {
        #[allow(dead_code, reason = "only its name counts")]
        Watch {
            after: u32,
        },
        PingPong,
    }

    #[test]
    fn the_kinds_of_an_enum_are_those_it_is_read_from() {
        assert_eq!(kinds::<Frame>(), ["watch", "ping_pong"]);
    }

    #[test]
    fn what_is_added_is_on_the_list() {
        let more = Routes::new().get("/b", || async {});
        let routes = Routes::new().post("/a", || async {}).merge(more);
        let routes = routes.around(|router| router.fallback(|| async {}));
        assert_eq!(routes.list(), ["POST /a", "GET /b"]);
    }
}
