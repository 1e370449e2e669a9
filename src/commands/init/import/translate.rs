//! Another tool's placeholders turned into those of this program.

/// The template for a text. `marks` are the tool's placeholders with what stands for them here; what still opens with
/// one of `openers` afterwards is a placeholder that nobody knows, and then there is no template.
pub(super) fn template(text: &str, marks: &[(&str, &str)], openers: &[&str]) -> Option<String> {
    let mut template = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if let Some((mark, hole)) = marks.iter().find(|(mark, _)| rest.starts_with(mark)) {
            template.push_str(hole);
            rest = rest.strip_prefix(mark)?;
            continue;
        }
        if openers.iter().any(|opener| rest.starts_with(opener)) {
            return None;
        }
        template.push_str(&literal(first.encode_utf8(&mut [0; 4])));
        rest = rest.strip_prefix(first)?;
    }
    Some(template)
}

/// A text that stands for itself in a template.
pub(super) fn literal(text: &str) -> String {
    text.replace('{', "{{").replace('}', "}}")
}

/// A template that holds the version before, as what finds its place now.
pub(super) fn before(template: &str) -> String {
    template
        .replace("{version}", "{previous}")
        .replace("{pep440}", "{previous-pep440}")
        .replace("{base}", "{previous-base}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_placeholders_are_translated_braces_doubled_and_unknown_ones_given_up() {
        let marks = [("{new_version}", "{version}"), ("{{", "{{")];
        for (text, expected) in [
            ("v{new_version}", Some("v{version}")),
            ("{{x} ä", None),
            ("a } b", Some("a }} b")),
            ("{now}", None),
            ("", Some("")),
        ] {
            assert_eq!(template(text, &marks, &["{", "x"]).as_deref(), expected, "{text}");
        }
        assert_eq!(template("{{a}}-{{version}}", &[("{{version}}", "{version}")], &["{{"]), None);
    }
}
