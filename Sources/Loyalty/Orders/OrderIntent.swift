/// What the ledgers are to do for an order; told twice, it is done once, by its natural key.
public enum OrderIntent: Hashable, Sendable {
    /// Key: the source. A line that earns anew after its order was changed has a source of its own.
    case earn(NewPoints)
    /// So many units of what was earned are back in all; whoever knows of fewer takes back for the difference. Key: source and units.
    case reverse(PointSource, unitsInAll: Int64)
}
