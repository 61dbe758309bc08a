//! The server, its roles and members, the bot itself, and the acknowledging of presses.

use std::time::Instant;

use serde_json::{Value, json};

use super::{
    BOT, GUILD, checks,
    rest::{Answer, Asked, Refusal},
    shapes,
    state::State,
};

pub fn work(state: &mut State, route: &str, asked: &Asked) -> Answer {
    let ok = |body: Value| Ok((200, body));
    match route {
        "GET users/@me" => ok(shapes::user(&state.members[&BOT])),
        "GET applications/@me" | "GET oauth2/applications/@me" => ok(application(state)),
        "GET gateway" => ok(json!({"url": gateway(state)})),
        "GET gateway/bot" => ok(json!({
            "url": gateway(state), "shards": 1,
            "session_start_limit": {
                "total": 1_000, "remaining": 1_000usize.saturating_sub(state.sessions.identifies),
                "reset_after": 86_400_000, "max_concurrency": 1,
            },
        })),
        "GET guilds" => ours(state, asked).and_then(|()| ok(shapes::guild(state))),
        "GET guilds/roles" => {
            ours(state, asked)?;
            let roles = state.roles.keys();
            ok(roles.map(|id| shapes::role(state, *id)).collect())
        }
        "GET guilds/members" => {
            ours(state, asked)?;
            let member = state.members.get(&asked.id(3)?).filter(|one| !one.gone);
            let member = member.ok_or(Refusal::new(404, 10_007))?;
            ok(shapes::member(member))
        }
        "GET users/@me/guilds" => ok(json!([{"id": GUILD.to_string(), "name": "Example"}])),
        "POST interactions/callback" => acknowledge(state, asked),
        _ => Err(Refusal::new(404, 0)),
    }
}

fn gateway(state: &State) -> String {
    format!("{}/gateway", state.url.replacen("http", "ws", 1))
}

/// A bot that was removed sees no server any more.
fn ours(state: &State, asked: &Asked) -> Result<(), Refusal> {
    match asked.id(1)? == GUILD && !state.members[&BOT].gone {
        true => Ok(()),
        false => Err(Refusal::new(404, 10_004)),
    }
}

/// The flag of an application with fewer than 100 servers that has Message Content switched on
/// (<https://discord.com/developers/docs/resources/application#application-object-application-flags>).
pub fn flags(state: &State) -> u64 {
    u64::from(state.message_content) << 19
}

fn application(state: &State) -> Value {
    json!({
        "id": BOT.to_string(), "name": "hinny", "icon": null, "description": "",
        "bot_public": false, "bot_require_code_grant": false, "verify_key": "00",
        "flags": flags(state), "rpc_origins": [], "team": null, "summary": "",
        "owner": {"id": "7", "username": "owner", "discriminator": "0", "global_name": null, "avatar": null},
    })
}

fn acknowledge(state: &mut State, asked: &Asked) -> Answer {
    let (id, token) = (asked.id(1)?, asked.path.get(2).cloned());
    checks::callback(&asked.body)?;
    let mut presses = state.presses.iter_mut();
    let press = presses.find(|press| press.id == id && Some(&press.token) == token.as_ref());
    let press = press.ok_or(Refusal::new(404, 10_062))?;
    if press.answered.is_some() {
        return Err(Refusal::new(400, 40_060));
    }
    // After three seconds the press has failed for the person, and the token with it.
    if press.at.elapsed().as_secs() >= 3 {
        return Err(Refusal::new(404, 10_062));
    }
    press.answered = Some(Instant::now());
    // Who asks for it gets to know what the acknowledging did.
    let curious = |(key, value): &(String, String)| key == "with_response" && value != "false";
    match asked.query.iter().any(curious) {
        true => Ok((
            200,
            json!({"interaction": {
                "id": id.to_string(), "type": 3, "response_message_loading": false,
                "response_message_ephemeral": false,
            }}),
        )),
        false => Ok((204, Value::Null)),
    }
}
