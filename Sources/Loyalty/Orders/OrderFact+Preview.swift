import Model

extension OrderFact {
    /// What the order alone would earn for; nil for what completes none.
    package var completed: EarningEvent? {
        get throws(Refusal) {
            var record = OrderRecord(id: order)
            _ = try record.add(self)
            return record.state.event
        }
    }
}
