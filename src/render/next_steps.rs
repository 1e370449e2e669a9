//! What a person does after the release: review, push, watch. Every command is ready to copy.

use super::pipelines::pipelines_page;
use crate::plan::{Plan, PlannedPush, PublishedRef};
use crate::ui::{Role, Text, wrap};
use crate::words::{counted, shell_word};

/// The closing text of a release.
pub fn next_steps(plan: &Plan, commit: &str) -> Text {
    let mut text = Text::default();
    let short: String = commit.chars().take(9).collect();
    let place = match &plan.published {
        PublishedRef::Branch(name) => format!("on {name}"),
        PublishedRef::DetachedFor(_) => "on the detached HEAD".into(),
    };
    let public = match &plan.push {
        Some(push) => format!("The push to {} follows.", push.remote),
        None => "Nothing is public yet.".into(),
    };
    text.spans([
        (None, "Released ".into()),
        (Some(Role::Version), plan.version.to_string()),
        (None, format!(" as {short} {place}, with {}. {public}", counted(plan.tags.len(), "tag"))),
    ]);
    if plan.push.is_some() {
        return text;
    }
    // What comes later is said first: the last lines are what is looked at, and the one next command is the last.
    for tag in &plan.tags {
        list(&mut text, &format!("{} starts:", tag.name), tag.starts.iter().map(String::as_str));
    }
    reminders(&mut text, "After the push:", plan, false);
    text.blank().role(Role::Bold, "Review:");
    text.plain("  git log --oneline -3").exact();
    if let Some(tag) = plan.tags.first() {
        text.plain(format!("  git show {} --stat", shell_word(&tag.name))).exact();
    }
    reminders(&mut text, "Before the push:", plan, true);
    text.blank();
    match &plan.remote {
        Some(remote) => {
            let starts = plan.tags.iter().any(|tag| !tag.starts.is_empty());
            if let Some(pushes) = plan.pushes_for_pipelines(remote) {
                text.role(
                    Role::Bold,
                    "GitLab starts pipelines for four references of a push only. To have all, push in parts, in this order:",
                );
                for push in pushes {
                    text.plain(format!("  {push}")).exact();
                }
                text.blank();
            }
            let jobs = if starts { "this starts the publish jobs; " } else { "" };
            text.role(Role::Bold, format!("Push ({jobs}nothing takes the tags back):"));
            next(&mut text, plan.push_command(remote));
        }
        None if !plan.other_remotes.is_empty() => {
            let (wanted, others) = (&plan.remote_name, plan.other_remotes.join("`, `"));
            text.role(
                Role::Bold,
                format!("Push: there is no remote `{wanted}`, but `{others}`. If it goes there:"),
            );
            for other in &plan.other_remotes {
                next(&mut text, plan.push_command(other));
            }
        }
        None => {
            text.role(Role::Bold, "Push: there is no remote yet. Add it, then:");
            next(&mut text, format!("git remote add {} URL", shell_word(&plan.remote_name)));
            next(&mut text, plan.push_command(&plan.remote_name));
        }
    }
    text
}

/// What was made and no word more: the commit, then its tags.
pub fn made(plan: &Plan, commit: &str) -> Text {
    let mut text = Text::default();
    text.plain(commit);
    for tag in &plan.tags {
        text.plain(&tag.name);
    }
    text
}

fn next(text: &mut Text, command: String) {
    text.spans([(None, "  ".into()), (Some(Role::Next), command)]).exact();
}

/// The closing text of a push that arrived: where to watch what each tag started, and what is left to do.
pub fn pushed(plan: &Plan, push: &PlannedPush) -> Text {
    let mut text = Text::default();
    let tags = counted(plan.tags.len(), "tag");
    let branch = plan.published.branch();
    text.blank().plain(match push.urls.as_slice() {
        [] | [_] => format!("Pushed {branch} and {tags} to {}; it says that it has them.", push.remote),
        urls => format!(
            "Pushed {branch} and {tags} to {} ({}); each of them says that it has them.",
            push.remote,
            urls.join(", ")
        ),
    });
    for tag in &plan.tags {
        let pages: Vec<String> = push.urls.iter().filter_map(|url| pipelines_page(url, &tag.name)).collect();
        let items = pages.iter().map(String::as_str).chain(tag.starts.iter().map(String::as_str));
        list(&mut text, &format!("{} starts:", tag.name), items);
    }
    reminders(&mut text, "Now:", plan, false);
    text
}

fn reminders(text: &mut Text, heading: &str, plan: &Plan, before_push: bool) {
    let these = plan.reminders.iter().filter(|reminder| reminder.before_push == before_push);
    list(text, heading, these.map(|reminder| reminder.text.as_str()));
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
            if number > 0 && wrap::is_command(line) {
                text.exact();
            }
        }
    }
}
