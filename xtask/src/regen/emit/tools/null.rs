//! What null says where a tool takes it.

/// What null says of a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Null {
    /// Nothing: it is refused, or it is as if the property were left out.
    IsNothing,
    /// An empty object says there what null says elsewhere.
    IsEmpty,
    /// That there is none of what has to be given.
    IsAValue,
    /// That what there is shall go.
    TakesAway,
}
