import Model
import Records

/// Every workspace, source and key in memory, so that no event asks the database who sent it.
package struct Catalog: Sendable {
    private(set) var workspaces: [WorkspaceID: Workspace] = [:]
    private(set) var sources: [WorkspaceID: [SourceID: Source]] = [:]
    private var purposes: [WorkspaceID: [String: Purpose]] = [:]
    private var keys: [WorkspaceID: [KeyID: Key]] = [:]
    /// Keys that open something: neither revoked nor of another time.
    private var openKeys: [KeyDigest: KeyPlace] = [:]

    private var computedTraits: [WorkspaceID: [String: ComputedTraitRecord]] = [:]

    private struct KeyPlace {
        var workspace: WorkspaceID
        var key: KeyID
    }

    init(
        workspaces: [Workspace], sources: [Source], keys: [Key], purposes: [Purpose] = [],
        computedTraits: [ComputedTraitRecord] = []
    ) {
        for workspace in workspaces { insert(workspace) }
        for source in sources { insert(source) }
        for key in keys { insert(key) }
        for purpose in purposes { insert(purpose) }
        for trait in computedTraits { insert(trait) }
    }

    /// Oldest first.
    var allWorkspaces: [Workspace] { workspaces.values.sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) } }

    func workspace(_ id: WorkspaceID) throws(Problem) -> Workspace {
        guard let workspace = workspaces[id] else { throw Catalog.missing("workspace", id) }
        return workspace
    }

    /// Oldest first.
    func sources(of workspace: WorkspaceID) -> [Source] {
        (sources[workspace] ?? [:]).values.sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
    }

    var largestBodyBytes: Int {
        sources.values.reduce(0) { largest, sources in
            sources.values.reduce(largest) { $1.isSuppressed ? $0 : max($0, $1.limits.bodyBytes) }
        }
    }

    func source(_ id: SourceID, of workspace: WorkspaceID) throws(Problem) -> Source {
        guard let source = sources[workspace]?[id] else { throw Catalog.missing("source", id) }
        return source
    }

    /// By name.
    func purposes(of workspace: WorkspaceID) -> [Purpose] { (purposes[workspace] ?? [:]).values.sorted { $0.name < $1.name } }

    func purpose(_ name: String, of workspace: WorkspaceID) throws(Problem) -> Purpose {
        if let purpose = purposes[workspace]?[name] { return purpose }
        throw Problem(.notFound, "There is no purpose \"\(name.prefix(60))\" in this workspace.", status: 404)
    }

    /// Write keys of `source`, or api keys when it is nil; revoked ones too, oldest first.
    func keys(of source: SourceID?, in workspace: WorkspaceID) -> [Key] {
        (keys[workspace] ?? [:]).values.filter { $0.kind.source == source }.sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
    }

    func key(_ id: KeyID, in workspace: WorkspaceID) throws(Problem) -> Key {
        guard let key = keys[workspace]?[id] else { throw Catalog.missing("key", id) }
        return key
    }

    /// Oldest first.
    func computedTraits(of workspace: WorkspaceID) -> [ComputedTraitRecord] {
        (computedTraits[workspace] ?? [:]).values.sorted { ($0.createdAt, $0.key) < ($1.createdAt, $1.key) }
    }

    /// The key with this digest, unless it is revoked.
    func openKey(_ digest: KeyDigest) -> Key? {
        guard let place = openKeys[digest] else { return nil }
        return keys[place.workspace]?[place.key]
    }

    private static func missing(_ noun: String, _ id: some TextID) -> Problem {
        Problem(.notFound, "There is no \(noun) \(id.text.prefix(60)).", status: 404)
    }
}

// MARK: - Following the records

extension Catalog {
    /// Repeats in memory what the records have committed.
    mutating func apply(_ changes: [Change]) {
        for change in changes {
            switch change {
            case .insertWorkspace(let workspace), .updateWorkspace(let workspace): insert(workspace)
            case .insertSource(let source), .updateSource(let source): insert(source)
            case .insertKey(let key): insert(key)
            case .revokeKey(let workspace, let id, let instant): revoke(id, in: workspace, at: instant)
            case .touchKey(let workspace, let id, let instant): keys[workspace]?[id]?.lastUsedAt = instant
            case .insertPurpose(let purpose): insert(purpose)
            case .setLegalBasis(let workspace, let name, let basis): purposes[workspace]?[name]?.legalBasis = basis
            case .insertPurposeText(let workspace, let name, let text): purposes[workspace]?[name]?.texts.append(text)
            case .setComputedTrait(let trait): insert(trait)
            case .removeComputedTrait(let workspace, let key): computedTraits[workspace]?[key] = nil
            default: break
            }
        }
    }

    /// Notes that a key was used; true when this is news to the minute and so worth writing down.
    mutating func touch(_ key: Key, at now: Instant) -> Bool {
        if let last = key.lastUsedAt, now.microseconds(since: last) < .microsecondsPerMinute { return false }
        keys[key.workspace]?[key.id]?.lastUsedAt = now
        return true
    }

    private mutating func insert(_ workspace: Workspace) { workspaces[workspace.id] = workspace }
    private mutating func insert(_ source: Source) { sources[source.workspace, default: [:]][source.id] = source }

    private mutating func insert(_ purpose: Purpose) { purposes[purpose.workspace, default: [:]][purpose.name] = purpose }
    private mutating func insert(_ trait: ComputedTraitRecord) { computedTraits[trait.workspace, default: [:]][trait.key] = trait }

    private mutating func insert(_ key: Key) {
        keys[key.workspace, default: [:]][key.id] = key
        if key.revokedAt == nil { openKeys[key.digest] = KeyPlace(workspace: key.workspace, key: key.id) }
    }

    private mutating func revoke(_ id: KeyID, in workspace: WorkspaceID, at instant: Instant) {
        guard let key = keys[workspace]?[id] else { return }
        openKeys[key.digest] = nil
        keys[workspace]?[id]?.revokedAt = instant
    }
}
