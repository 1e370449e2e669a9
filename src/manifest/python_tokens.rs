//! Splits a Python text into tokens, as far as finding a literal in it needs: strings with all their prefixes and
//! quotes (f-strings with the expressions nested in them), comments, brackets and logical lines. Nothing is
//! evaluated.

use std::ops::Range;

/// What a token is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// A name or a keyword.
    Name,
    /// A number; never looked into.
    Number,
    /// A string, prefix and quotes included; the content between the quotes.
    String(Literal),
    /// An operator, a delimiter or a bracket.
    Operator,
    /// The end of a logical line.
    Newline,
}

/// A string's parts, in bytes of the text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Literal {
    /// The first byte of the content.
    pub(super) start: usize,
    /// The byte after the content.
    pub(super) end: usize,
    /// No backslash means anything in it.
    pub(super) raw: bool,
    /// It is text as it stands: neither bytes nor a template with expressions.
    pub(super) plain: bool,
}

/// A token and where it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) range: Range<usize>,
    /// How many brackets are open around it; an opening and its closing bracket are outside themselves.
    pub(super) depth: usize,
}

/// Where and why the text is no Python.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Malformed {
    pub(super) offset: usize,
    pub(super) what: &'static str,
}

/// All tokens of a text.
///
/// # Errors
/// A string that does not end, or brackets that do not match.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, Malformed> {
    let mut reader = Reader { text, at: 0, open: Vec::new(), tokens: Vec::new() };
    while let Some(character) = reader.peek() {
        reader.token(character)?;
    }
    match reader.open.first() {
        Some((_, offset)) => Err(Malformed { offset: *offset, what: "a bracket that is never closed" }),
        None => {
            reader.push(Kind::Newline, text.len());
            Ok(reader.tokens)
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    /// Brackets that wait for this one, and where they stand.
    open: Vec<(char, usize)>,
    tokens: Vec<Token>,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn take_while(&mut self, test: impl Fn(char) -> bool) {
        let rest = self.rest();
        self.at += rest.find(|character| !test(character)).unwrap_or(rest.len());
    }

    /// A token from `start` to here.
    fn push(&mut self, kind: Kind, start: usize) {
        self.tokens.push(Token { kind, range: start..self.at, depth: self.open.len() });
    }

    /// Reads one token, or what stands between tokens.
    fn token(&mut self, character: char) -> Result<(), Malformed> {
        let start = self.at;
        match character {
            '#' => self.take_while(|character| character != '\n'),
            '\n' => {
                self.at += 1;
                if self.open.is_empty() {
                    self.push(Kind::Newline, start);
                }
            }
            '\\' => {
                self.at += 1;
                if self.peek() == Some('\r') {
                    self.at += 1;
                }
                if self.peek() != Some('\n') {
                    return Err(Malformed {
                        offset: start,
                        what: "a backslash that does not continue a line",
                    });
                }
                self.at += 1;
            }
            character if character.is_whitespace() => self.at += character.len_utf8(),
            '"' | '\'' => self.string("", start)?,
            character if character.is_ascii_digit() => {
                self.take_while(|character| character.is_alphanumeric() || matches!(character, '_' | '.'));
                self.push(Kind::Number, start);
            }
            character if character.is_alphanumeric() || character == '_' => {
                self.take_while(|character| character.is_alphanumeric() || character == '_');
                let name = self.text.get(start..self.at).unwrap_or_default();
                if matches!(self.peek(), Some('"' | '\'')) && is_prefix(name) {
                    self.string(name, start)?;
                } else {
                    self.push(Kind::Name, start);
                }
            }
            _ => self.operator(character)?,
        }
        Ok(())
    }

    fn operator(&mut self, character: char) -> Result<(), Malformed> {
        let start = self.at;
        self.at += character.len_utf8();
        match character {
            '(' | '[' | '{' => {
                self.push(Kind::Operator, start);
                let closing = match character {
                    '(' => ')',
                    '[' => ']',
                    _ => '}',
                };
                self.open.push((closing, start));
            }
            ')' | ']' | '}' => {
                if self.open.pop().is_none_or(|(expected, _)| expected != character) {
                    return Err(Malformed { offset: start, what: "a bracket that closes nothing" });
                }
                self.push(Kind::Operator, start);
            }
            _ => {
                // `==`, `:=`, `+=` and the like are one operator: only a lone `=` assigns a value of its own.
                if "=!<>:+-*/%@&|^".contains(character) && self.peek() == Some('=') {
                    self.at += 1;
                }
                self.push(Kind::Operator, start);
            }
        }
        Ok(())
    }

    /// Reads a string from its quotes on.
    fn string(&mut self, prefix: &str, start: usize) -> Result<(), Malformed> {
        let has = |letters: [char; 2]| prefix.contains(letters);
        let template = has(['f', 'F']) || has(['t', 'T']);
        let (raw, plain) = (has(['r', 'R']), !template && !has(['b', 'B']));
        let content = self.quoted(template, start)?;
        self.push(Kind::String(Literal { start: content.start, end: content.end, raw, plain }), start);
        Ok(())
    }

    /// The content between the quotes that begin here. The `\N{…}` of a template is skipped as a field: no name of a
    /// character holds a brace or a quote.
    fn quoted(&mut self, template: bool, start: usize) -> Result<Range<usize>, Malformed> {
        let rest = self.rest();
        let quote = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quote| rest.starts_with(quote));
        let quote = quote.unwrap_or("\"");
        let unterminated = Malformed { offset: start, what: "a string that never ends" };
        self.at += quote.len();
        let content = self.at;
        loop {
            if self.rest().starts_with(quote) {
                let end = self.at;
                self.at += quote.len();
                return Ok(content..end);
            }
            let character = self.peek().ok_or_else(|| unterminated.clone())?;
            self.at += character.len_utf8();
            match character {
                '\n' if quote.len() == 1 => return Err(unterminated),
                // Also in a raw string the quote after a backslash does not end it.
                '\\' => {
                    let escaped = self.rest();
                    let line_break = if escaped.starts_with("\r\n") { Some(2) } else { None };
                    self.at += line_break
                        .or_else(|| escaped.chars().next().map(char::len_utf8))
                        .ok_or_else(|| unterminated.clone())?;
                }
                '{' if template && self.rest().starts_with('{') => self.at += 1,
                '{' if template => self.replacement_field(start)?,
                _ => {}
            }
        }
    }

    /// Skips what stands in braces in a template, after the opening one: an expression with strings of its own, then
    /// perhaps a format in which further fields may be nested.
    fn replacement_field(&mut self, start: usize) -> Result<(), Malformed> {
        let unterminated = Malformed { offset: start, what: "a string that never ends" };
        let (mut depth, mut in_format) = (0usize, false);
        loop {
            let character = self.peek().ok_or_else(|| unterminated.clone())?;
            let token_start = self.at;
            self.at += character.len_utf8();
            match character {
                '}' if depth == 0 => return Ok(()),
                '{' if in_format => self.replacement_field(start)?,
                _ if in_format => {}
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth = depth.saturating_sub(1),
                ':' if depth == 0 => in_format = true,
                '#' => self.take_while(|character| character != '\n'),
                '"' | '\'' => {
                    self.at = token_start;
                    self.quoted(false, start)?;
                }
                character if character.is_alphabetic() => {
                    self.take_while(|character| character.is_alphanumeric() || character == '_');
                    let name = self.text.get(token_start..self.at).unwrap_or_default();
                    if matches!(self.peek(), Some('"' | '\'')) && is_prefix(name) {
                        let template = name.contains(['f', 'F', 't', 'T']);
                        self.quoted(template, start)?;
                    }
                }
                _ => {}
            }
        }
    }
}

/// Whether a name right before a quote belongs to the string.
fn is_prefix(name: &str) -> bool {
    ["r", "u", "b", "f", "t", "br", "rb", "fr", "rf", "tr", "rt"]
        .iter()
        .any(|prefix| name.eq_ignore_ascii_case(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tokens of a text without the ends of lines.
    fn words(text: &str) -> Vec<&str> {
        let tokens = tokens(text).unwrap_or_else(|error| panic!("{error:?}\n{text}"));
        tokens
            .iter()
            .filter(|token| token.kind != Kind::Newline)
            .map(|token| text.get(token.range.clone()).unwrap())
            .collect()
    }

    #[test]
    fn strings_are_one_token_whatever_they_hold() {
        for string in [
            "'a'",
            "\"it's # no comment\"",
            "'\\''",
            "r'\\''",
            "'\\\\'",
            "''",
            "\"\"",
            "''''''",
            "'''a\n'b' ''c\\''' '''",
            "\"\"\"{[(\n\"\"\"",
            "u'a'",
            "Rb'\\x'",
            "bR\"\"\"a\"\"\"",
            "'a\\\nb'",
            "'a\\\r\nb'",
            "f'{x}'",
            "f'{{'",
            "f'{x[\"a\"]}'",
            "f'{x['a']}'",
            "f\"{f\"{f\"{1}\"}\"}\"",
            "f'{x!r:{width}.{'}'}}'",
            "f'{ {'a': 1}['a'] }'",
            "f'{x:%H:%M \"}'",
            "f'\\N{LEFT CURLY BRACKET}'",
            "rf'\\{x}'",
            "f'''{\n x # '\n}'''",
            "t'{r'\\n'}'",
            "b'\\N{'",
            "rf'\\N{'}'}'",
            "f'{'}'}'",
            "f'{ {1: '}'}[1] }'",
            "f'{x:{'}'}}'",
            "f'{ f'{'}'}' }'",
            "f'{x if'{'else y}'",
        ] {
            assert_eq!(words(&format!("a = {string} + b")), ["a", "=", string, "+", "b"]);
        }
    }

    #[test]
    fn a_literal_knows_its_content_and_whether_it_is_plain() {
        let literal = |text: &str| match tokens(text).unwrap()[0].kind {
            Kind::String(literal) => {
                (text.get(literal.start..literal.end).unwrap().to_owned(), literal.raw, literal.plain)
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(literal("'a'"), ("a".to_owned(), false, true));
        assert_eq!(literal("U'''a'''"), ("a".to_owned(), false, true));
        assert_eq!(literal("R\"a\""), ("a".to_owned(), true, true));
        assert_eq!(literal("b'a'"), ("a".to_owned(), false, false));
        assert_eq!(literal("f'a'"), ("a".to_owned(), false, false));
        assert_eq!(literal("rT'a'"), ("a".to_owned(), true, false));
    }

    #[test]
    fn comments_and_continued_lines_do_not_end_a_statement() {
        let lines =
            |text: &str| tokens(text).unwrap().iter().filter(|token| token.kind == Kind::Newline).count();
        assert_eq!(lines("a = (1, # )\n  2)\n"), 2);
        assert_eq!(lines("a = \\\n 1"), 1);
        assert_eq!(lines("a = \\\r\n 1\r\nb"), 2);
        assert_eq!(words("a # 'b\nc"), ["a", "c"]);
    }

    #[test]
    fn operators_with_an_equals_sign_are_not_assignments() {
        assert_eq!(
            words("a == b != c := d += e -> f = ="),
            ["a", "==", "b", "!=", "c", ":=", "d", "+=", "e", "-", ">", "f", "=", "="]
        );
        assert_eq!(words("é1 = 1_0.5e3"), ["é1", "=", "1_0.5e3"]);
    }

    #[test]
    fn brackets_count_the_depth_of_what_is_inside() {
        let text = "a[(b)] = {c}";
        let depths: Vec<(&str, usize)> = tokens(text)
            .unwrap()
            .iter()
            .map(|token| (text.get(token.range.clone()).unwrap(), token.depth))
            .collect();
        assert_eq!(
            depths,
            [
                ("a", 0),
                ("[", 0),
                ("(", 1),
                ("b", 2),
                (")", 1),
                ("]", 0),
                ("=", 0),
                ("{", 0),
                ("c", 1),
                ("}", 0),
                ("", 0)
            ]
        );
    }

    #[test]
    fn what_never_ends_is_named_where_it_begins() {
        for (text, offset, what) in [
            ("a = 'b\n'", 4, "a string that never ends"),
            ("a = '''b", 4, "a string that never ends"),
            ("a = 'b\\", 4, "a string that never ends"),
            ("a = f'{b", 4, "a string that never ends"),
            ("a = {(b", 4, "a bracket that is never closed"),
            ("a = {b)", 6, "a bracket that closes nothing"),
            ("a)", 1, "a bracket that closes nothing"),
            ("a \\ b", 2, "a backslash that does not continue a line"),
        ] {
            assert_eq!(tokens(text), Err(Malformed { offset, what }), "{text}");
        }
    }
}
