//! How good is it, and how sure are we of that?

pub mod metrics;
pub mod plot;
pub mod report;
