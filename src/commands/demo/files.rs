//! The files of the demonstration repository, embedded so that the binary needs nothing beside it.

/// Every file: its path from the top of the repository, and its text.
pub const FILES: &[(&str, &str)] = &[
    ("CHANGELOG.md", include_str!("suite/CHANGELOG.md")),
    ("README.md", include_str!("suite/README.md")),
    ("changelog.d/101.added.md", include_str!("suite/changelog.d/101.added.md")),
    ("changelog.d/102.added.md", include_str!("suite/changelog.d/102.added.md")),
    ("changelog.d/103.changed.md", include_str!("suite/changelog.d/103.changed.md")),
    ("changelog.d/README.md", include_str!("suite/changelog.d/README.md")),
    ("changelog.d/django-5.2.17.security.md", include_str!("suite/changelog.d/django-5.2.17.security.md")),
    ("docs/api/openapi.json", include_str!("suite/docs/api/openapi.json")),
    ("packages/api/pyproject.toml", include_str!("suite/packages/api/pyproject.toml")),
    (
        "packages/api/src/trueppm_api/settings/base.py",
        include_str!("suite/packages/api/src/trueppm_api/settings/base.py"),
    ),
    ("packages/api/uv.lock", include_str!("suite/packages/api/uv.lock")),
    ("packages/helm/Chart.yaml", include_str!("suite/packages/helm/Chart.yaml")),
    ("packages/scheduler/pyproject.toml", include_str!("suite/packages/scheduler/pyproject.toml")),
    ("packages/scheduler/uv.lock", include_str!("suite/packages/scheduler/uv.lock")),
    ("packages/web/package-lock.json", include_str!("suite/packages/web/package-lock.json")),
    ("packages/web/package.json", include_str!("suite/packages/web/package.json")),
    ("scripts/export-openapi.sh", include_str!("suite/scripts/export-openapi.sh")),
];

/// The files among them that git stores as executable.
pub const EXECUTABLE: &[&str] = &["scripts/export-openapi.sh"];

/// A fragment for the release after the one that is shown: it waits in the work tree, so that the release can still be
/// taken back.
pub const NEXT_FRAGMENT: (&str, &str) =
    ("changelog.d/104.fixed.md", "A plan without any task prints one empty page instead of none.\n");
