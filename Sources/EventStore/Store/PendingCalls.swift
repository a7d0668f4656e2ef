internal import Columns
internal import Model
internal import Synchronization

/// Calls that were applied and are not a part yet, with what came with them.
struct PendingCalls {
    var rows: CallRows
    var decisions: [Decision] = []
    /// Identities from this ordinal on were first seen in these calls.
    var firstOrdinal: UInt32

    init(firstArrival: UInt64, firstOrdinal: UInt32) {
        rows = CallRows(firstArrival: firstArrival)
        self.firstOrdinal = firstOrdinal
    }

    var count: Int { rows.count }

    /// The calls as a part in memory.
    ///
    /// - Parameter identities: the table right after the last of these calls.
    func part(identities: IdentityTable) throws(Problem) -> Part {
        PartBuilder.build(
            rows, identities: identities, ordinals: firstOrdinal ..< UInt32(identities.count), decisions: decisions)
    }
}

/// A run of calls in memory that becomes a ``Part`` once somebody wants to read it.
final class MemoryChunk: Sendable {
    private enum Content {
        case calls(PendingCalls, IdentityTable)
        case part(Part)
    }

    let firstArrival: UInt64
    let endArrival: UInt64
    let byteCount: Int
    /// The log file that holds these calls.
    let log: UInt64
    private let content: Mutex<Content>

    /// - Parameter identities: the table right after the last of the calls.
    init(_ calls: PendingCalls, identities: IdentityTable, log: UInt64) {
        firstArrival = calls.rows.firstArrival
        endArrival = calls.rows.endArrival
        byteCount = calls.rows.bytes.count
        self.log = log
        content = Mutex(.calls(calls, identities))
    }

    /// Neighbouring chunks as one.
    init(merging chunks: [MemoryChunk], log: UInt64) throws(Problem) {
        firstArrival = chunks.first?.firstArrival ?? 0
        endArrival = chunks.last?.endArrival ?? 0
        byteCount = chunks.reduce(0) { $0 + $1.byteCount }
        self.log = log
        content = Mutex(.part(PartMerger.merge(chunks.map(\.part))))
    }

    var count: Int { Int(endArrival - firstArrival) }

    /// The calls as a part; built by whoever asks first, about a microsecond a call.
    var part: Part {
        content.withLock { content in
            switch content {
            case .part(let part): return part
            case .calls(let calls, let identities):
                let part = MemoryChunk.build(calls, identities)
                content = .part(part)
                return part
            }
        }
    }

    /// What was just encoded can be read: if not, the encoder is broken, and going on would serve wrong figures.
    private static func build(_ calls: PendingCalls, _ identities: IdentityTable) -> Part {
        do throws(Problem) { return try calls.part(identities: identities) } catch {
            preconditionFailure("a part in memory cannot be read: \(error.message)")
        }
    }
}
