/// What the ledgers are to do for an order; told twice, it is done once, by its natural key.
public enum OrderIntent: Hashable, Sendable {
    /// Key: the source. A line that earns anew after its order was changed has a source of its own.
    case earn(NewPoints)
    /// So many whole units, and so many points for all that came back, are back in all; whoever knows of less takes the difference back.
    /// Key: all three.
    case reverse(PointSource, unitsInAll: Int64, pointsInAll: Int64)
}
