/// What deleting calls came to.
public struct DropSummary: Hashable, Sendable {
    /// Calls deleted.
    public var callCount = 0
    /// Parts that held some of them and were written anew without.
    public var writtenParts = 0
    /// Parts that held none and were not touched.
    public var untouchedParts = 0

    public init() {}
}
