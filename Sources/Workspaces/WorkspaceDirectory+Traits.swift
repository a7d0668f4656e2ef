import Columns
public import Model
public import Questions
import Records
import Synchronization

/// Computed traits: rules that every answer of the workspace follows.
extension WorkspaceDirectory {
    /// The computed traits of a workspace, oldest first.
    public func computedTraits(of workspace: WorkspaceID) throws(Problem) -> [ComputedTrait] {
        var traits: [ComputedTrait] = []
        for record in catalog.withLock({ $0.computedTraits(of: workspace) }) { traits.append(try ComputedTrait(record)) }
        return traits
    }

    /// One computed trait.
    ///
    /// - Throws: ``Problem`` with code `not_found`.
    public func computedTrait(_ key: String, of workspace: WorkspaceID) throws(Problem) -> ComputedTrait {
        guard let trait = try computedTraits(of: workspace).first(where: { $0.key == key }) else {
            throw WorkspaceDirectory.unknownTrait(key)
        }
        return trait
    }

    static func unknownTrait(_ key: String) -> Problem {
        Problem(.notFound, "There is no computed trait \"\(key.prefix(60))\".", status: 404)
    }
}

extension ComputedTrait {
    init(_ record: ComputedTraitRecord) throws(Problem) {
        try self.init(key: record.key, rule: try JSONParser.parse(Array(record.rule.utf8)))
    }
}
