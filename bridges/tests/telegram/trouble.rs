//! The life of a topic when things change under the bridge, and calls that fail in the middle of something.

use hinny_bridges::{Button, FetchError, Look, RemoteFile, Sign};

use super::*;
use platform::{BotRole, Fault, Storm};

/// What happens to a group.
type Blow = fn(&mut platform::Group);

fn button(label: &str, action: &str) -> Button {
    Button {
        action: action.to_owned(),
        label: label.to_owned(),
        look: Look::Plain,
    }
}

#[tokio::test]
async fn buttons_are_pressed_acknowledged_and_taken_away() {
    let desk = Desk::open().await;
    let mut listening = desk.listen();
    let mut card = card();
    card.buttons = vec![
        vec![button("Take", "take"), button("Close", "close")],
        vec![button("Send this", "send:12:1")],
    ];
    let posts = desk
        .bridge
        .send(&desk.thread, &[card.clone()])
        .await
        .unwrap();
    assert_eq!(
        desk.shown(&posts)[0].buttons[1],
        [("Send this".to_owned(), "send:12:1".to_owned())]
    );

    let query = desk.ann().presses(desk.topic, "Send this");
    let inbound = listening.next().await;
    assert_eq!(inbound.event_id, format!("pressed:{query}"));
    assert_eq!(
        inbound.origin,
        hinny_bridges::Origin::Thread(desk.thread.clone())
    );
    let (post, action) = (posts[0].id.clone(), "send:12:1".to_owned());
    assert_eq!(inbound.what, Happened::Pressed { post, action });
    desk.server.await_calls("answerCallbackQuery", 1).await;
    desk.server.await_all_confirmed().await;
    assert_eq!(desk.server.open_queries(), 0);

    card.buttons.clear();
    desk.edits(&posts, &[card]).await;
    assert!(desk.shown(&posts)[0].buttons.is_empty());
}

/// A press that cannot be stored stays unanswered, and comes again.
#[tokio::test]
async fn a_press_is_acknowledged_only_when_it_is_stored() {
    let desk = Desk::open().await;
    let mut card = card();
    card.buttons = vec![vec![button("Take", "take")]];
    desk.sends(card).await;
    desk.ann().presses(desk.topic, "Take");
    let (full, _seen) = ledger(1, Vec::new());
    listen(desk.bridge.as_ref(), &full).await;
    assert_eq!(
        (desk.server.open_queries(), desk.server.pending_updates()),
        (1, 1)
    );
    let mut listening = desk.listen();
    assert!(matches!(
        listening.next().await.what,
        Happened::Pressed { .. }
    ));
}

#[tokio::test]
async fn a_group_that_is_closed_to_us_is_no_access() {
    let closed: [(&str, Blow); 4] = [
        ("kicked", |group| group.bot = BotRole::Kicked),
        ("not enough rights", |group| group.bot = BotRole::Member),
        ("not a forum", |group| group.is_forum = false),
        ("has become the supergroup -1009", |group| {
            group.moved_to = Some(-1009)
        }),
    ];
    for (words, change) in closed {
        let desk = Desk::open().await;
        desk.server.in_group(CHAT, change);
        let error = desk
            .bridge
            .open(&channel(), "Bob", &card())
            .await
            .unwrap_err();
        assert!(matches!(error, SendError::NoAccess(_)), "{error}");
        assert!(error.to_string().contains(words), "{error}");
    }
    let desk = Desk::open().await;
    let elsewhere = Channel::Telegram(TelegramChannel { chat: -9 });
    let error = desk
        .bridge
        .open(&elsewhere, "Bob", &card())
        .await
        .unwrap_err();
    assert!(matches!(error, SendError::NoAccess(_)), "{error}");
}

#[tokio::test]
async fn administrators_are_told_apart() {
    let desk = Desk::open().await;
    let mut listening = desk.listen();
    desk.server.agent(7, "Lead").is_admin(CHAT);
    for (who, name, roles) in [(7, "Lead", vec!["admin".to_owned()]), (8, "Guest", vec![])] {
        for text in ["one", "two"] {
            desk.server.agent(who, name).says(desk.topic, text);
            assert_eq!(listening.next().await.agent.roles, roles, "{name}");
        }
    }
    assert_eq!(
        desk.server.calls("getChatMember").len(),
        2,
        "each is asked for once"
    );
}

#[tokio::test]
async fn files_that_cannot_be_had_are_told_apart() {
    let desk = Desk::open().await;
    let mut listening = desk.listen();
    desk.ann()
        .uploads(desk.topic, "document", "a.bin", &[7; 1_000]);
    let file = said(&listening.next().await).files[0].clone();
    let fetch = async |file: &RemoteFile, limit: u64| desk.bridge.fetch(file, limit).await;
    assert_eq!(fetch(&file, 1_000).await.unwrap().len(), 1_000);
    assert!(matches!(fetch(&file, 999).await, Err(FetchError::TooLarge)));
    // The platform may be wrong about the size.
    let lying = RemoteFile {
        size: 1,
        ..file.clone()
    };
    assert!(matches!(
        fetch(&lying, 999).await,
        Err(FetchError::TooLarge)
    ));
    let unknown = RemoteFile {
        handle: "another".to_owned(),
        ..file.clone()
    };
    assert!(matches!(
        fetch(&unknown, 999_999).await,
        Err(FetchError::Gone(_))
    ));
    desk.server.fail_next(
        "getFile",
        1,
        Fault::Refuse(400, "Bad Request: file is too big"),
    );
    assert!(matches!(
        fetch(&file, 1_000).await,
        Err(FetchError::TooLarge)
    ));
    desk.server.fail_next("getFile", 1, Fault::Reset);
    let error = fetch(&file, 1_000).await.unwrap_err();
    assert!(matches!(error, FetchError::Unreachable(_)), "{error}");
    assert!(!error.to_string().contains("test-token"), "{error}");
}

/// What was stored under the update's number before hinny was replaced by a newer one is not said again.
#[tokio::test]
async fn an_older_name_of_the_same_line_is_known() {
    struct Old(UnboundedSender<Inbound>);
    #[async_trait]
    impl Inbox for Old {
        async fn receive(&self, inbound: Inbound) -> Result<(), NotStored> {
            self.0.send(inbound).map_err(|_| NotStored("gone".into()))
        }
        async fn knows(&self, _: &Inbound, older_id: &str) -> Result<bool, NotStored> {
            Ok(older_id == "update:900001")
        }
    }
    let desk = Desk::open().await;
    desk.ann().says(desk.topic, "said before");
    desk.ann().says(desk.topic, "new");
    let (sender, mut seen) = unbounded_channel();
    let inbox = Old(sender);
    tokio::select! {
        error = desk.bridge.listen(&inbox) => panic!("{error}"),
        () = desk.server.await_all_confirmed() => {}
    }
    assert_eq!(words(&seen.recv().await.unwrap()), "new");
    assert!(seen.try_recv().is_err());
}

/// An edit that overtakes its message, updates that come twice, and polls that are cut: all of it comes in.
#[tokio::test]
async fn a_disorderly_telegram_loses_nothing() {
    let desk = Desk::open().await;
    let message = desk.ann().says(desk.topic, "frist");
    desk.ann().edits(message, "first");
    desk.server.turn_updates_around();
    desk.server.faults(&[
        ("getUpdates", Fault::Reset),
        ("getUpdates", Fault::ResetAfterAccept),
    ]);
    let mut listening = desk.listen();
    let edited = listening.next().await;
    assert!(matches!(edited.what, Happened::Edited { .. }));
    let said = listening.next().await;
    assert_eq!(said.event_id, format!("said:{CHAT}/{message}"));
    desk.server.await_all_confirmed().await;
    desk.server.repeat_updates(2);
    assert_eq!(listening.next().await.event_id, edited.event_id);
    assert_eq!(listening.next().await.event_id, said.event_id);
}

/// A third of all calls fail, the same ones in every run; a caller that goes on as told gets every line through.
#[tokio::test]
async fn lines_get_through_a_storm() {
    for seed in [1, 2, 3] {
        let desk = Desk::open().await;
        let faults = [Fault::TooMany(0), Fault::Reset, Fault::ResetAfterAccept];
        desk.server.set_storm(Some(Storm::new(seed, 33, &faults)));
        for number in 0..20 {
            let line = line(&format!("d{number}"), &format!("line {number}."));
            while desk
                .bridge
                .send(&desk.thread, std::slice::from_ref(&line))
                .await
                .is_err()
            {}
        }
        desk.server.set_storm(None);
        let shown: Vec<String> = desk
            .server
            .posts(desk.topic)
            .into_iter()
            .map(|post| post.text)
            .collect();
        let mut once = shown.clone();
        once.dedup();
        let expected: Vec<String> = (0..20)
            .map(|number| format!("Ada (visitor)\nline {number}."))
            .collect();
        assert_eq!(
            once, expected,
            "in order, and repeats only right behind each other"
        );
    }
}

/// Makes a call until the minute has no room for it, waiting only as long as a burst makes it wait.
async fn until_full<T>(call: impl AsyncFn() -> Result<T, SendError>) -> usize {
    let mut done = 0;
    loop {
        match call().await {
            Ok(_) => done += 1,
            Err(SendError::RateLimited { retry_after }) if retry_after < BURST => {
                tokio::time::sleep(retry_after).await;
            }
            Err(SendError::RateLimited { .. }) => return done,
            Err(error) => panic!("{error}"),
        }
    }
}

const MINUTE: Duration = Duration::from_millis(3_600);
const BURST: Duration = Duration::from_millis(310);

/// With the minute nearly used up, lines still find room where edits and reactions do not, and hand-overs where
/// lines do not.
#[tokio::test]
async fn hand_overs_come_first() {
    let desk = Desk::open_with(|config| {
        config.per_minute = 20;
        config.minute = MINUTE;
    })
    .await;
    desk.server.enforce_limit_in(20, MINUTE);
    let posts = desk.sends(line("d1", "one")).await;
    let ids = [id(&posts[0])];
    let sign = PostChange::React {
        sign: Sign::Seen,
        on: true,
    };
    let signs = until_full(|| desk.bridge.change(&desk.thread, &ids, &sign)).await;
    let send = async || {
        let sent = desk.bridge.send(&desk.thread, &[line("d2", "two")]).await;
        sent.map_err(|stopped| stopped.error)
    };
    let lines = until_full(send).await;
    let topics = until_full(async || desk.bridge.open(&channel(), "Bob", &card()).await).await;
    // The topic and the first line were two of the twenty.
    assert_eq!((signs, lines, topics), (11, 4, 3));
    assert_eq!(desk.server.limit_hits(), (0, 0));
}
