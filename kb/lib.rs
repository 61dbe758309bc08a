//! Placeholder line replaced in the first commit.
