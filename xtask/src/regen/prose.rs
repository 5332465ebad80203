//! What a document says in Markdown, as rustdoc may read it: text, and nothing but text.
//!
//! rustdoc runs code blocks as tests, resolves brackets as links and warns of tags. None of that is
//! meant by who describes an API, and code of others must not run. So blocks of code are marked as
//! text, and what could begin a link, a tag or a code span without ending it is escaped.

use std::collections::BTreeSet;

/// The shortest fence of a block of code.
const FENCE: usize = 3;

/// Markdown of the document as Markdown of a doc comment.
pub(crate) fn markdown(said: &str) -> String {
    let said = clean(said);
    let mut lines = said.trim().lines();
    let mut written: Vec<String> = Vec::new();
    while let Some(line) = lines.next() {
        match Fence::opened_by(line) {
            Some(fence) => {
                let code: Vec<&str> = lines.by_ref().take_while(|l| !fence.closed_by(l)).collect();
                written.extend(block(&code));
            }
            None => written.push(inline(line)),
        }
    }
    written.join("\n")
}

/// Markdown of the document as a line of text: links as what they say, and nothing escaped. For readers that are no
/// browsers.
pub(crate) fn plain(said: &str) -> String {
    let said = clean(said);
    let words: Vec<&str> = said.split_whitespace().collect();
    let said = words.join(" ");
    let mut written = String::with_capacity(said.len());
    let mut rest = said.as_str();
    while let Some(start) = rest.find('[') {
        let (before, link) = rest.split_at(start);
        written.push_str(before);
        let ends = link.find("](").zip(link.find(')'));
        rest = match ends.filter(|(text, end)| text < end) {
            Some((text, end)) => {
                written.push_str(&link[1..text]);
                &link[end + 1..]
            }
            None => {
                written.push('[');
                &link[1..]
            }
        };
    }
    written + rest
}

/// The first sentence of the first paragraph of Markdown, up to a full stop that something with a capital follows, and
/// the rest of the paragraph.
pub(crate) fn first_sentence(said: &str) -> (&str, &str) {
    let paragraph = said.split("\n\n").next().unwrap_or_default();
    // Emphasis around a sentence has its full stop inside.
    let stops = paragraph.match_indices(". ").map(|(at, _)| at);
    let stressed = paragraph.match_indices(".** ").map(|(at, _)| at + 2);
    let ends: BTreeSet<usize> = stops.chain(stressed).collect();
    let ends = ends.into_iter();
    let mut ends = ends.filter(|&at| {
        let (before, after) = (&paragraph[..at], &paragraph[at + 2..]);
        let in_code = before.matches('`').count() % 2 == 1;
        let begins = |char: char| char.is_uppercase() || matches!(char, '`' | '*');
        let is_short = ["e.g", "i.e"].iter().any(|short| before.ends_with(short));
        !in_code && !is_short && after.starts_with(begins)
    });
    match ends.next() {
        Some(at) => (&paragraph[..=at], &paragraph[at + 2..]),
        None => (paragraph, ""),
    }
}

/// A value of the document as code within a sentence.
pub(crate) fn code(value: &str) -> String {
    let value: String = value.chars().flat_map(visible).collect();
    let fence = "`".repeat(longest_run(&value, '`') + 1);
    match value.is_empty() {
        true => "`\"\"`".to_owned(),
        // A space on both sides is not part of the code, but needed beside a backtick.
        false if value.starts_with(['`', ' ']) || value.ends_with(['`', ' ']) => {
            format!("{fence} {value} {fence}")
        }
        false => format!("{fence}{value}{fence}"),
    }
}

/// A name of the document in a line of its own language, as the first of a file.
pub(crate) fn one_line(text: &str) -> String {
    markdown(text).replace('\n', " ")
}

/// A character of a value; what cannot be seen is written as Rust writes it.
fn visible(char: char) -> Vec<char> {
    match char.is_control() || is_bidi(char) || matches!(char, '\u{2028}' | '\u{2029}') {
        true => char.escape_default().collect(),
        false => vec![char],
    }
}

/// Characters that turn the direction of text, and so could show code that is not there. rustc
/// refuses them in comments.
fn is_bidi(char: char) -> bool {
    matches!(char, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Text with one kind of line end and one kind of space, and without what has no place in a comment.
///
/// A space that only Unicode knows separates words, but in Markdown no mark of a list from its text:
/// whoever made it an ordinary one later would make a list where there was none.
fn clean(text: &str) -> String {
    text.replace("\r\n", "\n")
        .chars()
        .filter(|&char| !is_bidi(char))
        .map(|char| match char {
            '\n' | '\r' | '\u{2028}' | '\u{2029}' => '\n',
            char if char.is_control() || char.is_whitespace() => ' ',
            char => char,
        })
        .collect()
}

/// The beginning of a block of code.
struct Fence {
    mark: char,
    length: usize,
}

impl Fence {
    /// The block that a line begins, in a list or a quotation too.
    fn opened_by(line: &str) -> Option<Self> {
        let line = without_markers(line);
        let mark = line
            .chars()
            .next()
            .filter(|mark| matches!(mark, '`' | '~'))?;
        let rest = line.trim_start_matches(mark);
        let length = line.len() - rest.len();
        // Backticks further on make it code within a line.
        (length >= FENCE && !(mark == '`' && rest.contains('`'))).then_some(Self { mark, length })
    }

    fn closed_by(&self, line: &str) -> bool {
        let line = line.trim_start_matches([' ', '>']).trim_end();
        line.len() >= self.length && line.chars().all(|char| char == self.mark)
    }
}

/// A line without the marks of lists and quotations before its text.
fn without_markers(line: &str) -> &str {
    let mut line = line.trim_start();
    loop {
        let rest = line.trim_start_matches(|char: char| char.is_ascii_digit());
        let numbered = rest.len() < line.len() && rest.starts_with(['.', ')']);
        let unmarked = match line.chars().next() {
            Some('>') => &line[1..],
            Some('-' | '*' | '+') if line[1..].starts_with(' ') => &line[1..],
            _ if numbered && rest[1..].starts_with(' ') => &rest[1..],
            _ => return line,
        };
        line = unmarked.trim_start();
    }
}

/// A block of text that looks as it was written.
fn block(code: &[&str]) -> Vec<String> {
    let longest = code.iter().map(|line| longest_run(line, '`')).max();
    let fence = "`".repeat(longest.unwrap_or(0).max(FENCE - 1) + 1);
    let mut lines = vec![format!("{fence}text")];
    lines.extend(code.iter().map(|line| (*line).to_owned()));
    lines.push(fence);
    lines
}

/// A line outside of blocks. Indentation goes: four spaces of it would be code.
fn inline(line: &str) -> String {
    let words: Vec<&str> = line.split_whitespace().collect();
    let line = words.join(" ");
    let mut rest = line.as_str();
    let mut written = String::with_capacity(line.len());
    while let Some(char) = rest.chars().next() {
        let (taken, length) = match char {
            '`' => code_span(rest),
            '\\' => escape(rest),
            '[' => link(rest),
            ']' => ("\\]".to_owned(), 1),
            '<' => tag(rest),
            'h' => address(rest, &written),
            other => (other.to_string(), other.len_utf8()),
        };
        written.push_str(&taken);
        rest = &rest[length..];
    }
    // Two lines of a table would take the code spans of a cell apart.
    let ruled = |char: char| matches!(char, '|' | '-' | ':' | ' ');
    match written.contains('|') && written.contains('-') && written.chars().all(ruled) {
        true => format!("\\{written}").replace('|', "\\|"),
        false => written,
    }
}

/// A code span as it is; backticks that end nowhere in the line as characters.
fn code_span(text: &str) -> (String, usize) {
    let inside = text.trim_start_matches('`');
    let length = text.len() - inside.len();
    let mut at = 0;
    while let Some(start) = inside[at..].find('`') {
        let start = at + start;
        let run = inside[start..].len() - inside[start..].trim_start_matches('`').len();
        if run == length {
            let end = length + start + run;
            return (text[..end].to_owned(), end);
        }
        at = start + run;
    }
    ("\\`".repeat(length), length)
}

/// What is escaped already stays so.
fn escape(text: &str) -> (String, usize) {
    match text[1..].chars().next() {
        Some(next) if next.is_ascii_punctuation() => {
            let run = match next {
                // Those behind it would be a span of their own.
                '`' => text[1..].len() - text[1..].trim_start_matches('`').len(),
                _ => 0,
            };
            match run {
                0 => (text[..2].to_owned(), 2),
                run => ("\\`".repeat(run), 1 + run),
            }
        }
        _ => ("\\\\".to_owned(), 1),
    }
}

/// A link to the web stays one; other brackets would be names of items.
fn link(text: &str) -> (String, usize) {
    let parts = || {
        let (label, rest) = text[1..].split_once("](")?;
        let (target, _) = rest.split_once(')')?;
        let plain = |char: char| !matches!(char, '[' | ']' | '`' | '<' | '>' | '\\');
        let shown = label.chars().all(plain) && !label.contains("://") && !label.trim().is_empty();
        (shown && is_address(target) && target.chars().all(plain)).then_some((label, target))
    };
    match parts() {
        Some((label, target)) => {
            let link = format!("[{label}]({target})");
            let length = link.len();
            (link, length)
        }
        None => ("\\[".to_owned(), 1),
    }
}

/// An address in angle brackets stays one; a tag would be one of HTML.
fn tag(text: &str) -> (String, usize) {
    match text[1..].split_once('>') {
        Some((inside, _)) if is_address(inside) && !inside.contains(['<', '`', '\\']) => {
            (format!("<{inside}>"), inside.len() + 2)
        }
        _ => ("\\<".to_owned(), 1),
    }
}

/// An address of the web becomes a link.
fn address(text: &str, before: &str) -> (String, usize) {
    let end = text
        .find(|char: char| {
            matches!(
                char,
                ' ' | '<' | '>' | '`' | '\\' | '[' | ']' | '"' | ')' | '|'
            )
        })
        .unwrap_or(text.len());
    let address = text[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', '*', '_', '\'', '~']);
    let inside_word = before.ends_with(|char: char| char.is_alphanumeric());
    match is_address(address) && !inside_word {
        true => (format!("<{address}>"), address.len()),
        false => ("h".to_owned(), 1),
    }
}

fn is_address(text: &str) -> bool {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        rest.starts_with(|char: char| char.is_ascii_alphanumeric())
            && rest
                .chars()
                .all(|char| char.is_ascii_graphic() && !matches!(char, '(' | ')'))
    })
}

/// The longest run of a character in a text.
fn longest_run(text: &str, char: char) -> usize {
    let runs = text.split(|other| other != char).map(str::len);
    runs.max().unwrap_or(0)
}

#[cfg(test)]
pub(super) mod tests;
