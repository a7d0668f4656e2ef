public import Model
public import Records
import Synchronization

/// What a write key opens.
public struct WriteGrant: Hashable, Sendable {
    public let workspace: WorkspaceID
    public let source: Source
    public let key: KeyID
}

/// What an api key opens.
public struct APIGrant: Hashable, Sendable {
    public let workspace: WorkspaceID
    public let key: KeyID
    public let scopes: Set<KeyScope>
}

extension WorkspaceDirectory {
    /// The source that `writeKey` belongs to; nil for an unknown or revoked key.
    ///
    /// Costs a hash and a look-up.
    public func writeGrant(_ writeKey: String) -> WriteGrant? {
        guard let key = openKey(writeKey, prefix: "wk_"), case .write(let id) = key.kind,
            let source = catalog.withLock({ $0.sources[key.workspace]?[id] })
        else { return nil }
        return WriteGrant(workspace: key.workspace, source: source, key: key.id)
    }

    /// The workspace and scopes that `apiKey` opens; nil for an unknown or revoked key.
    public func apiGrant(_ apiKey: String) -> APIGrant? {
        guard let key = openKey(apiKey, prefix: "ak_"), key.kind == .api else { return nil }
        return APIGrant(workspace: key.workspace, key: key.id, scopes: key.scopes)
    }

    private func openKey(_ secret: String, prefix: String) -> Key? {
        guard secret.hasPrefix(prefix), secret.utf8.count <= 100 else { return nil }
        let digest = KeyDigest(of: secret)
        let now = clock.now
        let (key, isNews) = catalog.withLock { catalog -> (Key?, Bool) in
            guard let key = catalog.openKey(digest) else { return (nil, false) }
            return (key, catalog.touch(key, at: now))
        }
        if let key, isNews { touched.withLock { $0[key.id] = .touchKey(key.workspace, key.id, at: now) } }
        return key
    }
}
