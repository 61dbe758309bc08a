//! Which language a text is taken for.

use crate::entry::{Entry, Kind};
use crate::language::{detect, of_entries};

/// What visitors of a shop ask in a few words, by language.
const ASKED: [(&str, &str); 7] = [
    (
        "de",
        "Wie lange dauert die Lieferung? | Was kostet der Versand? | Wo ist mein Paket? | Kann ich per Rechnung \
            zahlen? | Gibt es eine App? | Ich möchte etwas zurückgeben | Wie kündige ich?",
    ),
    (
        "fr",
        "Combien coûte la livraison ? | Où est ma commande ? | Puis-je payer par facture ? | Comment annuler ? \
            | Vous livrez en Suisse ? | Je voudrais un remboursement | Avez-vous une application ?",
    ),
    (
        "es",
        "¿Cuánto cuesta el envío? | ¿Dónde está mi pedido? | ¿Puedo pagar con factura? | ¿Hacéis envíos a \
            España? | quiero devolver algo | ¿Cómo cancelo? | cuanto tarda",
    ),
    (
        "pt",
        "Quanto custa o envio? | Onde está o meu pedido? | Posso pagar com fatura? | Como faço para cancelar? | \
            Vocês enviam para Portugal? | Quero devolver uma coisa | Quanto tempo demora?",
    ),
    (
        "it",
        "Quanto costa la spedizione? | Dove è il mio ordine? | Posso pagare con fattura? | Come faccio a \
            disdire? | Spedite in Svizzera? | Vorrei restituire qualcosa | Quanto ci vuole?",
    ),
    (
        "nl",
        "Hoe lang duurt de levering? | Wat kost verzending? | Waar is mijn pakket? | Kan ik op rekening betalen? \
            | Leveren jullie in België? | Ik wil iets terugsturen | Hoe zeg ik op?",
    ),
    (
        "en",
        "How long does delivery take? | What does shipping cost? | Where is my parcel? | Can I pay by invoice? | \
            Do you ship to Norway? | I want to return something | How do I cancel?",
    ),
];

fn code(text: &str) -> &'static str {
    detect(text).map_or("?", |language| language.code())
}

#[test]
fn a_question_of_a_few_words_is_recognised() {
    for (text, language) in [
        ("How do I reset the password of my account?", "en"),
        ("Wie kann ich mein Passwort zurücksetzen?", "de"),
        ("Comment puis-je réinitialiser mon mot de passe ?", "fr"),
        ("¿Cómo puedo restablecer mi contraseña?", "es"),
        ("Come posso reimpostare la mia password?", "it"),
        ("Como posso redefinir a minha senha?", "pt"),
        ("パスワードを忘れました", "ja"),
        ("如何重置我的密码？", "zh"),
        ("비밀번호를 어떻게 재설정하나요?", "ko"),
        ("كيف يمكنني إعادة تعيين كلمة المرور الخاصة بي؟", "ar"),
        ("Как мне сбросить пароль от аккаунта?", "ru"),
    ] {
        assert_eq!(code(text), language, "{text}");
    }
}

/// `cargo test -p hinny-kb short_questions -- --nocapture` prints what is not recognised.
#[test]
fn most_short_questions_are_recognised_and_none_is_taken_for_another_language() {
    let (mut all, mut right) = (0, 0);
    for (language, questions) in ASKED {
        for question in questions.split('|').map(str::trim) {
            let found = code(question);
            assert!(found == language || found == "?", "{question}: {found}");
            if found == "?" {
                println!("{language}: {question}");
            }
            all += 1;
            right += usize::from(found == language);
        }
    }
    println!("{right} of {all} short questions are recognised");
    assert!(100 * right >= 85 * all, "{right} of {all}");
}

#[test]
fn what_could_be_any_language_is_left_open() {
    for text in [
        "",
        "🙂🙂🙂",
        "404",
        "ok",
        "Docker Kubernetes",
        "ERR_CONN_RESET",
        "SSO?",
    ] {
        assert_eq!(code(text), "?", "{text}");
    }
}

#[test]
fn a_short_entry_has_the_language_of_its_file() {
    let entry = |path: &str, title: &str, body: &str| Entry {
        id: title.to_owned(),
        kind: Kind::Faq,
        title: title.to_owned(),
        alternates: Vec::new(),
        body: body.to_owned(),
        url: None,
        path: path.to_owned(),
        requires: None,
    };
    let long = "Sie finden die Einstellungen in Ihrem Konto unter dem Punkt Sicherheit.";
    let english = "You will find the settings of your account below the point Security.";
    let entries = [
        entry("de.md", "Wo finde ich die Einstellungen?", long),
        entry("de.md", "SSO?", "OAuth 2.0"),
        entry("en.md", "Where do I find the settings?", english),
        entry("en.md", "Where are they?", english),
        entry("x.csv", "SSO?", "SAML"),
    ];
    let languages = of_entries(&entries)
        .into_iter()
        .map(|language| language.code());
    assert_eq!(
        languages.collect::<Vec<_>>(),
        ["de", "de", "en", "en", "en"]
    );
}
