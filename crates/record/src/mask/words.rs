//! The words of a key, and which of them mean a secret.

/// Words that mean a secret, also with a plural s.
const SECRET: [&str; 18] = [
    "password",
    "passwd",
    "passphrase",
    "secret",
    "token",
    "authorization",
    "authorisation",
    "credential",
    "cookie",
    "otp",
    "pin",
    "privatekey",
    "apikey",
    "accesskey",
    "encryptkey",
    "encryptionkey",
    "idcard",
    "secretkey",
];

/// Neighbours that mean a secret together, also with a plural s on the second.
const SECRET_PAIRS: [(&str, &str); 9] = [
    ("private", "key"),
    ("api", "key"),
    ("access", "key"),
    ("encrypt", "key"),
    ("encryption", "key"),
    ("id", "card"),
    ("pass", "word"),
    ("pass", "wd"),
    ("pass", "phrase"),
];

/// Ends of a word that mean a secret: `vncpassword`, `rootpasswd`.
const SECRET_ENDS: [&str; 3] = ["password", "passwd", "passphrase"];

/// Words of a password, a PIN or a one-time code, also with a plural s. Of these nothing is kept,
/// not even a fingerprint: they are short, and people use them again.
const GUESSABLE: [&str; 5] = ["password", "passwd", "passphrase", "pin", "otp"];

/// The same as two words.
const GUESSABLE_PAIRS: [(&str, &str); 3] = [("pass", "word"), ("pass", "wd"), ("pass", "phrase")];

/// Chinese for password and one-time code, in keys of a site's own.
const GUESSABLE_PARTS: [&str; 3] = ["密码", "口令", "验证码"];

/// True if the words of `key` mean a password, a PIN or a one-time code.
pub(super) fn are_guessable(key: &str) -> bool {
    let mut before = "";
    let is_guessable = split(key).any(|word| {
        let pair = |(first, second): &(&str, &str)| {
            before.eq_ignore_ascii_case(first) && is_word(word, second)
        };
        let guessable = GUESSABLE.iter().any(|known| is_word(word, known))
            || SECRET_ENDS.iter().any(|end| ends_with(word, end))
            || GUESSABLE_PAIRS.iter().any(pair);
        before = word;
        guessable
    });
    is_guessable || GUESSABLE_PARTS.iter().any(|part| key.contains(part))
}

/// True if the words of `key` mean a secret.
pub(super) fn are_secret(key: &str) -> bool {
    let mut before = "";
    split(key).any(|word| {
        let pair = |(first, second): &(&str, &str)| {
            before.eq_ignore_ascii_case(first) && is_word(word, second)
        };
        let secret = SECRET.iter().any(|secret| is_word(word, secret))
            || SECRET_ENDS.iter().any(|end| ends_with(word, end))
            || SECRET_PAIRS.iter().any(pair);
        before = word;
        secret
    })
}

/// The words of `key` joined in lower case.
pub(super) fn join(key: &str) -> String {
    split(key).flat_map(|word| word.chars().flat_map(char::to_lowercase)).collect()
}

/// The words of `key`: parted by whatever is neither letter nor digit, by case humps (`apiKey`,
/// `PINCode`) and between letters and digits.
pub(super) fn split(key: &str) -> impl Iterator<Item = &str> {
    let mut rest = key;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|letter: char| !letter.is_alphanumeric());
        let end = word_bytes(rest);
        let (word, after) = rest.split_at(end);
        rest = after;
        (!word.is_empty()).then_some(word)
    })
}

/// Length of the word that `text` begins with.
fn word_bytes(text: &str) -> usize {
    let mut letters = text.char_indices().peekable();
    let Some((_, mut before)) = letters.next() else { return 0 };
    while let Some((at, letter)) = letters.next() {
        let next_is_lower = letters.peek().is_some_and(|(_, next)| next.is_lowercase());
        let hump = letter.is_uppercase() && (!before.is_uppercase() || next_is_lower);
        let number = letter.is_numeric() != before.is_numeric();
        if !letter.is_alphanumeric() || hump || number {
            return at;
        }
        before = letter;
    }
    text.len()
}

/// True if `word` is `known` or its plural.
fn is_word(word: &str, known: &str) -> bool {
    word.eq_ignore_ascii_case(known)
        || (word.len() == known.len() + 1
            && matches!(word.as_bytes()[known.len()], b's' | b'S')
            && word.as_bytes()[..known.len()].eq_ignore_ascii_case(known.as_bytes()))
}

fn ends_with(word: &str, end: &str) -> bool {
    let start = word.len().checked_sub(end.len());
    start.is_some_and(|start| word.as_bytes()[start..].eq_ignore_ascii_case(end.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    // Protects: whole words only, however the key is written.
    #[test]
    fn which_keys_are_secret() {
        for secret in [
            "password",
            "Password",
            "PASSWORD",
            "passWord",
            "userPassword",
            "new_password",
            "vncpassword",
            "passwords",
            "db.passwd",
            "pinCode",
            "PINCode",
            "pin",
            "PIN2",
            "apiKey",
            "api_key",
            "API-KEY",
            "apikey",
            "x-api-key",
            "private_key",
            "privateKeys",
            "accessKey",
            "encrypt_key",
            "encrypt key",
            "idCard",
            "id-card",
            "id card",
            "idcard",
            "otp",
            "OTPCode",
            "Set-Cookie",
            "Authorization",
            "credentials",
            "clientSecret",
            "oauth2Token",
            "access_token",
            "sshPrivateKey",
            "pass_phrase",
        ] {
            assert!(are_secret(secret), "{secret}");
        }
        for plain in [
            "spin",
            "pinned",
            "mapping",
            "tokenizer",
            "secretary",
            "keyboard",
            "key",
            "ssh_key_id",
            "card",
            "passwordless",
            "option",
            "cookiecutter",
            "api",
            "private",
            "keypair",
            "stop",
            "",
            "__",
            "密码",
            "id",
            "accessed_keyed",
            "pass",
            "compass",
        ] {
            assert!(!are_secret(plain), "{plain}");
        }
    }

    // Protects: nothing of what can be guessed or is used elsewhere leaves a trace.
    #[test]
    fn which_secrets_can_be_guessed() {
        for key in ["password", "newPasswords", "vncpassword", "PIN", "pinCode", "otp_secret"] {
            assert!(are_guessable(key), "{key}");
        }
        for key in ["pass_word", "passphrase", "root.passwd", "登录密码", "credential_password"]
        {
            assert!(are_guessable(key), "{key}");
        }
        for key in ["token", "api_key", "clientSecret", "Set-Cookie", "idCard", "opinion"] {
            assert!(!are_guessable(key), "{key}");
        }
    }

    // Protects: words of a key in every usual spelling.
    #[test]
    fn words_of_keys() {
        let check = |key: &str, expected: &[&str]| {
            assert_eq!(split(key).collect::<Vec<_>>(), expected, "{key}");
        };
        check("apiKey", &["api", "Key"]);
        check("PINCode", &["PIN", "Code"]);
        check("a_b-c.d e", &["a", "b", "c", "d", "e"]);
        check("oauth2Token", &["oauth", "2", "Token"]);
        check("É_é", &["É", "é"]);
        check("", &[]);
    }
}
