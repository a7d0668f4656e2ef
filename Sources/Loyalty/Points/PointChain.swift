import Crypto
public import Model
import Records

/// Whose points, and in which currency.
struct PointBookKey: Hashable, Comparable {
    let member: ProgramMemberID
    let currency: String

    /// Of the member alone: few have books in several currencies.
    func hash(into hasher: inout Hasher) { hasher.combine(member) }

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
    /// What the member has given to others in a month, where somebody has asked for it.
    var given: PointsGiven?

    private static let overMax = 4_096

    /// Whether little in it is over.
    var isSmall: Bool {
        let count = book.lots.count + book.holds.count + book.spendings.count + book.earnings.count
        guard count > KeptPointBook.overMax else { return true }
        let open = book.lots.values.count { !$0.isClosed } + book.holds.values.count { $0.end == nil }
        return count - open <= KeptPointBook.overMax
    }

    /// What reading it anew would give: without all that is over.
    var trimmed: KeptPointBook {
        var kept = self
        for (id, lot) in book.lots where lot.isClosed { kept.book.lots[id] = nil }
        for (id, hold) in book.holds where hold.end != nil { kept.book.holds[id] = nil }
        (kept.book.spendings, kept.book.earnings) = ([:], [:])
        return kept
    }
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
        var text: [UInt8] = []
        text.reserveCapacity(256)
        func add(_ word: String) {
            text.append(contentsOf: word.utf8)
            text.append(UInt8(ascii: "\n"))
        }
        func add(_ number: Int64) { add(String(number)) }
        add(hash)
        add(position)
        add(entry.kind.rawValue)
        add(entry.effectiveAt.microseconds)
        add(recordedAt.microseconds)
        add(entry.lot?.number ?? 0)
        add(entry.vintage)
        add(entry.fundedBy ?? "")
        add(entry.from.text)
        add(entry.to.text)
        add(entry.amount)
        text.append(contentsOf: last.utf8)
        return hex(SHA256.hash(data: text))
    }

    private static func hex(_ digest: SHA256.Digest) -> String {
        String(unsafeUninitializedCapacity: 64) { out in
            let digits: StaticString = "0123456789abcdef"
            for (index, byte) in digest.enumerated() {
                out[2 * index] = digits.utf8Start[Int(byte >> 4)]
                out[2 * index + 1] = digits.utf8Start[Int(byte & 15)]
            }
            return 64
        }
    }
}

extension PointAccount {
    /// Begins the words of what was spent for campaigns.
    static let campaignStart = "redeemed:"

    /// The word kept in the records.
    public var text: String {
        switch self {
        case .issuer: "issuer"
        case .pending: "pending"
        case .available: "available"
        case .held: "held"
        case .debt: "debt"
        case .redeemed: "redeemed"
        case .campaign(let name): "\(PointAccount.campaignStart)\(name)"
        case .expired: "expired"
        case .revoked: "revoked"
        case .transfer: "transfer"
        case .opening: "opening"
        case .donated(let charity): "donated:\(charity)"
        }
    }

    init?(text: String) {
        let plain: [PointAccount] = [
            .issuer, .pending, .available, .held, .debt, .redeemed, .expired, .revoked, .transfer, .opening,
        ]
        if let account = plain.first(where: { $0.text == text }) {
            self = account
        } else if text.hasPrefix("donated:") {
            self = .donated(charity: String(text.dropFirst(8)))
        } else if text.hasPrefix(PointAccount.campaignStart) {
            self = .campaign(String(text.dropFirst(PointAccount.campaignStart.count)))
        } else {
            return nil
        }
    }
}
