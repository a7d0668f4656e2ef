public import Model

extension RecordStore {
    /// Why what is written ahead of the tables does not come into them; nil while it does.
    public var rowsTrouble: Problem? { engine.ahead?.trouble }

    /// Calls `listener` once when what is written ahead cannot come into its tables, and with nil once it can again.
    public func listenToRows(_ listener: @escaping @Sendable (Problem?) -> Void) { engine.ahead?.listen(listener) }
}
