//! Puts the open questions to the answerer, so that it can understand them: as one text, with what they go on from,
//! and one by one when they are several.

use hinny_kb::{Answer, Judgement, Person, Verdict};

use super::phrasing::phrased;
use super::talk::Given;
use super::{talk, words_of};
use crate::answerer::AnswererDown;
use crate::dialogue::{OpenTurn, Talk};
use crate::ids::{ConversationId, Seq, SiteId};
use crate::intent::{self, Follows};
use crate::order::Request;
use crate::shell::Shell;

/// More questions than these in one message are looked up as one text.
const PARTS: usize = 4;

/// What is to be looked up.
pub struct Asked {
    pub open: OpenTurn,
    /// What the bot answered before.
    pub talk: Talk,
    /// The words of the only open question, when they have just come in.
    pub known: Option<String>,
}

/// Asks the answerer about an open turn, and makes its verdict a request. Never fails: a failure is one too.
pub async fn judged(
    shell: &Shell,
    site: &SiteId,
    conversation: &ConversationId,
    asked: Asked,
) -> Request {
    let turn = asked.open.turn;
    let looked_up = async {
        let desk = Desk {
            shell,
            site,
            conversation,
            person: person(shell, site, conversation).await?,
        };
        desk.look_up(asked).await
    };
    match looked_up.await {
        Ok((judgement, partial)) => Request::Judge {
            turn,
            judgement: Box::new(judgement),
            partial,
        },
        Err(error) => {
            tracing::error!(conversation.id = %conversation, error, "a question could not be answered");
            Request::FailTurn { turn }
        }
    }
}

/// What is proven about the visitor, if any answer depends on it.
async fn person(
    shell: &Shell,
    site: &SiteId,
    conversation: &ConversationId,
) -> Result<Person, String> {
    if !shell.answerer.is_personal(site) {
        return Ok(Person::default());
    }
    let row = shell.store.conversation(conversation).await;
    let row = row.map_err(|error| error.to_string())?;
    let row = row.ok_or("there is no such conversation")?;
    let profile = shell.store.profile(&row.visitor).await;
    let profile = profile.map_err(|error| error.to_string())?;
    Ok(profile.map_or_else(Person::default, |profile| profile.proven()))
}

struct Desk<'a> {
    shell: &'a Shell,
    site: &'a SiteId,
    conversation: &'a ConversationId,
    person: Person,
}

impl Desk<'_> {
    /// The judgement, and whether it is about a part of the questions only.
    async fn look_up(&self, asked: Asked) -> Result<(Judgement, bool), String> {
        let text = match asked.known {
            Some(text) => text,
            None => self.question(&asked.open.questions).await?,
        };
        let parts = intent::questions(&text);
        let several = (2..=PARTS).contains(&parts.len());
        let goes_on = intent::goes_on(&text).is_some();
        // A question that stands alone is looked up whatever was said before.
        let mut given = match several || goes_on {
            true => self.given(&asked.talk).await?,
            false => Given::default(),
        };
        if several && let Some(found) = self.one_by_one(&text, &parts, &mut given).await? {
            return Ok(found);
        }
        let found = self.follow(&text, &asked.talk.answered, &given).await?;
        let questions = &asked.open.questions;
        let mut found = phrased(self.shell, self.site, self.conversation, questions, found).await;
        // A model may have come to the same words.
        if goes_on && given.has_answer(&found) {
            found.withdraw();
        }
        Ok((found, false))
    }

    async fn given(&self, talk: &Talk) -> Result<Given, String> {
        let given = talk::given(self.shell, self.conversation, talk).await;
        given.map(Given).map_err(|error| error.to_string())
    }

    async fn ask(&self, question: &str) -> Result<Judgement, String> {
        let judged = self
            .shell
            .answerer
            .answer(self.site, &self.person, question)
            .await;
        judged.map_err(|down: AnswererDown| down.to_string())
    }

    /// Looks a text up, if it goes on with an earlier question then with that one.
    async fn follow(&self, text: &str, before: &[Seq], given: &Given) -> Result<Judgement, String> {
        if intent::goes_on(text).is_none() || before.is_empty() {
            return self.ask(text).await;
        }
        let subject = talk::subject(self.shell, self.conversation, before).await;
        match subject.map_err(|error| error.to_string())? {
            Some(subject) => self.go_on(&subject, text, given).await,
            None => self.ask(text).await,
        }
    }

    /// A line that makes no sense alone is looked up together with what it goes on from. Where it might make sense
    /// alone that is tried first. What the visitor has had already is no answer to it.
    async fn go_on(&self, subject: &str, text: &str, given: &Given) -> Result<Judgement, String> {
        let whole = format!("{subject} {text}");
        let alone_first = match intent::goes_on(text) {
            Some(Follows::Surely) => false,
            Some(Follows::Perhaps) => true,
            None => return self.ask(text).await,
        };
        let (first, second) = match alone_first {
            true => (text, whole.as_str()),
            false => (whole.as_str(), text),
        };
        let is_new =
            |found: &Judgement| found.verdict == Verdict::Answer && !given.has_answer(found);
        let found = self.ask(first).await?;
        if is_new(&found) {
            return Ok(found);
        }
        let other = self.ask(second).await?;
        if is_new(&other) {
            return Ok(other);
        }
        let had = [&found, &other]
            .iter()
            .any(|look| look.verdict == Verdict::Answer);
        Ok(match (had, alone_first) {
            (false, _) => found,
            (true, true) => what_is_left(found, &other, given),
            (true, false) => what_is_left(other, &found, given),
        })
    }

    /// Several questions, each looked up by itself. Nothing when none of them has an answer so.
    async fn one_by_one(
        &self,
        text: &str,
        parts: &[String],
        given: &mut Given,
    ) -> Result<Option<(Judgement, bool)>, String> {
        let mut found = Vec::new();
        let mut missing = Vec::new();
        let mut language = None;
        let mut before = "";
        for part in parts {
            let judgement = match before {
                "" => self.ask(part).await?,
                before => self.go_on(before, part, given).await?,
            };
            if judgement.answer.is_some() {
                given.add(&judgement);
            }
            before = part;
            language = language.or_else(|| judgement.language.clone());
            match judgement.answer {
                Some(_) => found.push(judgement),
                None => missing.push(part.as_str()),
            }
        }
        let partial = !missing.is_empty();
        let merged = merge(text, found, &missing, language).map(|mut judgement| {
            judgement.parts = parts.to_vec();
            (judgement, partial)
        });
        Ok(merged)
    }

    /// The words of the open questions, a line each.
    async fn question(&self, questions: &[Seq]) -> Result<String, String> {
        let (Some(first), Some(last)) = (questions.first(), questions.last()) else {
            return Err("a turn without questions".into());
        };
        let limit = u32::try_from(last - first + 1).unwrap_or(u32::MAX);
        let read = self.shell.store.read(self.conversation, first - 1, limit);
        let entries = read.await.map_err(|error| error.to_string())?;
        let asked = entries
            .iter()
            .filter(|entry| questions.contains(&entry.event.seq));
        Ok(asked.map(words_of).collect::<Vec<_>>().join("\n"))
    }
}

/// When a line and what it goes on from have only answers that the visitor has had. What the line alone has a guess at
/// may be suggested, and so may an entry that both readings come to next.
fn what_is_left(mut alone: Judgement, whole: &Judgement, given: &Given) -> Judgement {
    if alone.verdict == Verdict::Suggest {
        return alone;
    }
    let (one, other) = (given.best_left(&alone), given.best_left(whole));
    let agreed = one.filter(|one| other.is_some_and(|other| other.entry == one.entry));
    let agreed = agreed.cloned();
    alone.withdraw();
    if let Some(agreed) = agreed {
        alone.verdict = Verdict::Suggest;
        alone.candidates = vec![agreed];
    }
    alone
}

/// One judgement of several: the least sure of them says how sure, and the candidates of all are kept. What has no
/// answer is named, in the language of the questions.
fn merge(
    text: &str,
    found: Vec<Judgement>,
    missing: &[&str],
    language: Option<String>,
) -> Option<Judgement> {
    let mut found = found.into_iter();
    let mut all = found.next()?;
    let mut answers = vec![all.answer.take()?];
    for more in found {
        all.confidence = all.confidence.min(more.confidence);
        all.candidates.extend(more.candidates);
        answers.extend(more.answer.filter(|answer| !answers.contains(answer)));
    }
    let mut words: Vec<String> = answers
        .iter()
        .map(|answer| answer.markdown.clone())
        .collect();
    let says = intent::says(language.as_deref());
    words.extend(missing.iter().map(|part| {
        let part: String = part
            .chars()
            .filter(|c| !"\\`*_[]<>#|".contains(*c))
            .collect();
        format!("{} {}", says.part, part.trim())
    }));
    all.answer = Some(Answer {
        markdown: words.join("\n\n"),
        sources: answers
            .into_iter()
            .flat_map(|answer| answer.sources)
            .collect(),
    });
    all.language = language;
    all.query = text.split_whitespace().collect::<Vec<_>>().join(" ");
    Some(all)
}
