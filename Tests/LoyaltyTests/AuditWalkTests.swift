import Crypto
import Model
import Testing

@testable import Loyalty

/// The walk of docs/audit.md: a month is opened, traded in, closed and exported, and the export says whether anything was changed.
struct AuditWalkTests {
    @Test("an auditor follows a month from its first point to its last with the exported file alone")
    func walk() async throws {
        let program = try await TestProgram()
        // What a partner pays for, it buys first.
        _ = try await program.perform("block", BuyBlock(1_000, of: "points", for: "roaster", price: 900, reference: "invoice 1"))
        // Trade.
        for number in 1 ... 20 {
            let name = "m\(number % 4)"
            _ = try await program.earn("order-\(number)", Int64(100 + number), name) {
                $0.units = 3
                if number % 5 == 0 { $0.expiresAt = Instant(rfc3339: "2026-03-25T00:00:00Z") }
                if number % 7 == 0 { $0.fundedBy = "roaster" }
            }
            program.clock.advance(.microsecondsPerHour)
        }
        _ = try await program.spend("burn", .burn(150, place: nil), "m1")
        _ = try await program.perform(
            "gift", TransferPoints(40, of: "points", from: TestProgram.member("m2"), to: TestProgram.member("m3")))
        // Return.
        _ = try await program.perform(
            "return", TakeBackPoints(.returned(units: 1), of: "points", earnedFor: PointSource(id: "order-1")))
        // Close.
        program.clock.now = Instant(rfc3339: "2026-04-01T00:00:00Z") ?? .epoch
        for number in 0 ..< 4 { _ = try await program.earn("april-\(number)", 1, "m\(number)") }
        let march = try #require(PointMonth(text: "2026-03"))
        let closed = try await program.perform("close", CloseMonth(march, of: "points"))
        #expect(!closed.isRefused, "\(closed.body)")
        // Export.
        let file = try await AuditWalk.export(program)
        // Verify: every hash is that of the row, and the month's digest that of its hashes.
        let walk = try AuditWalk(file)
        #expect(walk.brokenRow == nil)
        let april = Instant(rfc3339: "2026-04-01T00:00:00Z") ?? .epoch
        let inMarch = walk.rows(until: april)
        #expect(closed.body["digest"]?.stringValue == walk.digest(until: april))
        // The report is what the rows add up to.
        let total = try #require(closed.body["report"]?["total"])
        func sum(_ column: Int, _ word: String) -> Int64 {
            inMarch.filter { $0[column] == word }.reduce(0) { $0 + (Int64($1[11]) ?? 0) }
        }
        #expect(total["issued"]?.intValue == sum(9, "issuer"))
        #expect(total["redeemed"]?.intValue == sum(10, "redeemed") && total["expired"]?.intValue == sum(10, "expired"))
        #expect(total["revoked"]?.intValue == sum(10, "revoked"))
        // Any single change of the file shows.
        for index in walk.rows.indices {
            var changed = walk
            changed.rows[index][11] = String((Int64(changed.rows[index][11]) ?? 0) + 1)
            #expect(changed.brokenRow == index, "row \(index)")
        }
    }
}

/// An exported file as an auditor reads it, with nothing but docs/audit.md.
struct AuditWalk {
    /// The fields of each row.
    var rows: [[String]]

    private static let mark = "(erased) "

    init(_ file: String) throws {
        rows = file.split(separator: "\r\n").dropFirst().map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        try #require(rows.allSatisfy { $0.count == 13 })
    }

    static func export(_ program: TestProgram) async throws -> String {
        var export = PointExport(
            ProgramReader(workspace: program.workspace, records: program.records), currency: "points")
        var text = ""
        while let piece = try await export.piece() { text += piece }
        return text
    }

    /// The first row whose hash is not that of its content and the row before of the same member.
    var brokenRow: Int? {
        var last: [String: String] = [:]
        for (index, row) in rows.enumerated() {
            let before = last[row[0]] ?? String(repeating: "0", count: 64)
            let lot = row[6].isEmpty ? "0" : row[6]
            let content = [before, row[1], row[3], row[4], row[5], lot, row[7], row[8], row[9], row[10], row[11]]
            // Of a command whose id was erased the hash stays, and is the last line of what the seal covers.
            let isSealed = row[2].hasPrefix(Self.mark)
            let digest = Self.digest((content + [isSealed ? row[12] : row[2]]).joined(separator: "\n"))
            guard digest == (isSealed ? String(row[2].dropFirst(Self.mark.count)) : row[12]) else { return index }
            last[row[0]] = row[12]
        }
        return nil
    }

    private var seals: [String] { rows.map { $0[2] }.filter { $0.hasPrefix(Self.mark) } }
    var sealCount: Int { seals.count }
    /// What the audit keeps of an erasure's seals.
    var sealsDigest: String { Self.digest(seals.joined()) }

    func rows(until end: Instant) -> [[String]] { rows.filter { (Int64($0[4]) ?? 0) < end.microseconds } }
    func digest(until end: Instant) -> String { Self.digest(rows(until: end).map { $0[12] }.joined()) }

    private static func digest(_ text: String) -> String {
        SHA256.hash(data: Array(text.utf8)).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}
