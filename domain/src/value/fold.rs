//! Text without what a search ignores: case, marks on letters, punctuation (T20).

/// A mark on a letter, as far as an alphabet tells marks apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::value) enum Mark {
    /// `á`
    Acute,
    /// `ö`
    Diaeresis,
    /// `ő`
    DoubleAcute,
    /// `ă`
    Breve,
    /// `â`
    Circumflex,
    /// Comma or cedilla: `ș`, `ş`
    Below,
    /// Any other.
    Other,
}

/// One letter or another sign of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::value) struct Letter {
    /// The small letter under the marks.
    pub base: char,
    /// The mark on it.
    pub mark: Option<Mark>,
    /// Whether it was written as a capital.
    pub is_capital: bool,
}

/// The letters of a text. Marks that stand apart from their letter, as macOS writes them, are on it.
pub(in crate::value) fn letters(text: &str) -> impl Iterator<Item = Letter> {
    let mut chars = text.chars().flat_map(|char| {
        let is_capital = char.is_uppercase();
        char.to_lowercase().map(move |small| (small, is_capital))
    });
    let mut next = chars.next();
    std::iter::from_fn(move || {
        let (char, is_capital) = next.take()?;
        let base = base(char);
        let mut mark = (base != char).then(|| mark_of(char));
        next = chars.next();
        while let Some((other, _)) = next
            && is_combining(other)
        {
            mark = mark.or_else(|| combining(other));
            next = chars.next();
        }
        Some(Letter { base, mark, is_capital })
    })
}

/// The form in which names, header names and search words are compared: lower-case words of letters,
/// digits, `+`, `#` and `&`, without diacritics, one space between.
///
/// So `Ștefănescu & Co.`, `STEFANESCU & CO` and `Ştefănescu  & Co` are one.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut is_apart = false;
    // Lower case first: `İ` becomes two characters, and the second one is a dot to be left out.
    for char in text.chars().flat_map(char::to_lowercase).filter(|char| !is_combining(*char)) {
        // `C`, `C++` and `C#` are different tags, so these signs count as letters.
        if char.is_alphanumeric() || matches!(char, '+' | '#' | '&') {
            if is_apart && !folded.is_empty() {
                folded.push(' ');
            }
            is_apart = false;
            folded.push(base(char));
        } else {
            is_apart = true;
        }
    }
    folded
}

/// The words of a search, folded. A text is found if it [`holds`] all of them, in whatever order.
pub fn search_words(text: &str) -> Vec<String> {
    fold(text).split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Whether a text holds all of these folded words, each as the beginning of one of its own.
pub fn holds(text: &str, words: &[String]) -> bool {
    let text = fold(text);
    words.iter().all(|word| text.split(' ').any(|own| own.starts_with(word.as_str())))
}

/// The words of a name, folded and in alphabetical order: the same in whichever order they are written, and found by
/// each of its [`search_words`] as before.
pub fn sorted_words(text: &str) -> String {
    let mut words = search_words(text);
    words.sort_unstable();
    words.join(" ")
}

fn is_combining(char: char) -> bool {
    // macOS writes `é` as `e` and an accent, which would make two spellings of one name.
    ('\u{300}'..='\u{36f}').contains(&char)
}

/// The mark that a combining character is; `None` for one that lower case leaves on a plain letter.
fn combining(char: char) -> Option<Mark> {
    match char {
        '\u{301}' => Some(Mark::Acute),
        '\u{308}' => Some(Mark::Diaeresis),
        '\u{30b}' => Some(Mark::DoubleAcute),
        '\u{306}' => Some(Mark::Breve),
        '\u{302}' => Some(Mark::Circumflex),
        '\u{326}' | '\u{327}' => Some(Mark::Below),
        // What is left of the capital `İ`.
        '\u{307}' => None,
        _ => Some(Mark::Other),
    }
}

/// The mark on a letter that has one.
fn mark_of(char: char) -> Mark {
    match char {
        'á' | 'é' | 'í' | 'ó' | 'ú' | 'ý' | 'ć' | 'ĺ' | 'ń' | 'ŕ' | 'ś' | 'ź' => Mark::Acute,
        'ä' | 'ë' | 'ï' | 'ö' | 'ü' | 'ÿ' => Mark::Diaeresis,
        'ő' | 'ű' => Mark::DoubleAcute,
        'ă' | 'ĕ' | 'ğ' | 'ĭ' | 'ŏ' | 'ŭ' => Mark::Breve,
        'â' | 'ê' | 'î' | 'ô' | 'û' | 'ĉ' | 'ĝ' | 'ŝ' => Mark::Circumflex,
        'ç' | 'ģ' | 'ķ' | 'ļ' | 'ņ' | 'ŗ' | 'ş' | 'ș' | 'ţ' | 'ț' => Mark::Below,
        _ => Mark::Other,
    }
}

/// The letter under the diacritics that European languages in Latin script put on it.
fn base(char: char) -> char {
    match char {
        'à'..='å' | 'ā' | 'ă' | 'ą' => 'a',
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => 'c',
        'ď' | 'đ' => 'd',
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => 'e',
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => 'g',
        'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => 'i',
        'ķ' => 'k',
        'ĺ' | 'ļ' | 'ľ' | 'ł' => 'l',
        'ñ' | 'ń' | 'ņ' | 'ň' => 'n',
        'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => 'o',
        'ŕ' | 'ŗ' | 'ř' => 'r',
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => 's',
        'ţ' | 'ť' | 'ț' => 't',
        'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => 'u',
        'ý' | 'ÿ' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        // Letters of other scripts stay: equal words are found equal all the same.
        other => other,
    }
}
