//! What a person does after the release: review, push, watch. Every command is ready to copy.

use super::text::Text;
use crate::plan::{Plan, PublishedRef};
use crate::ui::Role;
use crate::words::{counted, shell_word};

/// The closing text of a release.
pub fn next_steps(plan: &Plan, commit: &str) -> Text {
    let mut text = Text::default();
    let short: String = commit.chars().take(9).collect();
    let place = match &plan.published {
        PublishedRef::Branch(name) => format!("on {name}"),
        PublishedRef::DetachedFor(_) => "on the detached HEAD".into(),
    };
    text.spans([
        (None, "Released ".into()),
        (Some(Role::Version), plan.version.to_string()),
        (
            None,
            format!(" as {short} {place}, with {}. Nothing is public yet.", counted(plan.tags.len(), "tag")),
        ),
    ]);
    text.blank().role(Role::Bold, "Review:");
    text.plain("  git log --oneline -3");
    if let Some(tag) = plan.tags.first() {
        text.plain(format!("  git show {} --stat", shell_word(&tag.name)));
    }
    let (before, after): (Vec<_>, Vec<_>) = plan.reminders.iter().partition(|reminder| reminder.before_push);
    list(&mut text, "Before the push:", before.iter().map(|reminder| reminder.text.as_str()));
    text.blank();
    match &plan.remote {
        Some(remote) => {
            let starts = plan.tags.iter().any(|tag| !tag.starts.is_empty());
            let jobs = if starts { "this starts the publish jobs; " } else { "" };
            text.role(Role::Bold, format!("Push ({jobs}nothing takes the tags back):"));
            text.plain(format!("  {}", push_command(plan, remote)));
        }
        None => {
            text.role(Role::Bold, "Push: there is no remote yet. Add it, then:");
            text.plain(format!("  git remote add {} URL", shell_word(&plan.remote_name)));
            text.plain(format!("  {}", push_command(plan, &plan.remote_name)));
        }
    }
    for tag in &plan.tags {
        list(&mut text, &format!("{} starts:", tag.name), tag.starts.iter().map(String::as_str));
    }
    list(&mut text, "After the push:", after.iter().map(|reminder| reminder.text.as_str()));
    text
}

/// The one command that publishes the branch and every tag, or nothing.
fn push_command(plan: &Plan, remote: &str) -> String {
    let mut words = vec!["git push --atomic".to_owned(), shell_word(remote)];
    match &plan.published {
        PublishedRef::Branch(name) => {
            words.push(shell_word(name));
            words.extend(plan.tags.iter().map(|tag| shell_word(&tag.name)));
        }
        PublishedRef::DetachedFor(name) => {
            words.push(shell_word(&format!("HEAD:refs/heads/{name}")));
            words.extend(plan.tags.iter().map(|tag| shell_word(&format!("refs/tags/{}", tag.name))));
        }
    }
    words.join(" ")
}

fn list<'a>(text: &mut Text, heading: &str, items: impl Iterator<Item = &'a str>) {
    let mut items = items.peekable();
    if items.peek().is_none() {
        return;
    }
    text.blank().role(Role::Bold, heading);
    for item in items {
        for (number, line) in item.lines().enumerate() {
            text.plain(format!("  {} {line}", if number == 0 { "-" } else { " " }));
        }
    }
}
