import Crypto
import EventStore
import Model
import Records

/// The identities of one workspace that were erased or whose calls are turned away, by keyed digests.
///
/// Most identities are told apart by a few bits of a hash, about a nanosecond a byte; only the others cost a digest.
struct SuppressionList: CallGate {
    private let key: [UInt8]
    private var entries: [String: Suppression] = [:]
    /// Digests of whose calls are turned away while they are being erased.
    private var held: Set<String> = []
    /// A bit per hint of who is turned away.
    private var hints = [UInt64](repeating: 0, count: 1 << 10)

    init(key: [UInt8], entries: some Sequence<Suppression> = []) {
        self.key = key
        for entry in entries { insert(entry) }
    }

    /// Whether any calls are turned away.
    var isTurningAway: Bool { hints.contains { $0 != 0 } }
    var all: [Suppression] { entries.values.sorted { ($0.createdAt, $0.digest) < ($1.createdAt, $1.digest) } }

    func entry(for identity: Identity) -> Suppression? { entries[digest(identity)] }

    mutating func insert(_ entry: Suppression) {
        var entry = entry
        if let known = entries[entry.digest] { entry.kind = entry.kind.joined(with: known.kind) }
        entries[entry.digest] = entry
        if entry.kind.turnsAway { note(entry.hint) }
    }

    private mutating func note(_ hint: Int) { hints[hint >> 6] |= 1 << UInt64(hint & 63) }

    /// Turns calls of identities away until ``release()``: what they bring would be erased at once.
    mutating func hold(_ identities: some Sequence<Identity>) {
        for identity in identities where identity.type != .productCode {
            held.insert(digest(identity))
            note(hint(identity))
        }
    }

    mutating func release() { self = SuppressionList(key: key, entries: entries.values) }

    /// Takes calls of an identity again; that it was erased stays known.
    mutating func takeAgain(_ digest: String) {
        if entries[digest]?.kind == .suppressed { entries[digest] = nil } else { entries[digest]?.kind = .erased }
        self = SuppressionList(key: key, entries: entries.values)
    }

    /// A new entry for an identity.
    func makeEntry(
        _ identity: Identity, in workspace: WorkspaceID, _ kind: Suppression.Kind, at now: Instant, reason: String
    ) -> Suppression {
        Suppression(
            workspace: workspace, digest: digest(identity), hint: hint(identity), kind: kind, createdAt: now, reason: reason)
    }

    private func hint(_ identity: Identity) -> Int { hint(Array(identity.type.text.utf8), Array(identity.value.utf8)) }

    func digest(_ identity: Identity) -> String { digest(Array(identity.type.text.utf8), Array(identity.value.utf8)) }

    func turnsAway(type: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) -> Bool {
        let hint = hint(type, value)
        guard hints[hint >> 6] >> UInt64(hint & 63) & 1 != 0 else { return false }
        let digest = digest(type, value)
        return held.contains(digest) || entries[digest]?.kind.turnsAway ?? false
    }

    private func digest(_ type: some Sequence<UInt8>, _ value: some Sequence<UInt8>) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: Array(type) + [0] + Array(value), using: SymmetricKey(data: key))
        return Array(code).hex
    }

    /// FNV-1a over key, type and value, folded to 16 bits.
    private func hint(_ type: some Sequence<UInt8>, _ value: some Sequence<UInt8>) -> Int {
        var hash: UInt64 = 14_695_981_039_346_656_037
        func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211 }
        for byte in key.prefix(8) { add(byte) }
        for byte in type { add(byte) }
        add(0)
        for byte in value { add(byte) }
        return Int((hash ^ hash >> 16 ^ hash >> 32 ^ hash >> 48) & 0xFFFF)
    }
}
