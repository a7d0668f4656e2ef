import Crypto
public import Model
import Records

/// Whose points, and in which currency.
struct PointBookKey: Hashable, Comparable {
    let member: ProgramMemberID
    let currency: String

    static func < (left: PointBookKey, right: PointBookKey) -> Bool {
        (left.member, left.currency) < (right.member, right.currency)
    }
}

/// A book as the records have it: with the chain of its entries.
struct KeptPointBook: Hashable {
    var book: PointBook
    /// How many entries there are, and the hash of the last: what was booked since is in the book.
    var entryCount: Int64 = 0
    var hash = PointChain.start
    /// When the last command about it was recorded.
    var recordedAt = Instant.distantPast
}

/// One entry in its place in the chain of its book.
public struct ChainedPointEntry: Hashable, Sendable {
    /// Counted from 1 in each book, without gaps.
    public let position: Int64
    /// The id of the command by which it was booked, be it that time had done it before.
    public let command: String
    public let recordedAt: Instant
    public let entry: PointEntry
    /// SHA-256, in hexadecimal, of the hash before and all of the above.
    public let hash: String
}

/// The chain of a book's entries: none can be changed, left out or put in unnoticed.
enum PointChain {
    /// Stands for the hash before the first entry.
    static let start = String(repeating: "0", count: 64)

    /// The next link.
    static func link(
        _ entry: PointEntry, at position: Int64, after hash: String, command: String, recordedAt: Instant
    ) -> ChainedPointEntry {
        let hash = digest(entry, at: position, after: hash, recordedAt: recordedAt, endingIn: command)
        return ChainedPointEntry(position: position, command: command, recordedAt: recordedAt, entry: entry, hash: hash)
    }

    /// SHA-256 of the hash before, an entry, and a last line: the command, or what stands for one that was erased.
    static func digest(
        _ entry: PointEntry, at position: Int64, after hash: String, recordedAt: Instant, endingIn last: String
    ) -> String {
        var text = "\(hash)\n\(position)\n\(entry.kind.rawValue)\n\(entry.effectiveAt.microseconds)\n\(recordedAt.microseconds)\n"
        text += "\(entry.lot?.number ?? 0)\n\(entry.vintage)\n\(entry.fundedBy ?? "")\n\(entry.from.text)\n\(entry.to.text)\n"
        text += "\(entry.amount)\n\(last)"
        return KeyDigest(bytes: SHA256.hash(data: Array(text.utf8))).hex
    }
}

extension PointAccount {
    /// The word kept in the records.
    public var text: String {
        switch self {
        case .issuer: "issuer"
        case .pending: "pending"
        case .available: "available"
        case .held: "held"
        case .debt: "debt"
        case .redeemed: "redeemed"
        case .expired: "expired"
        case .revoked: "revoked"
        case .transfer: "transfer"
        case .donated(let charity): "donated:\(charity)"
        }
    }

    init?(text: String) {
        let plain: [PointAccount] = [
            .issuer, .pending, .available, .held, .debt, .redeemed, .expired, .revoked, .transfer,
        ]
        if let account = plain.first(where: { $0.text == text }) {
            self = account
        } else if text.hasPrefix("donated:") {
            self = .donated(charity: String(text.dropFirst(8)))
        } else {
            return nil
        }
    }
}
