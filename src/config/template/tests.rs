//! Templates forwards and backwards.

use proptest::prelude::*;

use super::*;

fn values() -> Values {
    Values {
        version: "1.2.3-rc.4".into(),
        pep440: "1.2.3rc4".into(),
        base: "1.2.3".into(),
        major: "1".into(),
        minor: "2".into(),
        patch: "3".into(),
        previous: "1.2.2-beta.3".into(),
        previous_pep440: "1.2.2b3".into(),
        previous_base: "1.2.2".into(),
        date: "2026-01-31".into(),
        tag: "v1.2.3-rc.4".into(),
    }
}

fn template(text: &str) -> Template {
    Template::parse(text).unwrap()
}

#[test]
fn each_placeholder_is_replaced_by_its_value() {
    for (text, rendered) in [
        ("{version}", "1.2.3-rc.4"),
        ("{pep440}", "1.2.3rc4"),
        ("{base}", "1.2.3"),
        ("{major}", "1"),
        ("{minor}", "2"),
        ("{patch}", "3"),
        ("{previous}", "1.2.2-beta.3"),
        ("{previous-pep440}", "1.2.2b3"),
        ("{previous-base}", "1.2.2"),
        ("{date}", "2026-01-31"),
        ("{tag}", "v1.2.3-rc.4"),
        ("", ""),
        ("no braces, ünïcode", "no braces, ünïcode"),
        ("{{version}}", "{version}"),
        ("{{{version}}}", "{1.2.3-rc.4}"),
        ("{version}{base}", "1.2.3-rc.41.2.3"),
        ("a {{}} b", "a {} b"),
    ] {
        assert_eq!(template(text).render(&values()), rendered, "{text}");
    }
}

#[test]
fn every_fault_of_a_template_is_reported_with_its_way_out() {
    let faults = Template::parse("{versoin} } {x} {ver{base}").unwrap_err();
    let texts: Vec<_> =
        faults.iter().map(|fault| format!("{} | {}", fault.message, fault.hints[0])).collect();
    assert_eq!(
        texts,
        [
            "unknown placeholder `{versoin}` | did you mean `{version}`?",
            "`}` without a `{` before it | write `}}` for a brace itself",
            "unknown placeholder `{x}` | known placeholders: `{version}`, `{pep440}`, `{base}`, `{major}`, \
             `{minor}`, `{patch}`, `{previous}`, \
             `{previous-pep440}`, `{previous-base}`, `{date}`, `{tag}`",
            "`{` is never closed | write `{{` for a brace itself",
        ]
    );
}

#[test]
fn a_version_is_read_back_out_of_a_name() {
    for (text, name, expected) in [
        ("v{version}", "v0.2.0", Some(("version", "0.2.0"))),
        ("v{version}", "v0.2.0-alpha.1", Some(("version", "0.2.0-alpha.1"))),
        ("v{version}", "v0.2.0-beta.10", Some(("version", "0.2.0-beta.10"))),
        ("scheduler-v{pep440}", "scheduler-v0.2.0a1", Some(("pep440", "0.2.0a1"))),
        ("scheduler-v{pep440}", "scheduler-v10.20.30rc12", Some(("pep440", "10.20.30rc12"))),
        ("{base}", "1.2.3", Some(("base", "1.2.3"))),
        ("{date}/v{version}+", "2026-01-31/v1.2.3+", Some(("version", "1.2.3"))),
        ("{major}.x/{version}", "1.x/1.2.3", Some(("version", "1.2.3"))),
        ("{version}-{version}", "1.2.3-1.2.3", Some(("version", "1.2.3"))),
        ("{version}-{version}", "1.2.3-1.2.4", None),
        ("v{version}", "scheduler-v0.2.0", None),
        ("v{version}", "v0.2", None),
        ("v{version}", "v0.2.0a1", None),
        ("v{version}", "v0.2.0-dev.1", None),
        ("v{version}", "v0.2.0-alpha.", None),
        ("v{version}", "v", None),
        ("v{version}", "", None),
        ("v{pep440}", "v0.2.0-alpha.1", None),
        ("v{version}", "v0.2.0 ", None),
        ("latest", "latest", None),
        ("{tag}", "v0.2.0", None),
    ] {
        let read = template(text).could_render_as(name).map(|found| (found.placeholder.name(), found.text));
        assert_eq!(read, expected, "{text} against {name}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused_and_never_panics(text in "\\PC*|[{}a-z]*", name in "\\PC*|[v0-9.-]*") {
        if let Ok(template) = Template::parse(&text) {
            template.could_render_as(&name);
            prop_assert_eq!(template.as_str(), text);
        }
    }

    #[test]
    fn text_with_doubled_braces_renders_as_itself(text in ".*") {
        let doubled = text.replace('{', "{{").replace('}', "}}");
        prop_assert_eq!(template(&doubled).render(&values()), text);
    }

    #[test]
    fn what_a_template_renders_is_read_back(prefix in "[a-z-]{0,8}", major: u16, minor: u16, number: u16) {
        for (suffix, text) in [
            ("{version}", format!("{major}.{minor}.0-alpha.{number}")),
            ("{pep440}", format!("{major}.{minor}.0rc{number}")),
        ] {
            let name = format!("{prefix}{text}");
            let template = template(&format!("{prefix}{suffix}"));
            prop_assert_eq!(template.could_render_as(&name).map(|found| found.text), Some(text.as_str()));
        }
    }
}
