public import Model
import Records

/// The entries of a currency as CSV, in the order of members and positions, with the hashes of their chains.
///
/// Each row's hash covers the row before of the same member: whoever has the file can tell whether anything was changed, left out or
/// put in. `docs/audit.md` says how a hash is made.
public struct PointExport: Sendable {
    private static let rowsPerPiece = 2_000
    private static let head = "member,position,command,kind,effective_at,recorded_at,lot,vintage,funded_by,from,to,amount,hash\r\n"

    private let reader: ProgramReader
    private let currency: String
    private var last: (member: Int64, position: Int64)?
    private var hasBegun = false
    private var isOver = false

    public init(_ reader: ProgramReader, currency: String) {
        self.reader = reader
        self.currency = currency
    }

    /// The next lines; nil at the end.
    public mutating func piece() async throws(Problem) -> String? {
        guard !isOver else { return nil }
        let (currency, last) = (currency, last ?? (-1, -1))
        let rows = try await reader.read { tables throws(Problem) in
            try tables.list(
                """
                SELECT member, \(PointEntryRow.columns) FROM point_entries
                WHERE workspace = ? AND currency = ? AND (member > ? OR (member = ? AND position > ?))
                ORDER BY member, position LIMIT \(PointExport.rowsPerPiece)
                """,
                tables.values(.text(currency), .integer(last.member), .integer(last.member), .integer(last.position))
            ) { reader throws(Problem) in
                (member: try reader.integer(), entry: try PointEntryRow.read(&reader))
            }
        }
        isOver = rows.count < PointExport.rowsPerPiece
        self.last = rows.last.map { ($0.member, $0.entry.position) } ?? self.last
        defer { hasBegun = true }
        return (hasBegun ? "" : PointExport.head) + rows.map { PointExport.line($0.member, $0.entry) }.joined()
    }

    private static func line(_ member: Int64, _ entry: ChainedPointEntry) -> String {
        let booked = entry.entry
        let fields: [String] = [
            ProgramMemberID(number: member).text, String(entry.position), entry.command, booked.kind.rawValue,
            String(booked.effectiveAt.microseconds), String(entry.recordedAt.microseconds),
            booked.lot.map { String($0.number) } ?? "", String(booked.vintage), booked.fundedBy ?? "", booked.from.text,
            booked.to.text, String(booked.amount), entry.hash,
        ]
        return fields.map(quoted).joined(separator: ",") + "\r\n"
    }

    /// Scalar by scalar: a Character can be both halves of a line's end, or a quote with an accent.
    private static func quoted(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) else { return text }
        var out: String.UnicodeScalarView = "\"".unicodeScalars
        for scalar in text.unicodeScalars {
            if scalar == "\"" { out.append(scalar) }
            out.append(scalar)
        }
        return String(out) + "\""
    }
}

/// What a look over all entries of a currency has found.
public struct PointCheck: Hashable, Sendable {
    public var entryCount: Int64 = 0
    public var bookCount: Int64 = 0
    /// The first entry that is not what was written, or is not there: whose, and its place.
    public var firstBroken: (member: ProgramMemberID, position: Int64)?
    /// What all accounts hold together: 0.
    public var sum: Int64 = 0
    /// Members whose balance, lots or donations taken back are not what their entries say.
    public var unequalBooks: Int64 = 0
    /// Until when sums are kept that entries do not give.
    public var unequalSums: [Instant] = []

    public var isWhole: Bool { firstBroken == nil && sum == 0 && unequalBooks == 0 && unequalSums.isEmpty }

    public static func == (left: PointCheck, right: PointCheck) -> Bool {
        left.entryCount == right.entryCount && left.bookCount == right.bookCount && left.sum == right.sum
            && left.unequalBooks == right.unequalBooks && left.unequalSums == right.unequalSums
            && left.firstBroken?.member == right.firstBroken?.member
            && left.firstBroken?.position == right.firstBroken?.position
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(entryCount)
        hasher.combine(sum)
    }
}

extension ProgramReader {
    /// Follows every chain of a currency, and compares balances, lots and kept sums with entries.
    public func check(_ currency: String) async throws(Problem) -> PointCheck {
        try await read { tables throws(Problem) in
            var check = PointCheck()
            for book in try tables.bookHeads(of: currency) {
                check.bookCount += 1
                try tables.check(book, currency, &check)
            }
            check.unequalSums = try tables.unequalSums(of: currency)
            return check
        }
    }
}

extension ProgramTables {
    fileprivate struct BookHead {
        let member: ProgramMemberID
        let owed: [Int64]
        let entryCount: Int64
        let hash: String
    }

    fileprivate func bookHeads(of currency: String) throws(Problem) -> [BookHead] {
        try list(
            """
            SELECT member, available, pending, held, debt, entries, hash FROM point_books WHERE workspace = ? AND currency = ?
            ORDER BY member
            """, values(.text(currency))
        ) { reader throws(Problem) in
            let member = ProgramMemberID(number: try reader.integer())
            let owed = [try reader.integer(), try reader.integer(), try reader.integer(), -(try reader.integer())]
            return BookHead(member: member, owed: owed, entryCount: try reader.integer(), hash: try reader.text())
        }
    }

    fileprivate func check(_ head: BookHead, _ currency: String, _ check: inout PointCheck) throws(Problem) {
        let key = PointBookKey(member: head.member, currency: currency)
        var (hash, position) = (PointChain.start, Int64(0))
        // What somebody has written into the tables may be more than Int64 holds.
        var accounts: [PointAccount: Int128] = [:]
        var tallies: [PointID: LotTally] = [:]
        let reversed = try reversedPositions(of: key)
        // What came back from charities is what was noted as taken back from them.
        var givenBack: [PointAccount: Int128] = [:]
        for entry in try entries(of: key, where: "1 = 1 ORDER BY position") {
            position += 1
            if !PointSeal.holds(entry, after: hash) || entry.position != position, check.firstBroken == nil {
                check.firstBroken = (head.member, position)
            }
            hash = entry.hash
            accounts[entry.entry.from, default: 0] -= Int128(entry.entry.amount)
            accounts[entry.entry.to, default: 0] += Int128(entry.entry.amount)
            if case .donated = entry.entry.from { givenBack[entry.entry.from, default: 0] -= Int128(entry.entry.amount) }
            if reversed.contains(entry.position) { givenBack[entry.entry.to, default: 0] += Int128(entry.entry.amount) }
            if let lot = entry.entry.lot { tallies[lot, default: LotTally()].add(entry.entry) }
        }
        if position != head.entryCount || hash != head.hash, check.firstBroken == nil {
            check.firstBroken = (head.member, position + 1)
        }
        check.entryCount += position
        check.sum = Int64(clamping: Int128(check.sum) + accounts.values.reduce(0, +))
        let booked = [PointAccount.available, .pending, .held, .debt].map { accounts[$0, default: 0] }
        let lots = try lots(of: key, where: "1 = 1")
        let areLotsEqual = lots.count == tallies.count && lots.allSatisfy { tallies[$0.id]?.isWhat($0) == true }
        let areReversalsEqual = givenBack.values.allSatisfy { $0 == 0 }
        if booked != head.owed.map({ Int128($0) }) || !areLotsEqual || !areReversalsEqual { check.unequalBooks += 1 }
    }
}

/// What entries say of one lot: how many points came, and where they are.
private struct LotTally {
    private var original: Int64 = 0
    /// Those that are there, but not active.
    private var pending: Int64 = 0
    private var quantities = PointLot.Quantities()

    /// Amounts that somebody has written into the tables may go round: then the lot is another, too.
    mutating func add(_ entry: PointEntry) {
        if entry.from == .pending { pending &-= entry.amount }
        if entry.to == .pending { pending &+= entry.amount }
        // What is given back to a lot of which nothing was spent, or donated, came to it as a lot of its own.
        let isOfItsOwn = entry.kind == .returned && entry.from.place.map { quantities[keyPath: $0] == 0 } == true
        if entry.from == .transfer || entry.kind == .reinstated || isOfItsOwn {
            original &+= entry.amount
        } else if let place = entry.from.place {
            quantities[keyPath: place] &-= entry.amount
        } else {
            original &+= entry.amount
        }
        if let place = entry.to.place { quantities[keyPath: place] &+= entry.amount }
    }

    func isWhat(_ lot: PointLot) -> Bool {
        lot.original == original && lot.quantities == quantities && pending == (lot.isActive ? 0 : lot.quantities.remaining)
    }
}

extension PointAccount {
    /// Where a lot counts its points that are there; nil for where they come from.
    fileprivate var place: WritableKeyPath<PointLot.Quantities, Int64>? {
        switch self {
        case .pending, .available: \.remaining
        case .held: \.held
        case .redeemed, .campaign: \.spent
        case .expired: \.expired
        case .revoked: \.revoked
        case .transfer: \.moved
        case .donated: \.donated
        case .debt: \.repaid
        case .issuer, .opening: nil
        }
    }
}
