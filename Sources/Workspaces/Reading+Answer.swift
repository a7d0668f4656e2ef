public import Model

extension Reading {
    /// What an answer of a question shows of single people; nil where it holds figures alone.
    public init?(answer: JSONValue) {
        let question = answer["question"] ?? .null
        func people(_ values: [JSONValue]) -> [PersonID] { values.compactMap { $0.stringValue.flatMap { PersonID(text: $0) } } }
        switch question["kind"]?.stringValue {
        case "timeline": self.init(.timeline, of: people([answer["person"] ?? .null]), question["kind"]?.stringValue ?? "")
        case "funnel":
            guard let person = answer["explain"]?["person"] else { return nil }
            self.init(.timeline, of: people([person]), question["kind"]?.stringValue ?? "")
        case "count":
            guard let listed = answer["people"]?.arrayValue else { return nil }
            self.init(.people, of: people(listed.compactMap { $0["id"] }), question["kind"]?.stringValue ?? "")
        case "rfm":
            guard question["list"] == true else { return nil }
            self.init(
                .people, of: people((answer["rows"]?.arrayValue ?? []).flatMap { $0["people"]?.arrayValue ?? [] }),
                question["kind"]?.stringValue ?? "")
        default: return nil
        }
    }
}
