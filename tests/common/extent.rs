//! How much of a sweep runs. `cargo test` takes a sample that fits beside the other tests; `TRUEPPM_RELEASE_SWEEP=calls`
//! disturbs a release at every call, and `=all` sweeps everything, which takes the better part of an hour.

/// The extents, the smaller one first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Extent {
    Sample,
    Calls,
    All,
}

/// The one that is asked for.
pub(crate) fn extent() -> Extent {
    match std::env::var("TRUEPPM_RELEASE_SWEEP").as_deref() {
        Err(_) => Extent::Sample,
        Ok("calls") => Extent::Calls,
        Ok("all") => Extent::All,
        Ok(other) => panic!("TRUEPPM_RELEASE_SWEEP is `calls` or `all`, not `{other}`"),
    }
}

/// The distance between the places that are tried: in a sample, where every call of a release is, and 1 for everything.
pub(crate) fn stride(sample: usize, calls: usize) -> usize {
    match extent() {
        Extent::Sample => sample,
        Extent::Calls => calls,
        Extent::All => 1,
    }
}
