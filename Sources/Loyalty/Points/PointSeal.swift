import Model

/// What stands in a chain for the id of a command that named somebody who was erased.
///
/// The hash of such an entry cannot be computed anew, for it covers the id. It stays, and so do all hashes after it and the digest of the
/// month. In the place of the id stand the mark and a seal, SHA-256 of the same lines with the entry's own hash as the last: no field of the
/// entry can be changed unnoticed. The audit names all seals that an erasure has made.
enum PointSeal {
    private static let start = "\(IdentityFinder.mark) "

    /// The text in the place of the command's id.
    static func command(of entry: ChainedPointEntry, after hash: String) -> String { start + seal(entry, after: hash) }

    /// Whether an entry is what was written after the hash before, be it that the id of its command was erased.
    static func holds(_ entry: ChainedPointEntry, after hash: String) -> Bool {
        if entry.command.hasPrefix(start) { return entry.command == command(of: entry, after: hash) }
        return entry.hash
            == PointChain.digest(
                entry.entry, at: entry.position, after: hash, recordedAt: entry.recordedAt, endingIn: entry.command)
    }

    private static func seal(_ entry: ChainedPointEntry, after hash: String) -> String {
        PointChain.digest(entry.entry, at: entry.position, after: hash, recordedAt: entry.recordedAt, endingIn: entry.hash)
    }
}
