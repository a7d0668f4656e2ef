package import Model
package import Records

extension SourceLimits {
    /// The limits by their names in JSON and forms, where each is kept, and the most that it can be set to.
    package static let members: [(name: String, place: any WritableKeyPath<SourceLimits, Int> & Sendable, max: Int)] = [
        ("eventBytes", \.eventBytes, 1 << 20), ("bodyBytes", \.bodyBytes, 64 << 20), ("batchEvents", \.batchEvents, 100_000),
        ("nesting", \.nesting, 100), ("keys", \.keys, 10_000), ("messageIdCharacters", \.messageIDCharacters, 1_000),
        ("idBytes", \.idBytes, 4_096), ("nameBytes", \.nameBytes, 4_096), ("traitBytes", \.traitBytes, 1 << 20),
    ]

    /// The most that `requestsPerSecond`, the one limit that may be absent, can be set to.
    package static let requestsPerSecondMax = 1_000_000

    /// These limits with `members` in the place of those of their names.
    ///
    /// - Throws: ``Problem`` with code `bad_request` or `unknown_member`; its place is `/limits/` and the name.
    package func changed(by members: some Sequence<(key: String, value: JSONValue)>) throws(Problem) -> SourceLimits {
        var limits = self
        for (key, value) in members {
            if key == "requestsPerSecond", value.isNull {
                limits.requestsPerSecond = nil
                continue
            }
            let known = SourceLimits.members.first { $0.name == key }
            guard known != nil || key == "requestsPerSecond" else {
                throw Problem(
                    Problem.Code("unknown_member"), "There is no limit \"\(key.prefix(60))\".", place: "/limits/\(key.prefix(60))")
            }
            let max = known?.max ?? SourceLimits.requestsPerSecondMax
            guard let number = value.intValue, (1 ... Int64(max)).contains(number) else {
                throw Problem(.badRequest, "The limit \(key) is a number from 1 to \(max).", place: "/limits/\(key)")
            }
            if let known { limits[keyPath: known.place] = Int(number) } else { limits.requestsPerSecond = Int(number) }
        }
        return limits
    }
}
