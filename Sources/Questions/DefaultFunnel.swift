public import Model

/// Proposes the funnel that a workspace's home page shows before anybody has made one.
public enum DefaultFunnel {
    /// The usual way through a shop, by the names of the Segment specifications.
    private static let path = [
        "page", "Products Searched", "Product List Viewed", "Product Viewed", "Product Added", "Cart Viewed", "Checkout Started",
        "Payment Info Entered", "Order Completed",
    ]
    /// Steps that matter most when all would be too many.
    private static let preferred = ["Product Viewed", "Product Added", "Checkout Started", "Order Completed"]

    /// The funnel as a question, or nil when the workspace has fewer than two events that follow one another.
    ///
    /// Of a shop it is the way from the first sight to the order; of anything else the most frequent events, in the order of the
    /// counts. The window is 14 days and the range the last 30.
    /// - Parameter names: the event names of the workspace with the number of events.
    public static func question(for names: [(name: String, count: Int)]) -> JSONValue? {
        let known = names.filter { $0.count > 0 }
        var steps = shopSteps(known.map(\.name))
        if steps.count < 2 { steps = frequentSteps(known) }
        guard steps.count >= 2 else { return nil }
        return [
            "kind": "funnel", "steps": .array(steps.map { ["event": .string($0)] }), "window": "14d", "range": ["last": "30d"],
        ]
    }

    /// Names of the shop's way that occur, compared without case and spaces, first steps first; at most five.
    private static func shopSteps(_ names: [String]) -> [String] {
        var found: [(step: String, name: String)] = []
        for step in path {
            if let name = names.first(where: { folded($0) == folded(step) }) { found.append((step, name)) }
        }
        guard found.contains(where: { $0.step == "Order Completed" || $0.step == "Product Viewed" }) else { return [] }
        if found.count > 5 {
            let first = found[0].step
            found.removeAll { $0.step != first && !preferred.contains($0.step) }
        }
        return found.map(\.name)
    }

    private static func frequentSteps(_ names: [(name: String, count: Int)]) -> [String] {
        names.sorted { ($1.count, $0.name) < ($0.count, $1.name) }.prefix(4).map(\.name)
    }

    private static func folded(_ name: String) -> String { name.lowercased().filter { $0.isLetter || $0.isNumber } }
}
