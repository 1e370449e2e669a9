//! What git stores and checks out for a file with the attribute `ident`, asked of git itself.

use super::support::Sandbox;

/// Texts with everything that has a meaning, and things that only look like it.
const TEXTS: [&str; 14] = [
    "$Id$\n",
    "a $Id$ b $Id$ c\n$Id$",
    "$Id: 0123456789012345678901234567890123456789 $ x\n",
    "$Id: a b $ foreign, $Id$ own\n",
    "$Id: file,v 1.2 2026/01/01 mara Exp $\n",
    "$Id:$ $Id: $ $Id:x$ $Id: x$ $Id:  $\n",
    "$Id: not closed\n$Id$\n",
    "$Id: not closed at all",
    "$Identity: x $ $ID$ $id$ $Id $ $$Id$$\n",
    "$I$ $Id",
    "$Id$\r\nline\r\n",
    "100 $ and $Id$\n",
    "$Id: $Id$ $\n",
    "",
];

#[test]
fn git_stores_and_checks_out_the_same_bytes() {
    let sandbox = Sandbox::new();
    sandbox.write(".gitattributes", "*.id ident\n");
    sandbox.commit("attributes");
    for text in TEXTS {
        sandbox.write("text.id", text);
        let stored = sandbox.git(&["hash-object", "-w", "--path=text.id", "text.id"]);
        let repository = sandbox.open();
        let ours = repository.stored_with_ident("text.id", text.as_bytes());
        let ours = ours.map_or_else(|| text.as_bytes().to_vec(), |candidates| candidates[0].clone());
        let ours = repository.blob_id(&ours).unwrap();
        assert_eq!(ours.as_str(), stored.trim(), "stored: {text:?}");
        let raw = sandbox.git(&["hash-object", "-w", "--no-filters", "text.id"]);
        let checked_out = sandbox.git(&["cat-file", "--filters", "--path=text.id", raw.trim()]);
        let found = text.as_bytes().to_vec();
        let ours = repository.as_checked_out("text.id", text.as_bytes(), found).unwrap();
        assert_eq!(String::from_utf8(ours).unwrap(), checked_out, "checked out: {text:?}");
    }
}

#[test]
fn a_file_of_the_work_tree_is_known_in_every_form_that_git_takes_for_the_committed_one() {
    let sandbox = Sandbox::new();
    sandbox.write(".gitattributes", "*.id ident\n");
    sandbox.commit("attributes");
    let repository = sandbox.open();
    let (committed, wanted) = (&b"1 $Id$\n"[..], &b"2 $Id$\n"[..]);
    let id = |bytes: &[u8]| repository.blob_id(bytes).unwrap();
    let new = format!("2 $Id: {} $\n", id(wanted));
    let made = |path: &str, now: &str| {
        let made = repository.as_in_work_tree(path, now.as_bytes(), committed, wanted).unwrap();
        made.map(|bytes| String::from_utf8(bytes).unwrap())
    };
    let current = format!("1 $Id: {} $\n", id(committed));
    for now in ["1 $Id$\n", "1 $Id: older $\n", current.as_str()] {
        assert_eq!(made("a.id", now).as_ref(), Some(&new), "{now:?}");
    }
    assert_eq!(made("a.id", &current.replace('\n', "\r\n")), Some(new.replace('\n', "\r\n")));
    assert_eq!(made("a.id", "3 $Id$\n"), None);
    assert_eq!(made("a.txt", "1 $Id$\n").as_deref(), Some("2 $Id$\n"), "without the attribute");
    assert_eq!(made("a.txt", "1 $Id$\r\n").as_deref(), Some("2 $Id$\r\n"));
    assert_eq!(made("a.txt", &current), None, "without the attribute it is a change");
}
