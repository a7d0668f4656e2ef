public import Model
import People
public import Questions

/// For how many people a computed trait would hold.
public struct ComputedTraitPreview: Hashable, Sendable {
    public var people: Int
    /// With a value, 0 included.
    public var having: Int
    /// With a value other than 0.
    public var beyondZero: Int
}

extension OpenWorkspace {
    /// What a computed trait would say of the people of now; nothing is changed.
    ///
    /// - Throws: ``Problem`` as ``ask(_:now:)``.
    public func preview(_ trait: ComputedTrait) async throws(Problem) -> ComputedTraitPreview {
        let (now, watch) = (clock.now, watch())
        return try await look(now: now) { view throws(Problem) in
            var executor = try self.executor(view, view.population, now: now, watch)
            executor.computedTraits = executor.computedTraits.filter { $0.key != trait.key } + [trait]
            func count(_ who: JSONValue) throws(Problem) -> Int {
                let answer = try executor.answer(Question(json: ["kind": "count", "who": who]))
                return Int(answer.body["count"]?.intValue ?? 0)
            }
            let key = JSONValue.string(trait.key)
            let having: JSONValue = ["trait": key, "op": "exists"]
            return ComputedTraitPreview(
                people: view.everybody, having: try count(having),
                beyondZero: try count(["all": [having, ["trait": key, "op": "!=", "value": 0]]]))
        }
    }
}
