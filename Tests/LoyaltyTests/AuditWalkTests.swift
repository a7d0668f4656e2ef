import Crypto
import Model
import Records
import TestSupport
import Testing

@testable import Loyalty

/// The walk of docs/audit.md: a month is opened, traded in, closed and exported, and the export says whether anything was changed.
struct AuditWalkTests {
    @Test(
        "an auditor follows a month from its first point to its last with the exported file alone", arguments: RecordsEngine.here)
    func walk(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open())
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
        // Whatever a charity is called, and whatever whoever sends a command calls it.
        let charity = "Trees, \"Be\u{E9}s\"\u{301} & 100% more"
        for (number, id) in ["donate", "a, b", "\"c\" d", ",\"both\""].enumerated() {
            let given = try await program.spend(id, .donate(Int64(1 + number), charity: charity), "m1")
            #expect(!given.isRefused, "\(given.body)")
        }
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
        let ids = walk.rows.map { $0[2] }
        #expect(["donate", "a, b", "\"c\" d", ",\"both\""].allSatisfy(ids.contains))
        #expect(walk.rows.filter { $0[10] == "donated:\(charity)" }.reduce(0) { $0 + (Int64($1[11]) ?? 0) } == 10)
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

    @Test("what ends a line is in no name: rows and hashes are made of lines")
    func namesInOneLine() async throws {
        let program = try await TestProgram()
        _ = try await program.earn("a", 10, "ann")
        for (number, name) in ["A\nB", "A\r", "\r\nB", "A\u{85}B", "\u{0}", "", String(repeating: "a", count: 1_001)].enumerated() {
            #expect(try await program.spend("d\(number)", .donate(1, charity: name), "ann").codes == ["NAME_WRONG"])
            #expect(try await program.earn("f\(number)", 1, "ann") { $0.fundedBy = name }.codes == ["NAME_WRONG"])
            let coloured = try await program.earn("c\(number)", 1, "ann") { $0.colours = ["tea", name] }
            #expect(coloured.codes == ["NAME_WRONG"] && coloured.body.text.contains("\\\"colours\\\" is a name of 1 to 1000 bytes"))
            let block = BuyBlock(1, of: "points", for: name, price: 1)
            #expect(try await program.perform("b\(number)", block).codes == ["PARTNER_WRONG"])
            var lot = OpeningLot("r\(number)", 1, of: TestProgram.member("ann"), earnedAt: .epoch)
            lot.fundedBy = name
            let taken = try await program.perform("i\(number)", ImportPoints([.lot(lot)], of: "points", total: 1))
            #expect(taken.body["refused"]?.arrayValue?.first?["reasons"]?.arrayValue?.first?["code"] == "NAME_WRONG")
        }
        let rule: JSONValue = ["funded_by": "A\nB"]
        #expect(throws: Problem.self) { try EarningTerms(EarningReader(rule)) }
    }
}

/// An exported file as an auditor reads it, with nothing but docs/audit.md.
struct AuditWalk {
    /// The fields of each row.
    var rows: [[String]]

    private static let mark = "(erased) "

    init(_ file: String) throws {
        rows = Array(Self.records(file).dropFirst())
        try #require(rows.allSatisfy { $0.count == 13 })
    }

    /// As RFC 4180 has it, and the script's reader: within quotes a comma or the end of a line is text, and two quotes are one.
    private static func records(_ file: String) -> [[String]] {
        var (records, fields, field, isQuoted) = ([[String]](), [String](), String.UnicodeScalarView(), false)
        let scalars = Array(file.unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            switch scalar {
            case "\"":
                // The second of two.
                if !isQuoted, index > 0, scalars[index - 1] == "\"" { field.append(scalar) }
                isQuoted.toggle()
            case "," where !isQuoted, "\n" where !isQuoted:
                fields.append(String(field))
                field = String.UnicodeScalarView()
                guard scalar == "\n" else { continue }
                records.append(fields)
                fields = []
            case "\r" where !isQuoted: break
            default: field.append(scalar)
            }
        }
        return isQuoted ? [[]] : records
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
