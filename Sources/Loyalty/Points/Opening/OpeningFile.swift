public import Model
import OrderedCollections

/// A file of points to be taken over: CSV with a head, as RFC 4180 has it.
public struct OpeningFile: Sendable {
    /// One row, as texts by the names of its columns.
    public struct Row: Sendable {
        fileprivate let fields: [String: String]
        /// Whether there are more of them than columns.
        fileprivate let isTooWide: Bool
        /// Where it begins in the file, counted from 1.
        public let line: Int

        /// Whose points they are, as the file says it.
        public var member: String { fields["member"] ?? "" }
    }

    private static let required = ["row", "member", "amount", "earned_at"]
    /// The names of all columns that are understood.
    public static let columns =
        required + ["original", "units", "expires_at", "activates_at", "funded_by", "colours", "transferable"]

    public let rows: [Row]

    /// - Throws: ``Problem`` when the head is not understood, or the text is no CSV: then no row can be told from another.
    public init(_ text: String) throws(Problem) {
        var lines = try CSVText(text).records
        guard let head = lines.first?.fields.map({ $0.lowercased() }) else {
            throw Problem(.badRequest, "The file is empty. Its first line names the columns.", place: "line 1")
        }
        for name in head where !OpeningFile.columns.contains(name) {
            let known = OpeningFile.columns.joined(separator: ", ")
            throw Problem(
                .badRequest, "There is no column \"\(name.prefix(60))\" here. Known are \(known).", place: "line 1")
        }
        for name in OpeningFile.required where !head.contains(name) {
            throw Problem(.badRequest, "The column \"\(name)\" is missing.", place: "line 1")
        }
        guard Set(head).count == head.count else {
            throw Problem(.badRequest, "A column stands there twice.", place: "line 1")
        }
        lines.removeFirst()
        rows = lines.map { record in
            Row(
                fields: Dictionary(uniqueKeysWithValues: zip(head, record.fields)), isTooWide: record.fields.count > head.count,
                line: record.line)
        }
    }
}

extension OpeningFile.Row {
    /// What the row says; dates are those of the program, and `expires_at` names the last day.
    public func row(of member: MemberWish, in calendar: ZoneCalendar) -> OpeningRow {
        do throws(Refusal) { return .lot(try lot(member, calendar)) } catch {
            return .unreadable(
                row: text("row") ?? "", amount: text("amount").flatMap { Int64($0) },
                reason: error.reasons.first ?? .init("OPENING_ROW_UNREADABLE"))
        }
    }

    /// The row when nobody can tell whose points they are.
    public func unknownMember() -> OpeningRow {
        .unreadable(
            row: text("row") ?? "", amount: text("amount").flatMap { Int64($0) },
            reason: unreadableReason("member"))
    }

    private func lot(_ member: MemberWish, _ calendar: ZoneCalendar) throws(Refusal) -> OpeningLot {
        guard !isTooWide else { throw Refusal("OPENING_ROW_WIDTH", ["line": .int(Int64(line))]) }
        guard let amount = try number("amount") else { throw unreadable("amount") }
        guard let earnedAt = try instant("earned_at", calendar) else { throw unreadable("earned_at") }
        var lot = OpeningLot(text("row") ?? "", amount, of: member, earnedAt: earnedAt)
        (lot.original, lot.units) = (try number("original"), try number("units") ?? 1)
        lot.expiresAt = try instant("expires_at", calendar, isLastDay: true)
        lot.activatesAt = try instant("activates_at", calendar)
        lot.fundedBy = text("funded_by")
        lot.colours = Set((text("colours") ?? "").split(separator: " ").map(String.init))
        switch text("transferable")?.lowercased() {
        case nil, "true": break
        case "false": lot.isTransferable = false
        default: throw unreadable("transferable")
        }
        return lot
    }

    /// nil for an empty field.
    private func text(_ name: String) -> String? { fields[name].flatMap { $0.isEmpty ? nil : $0 } }

    private func number(_ name: String) throws(Refusal) -> Int64? {
        guard let text = text(name) else { return nil }
        guard let number = Int64(text) else { throw unreadable(name) }
        return number
    }

    private func instant(_ name: String, _ calendar: ZoneCalendar, isLastDay: Bool = false) throws(Refusal) -> Instant? {
        guard let text = text(name) else { return nil }
        if let date = LocalDate(text: text) { return calendar.start(of: isLastDay ? date.advanced(byDays: 1) : date) }
        guard let instant = Instant(rfc3339: text) else { throw unreadable(name) }
        return instant
    }

    private func unreadable(_ name: String) -> Refusal { Refusal([unreadableReason(name)]) }

    private func unreadableReason(_ name: String) -> Refusal.Reason {
        .init(
            "OPENING_ROW_UNREADABLE",
            [
                "line": .int(Int64(line)), "field": .string(name),
                "value": .string(String((fields[name] ?? "").prefix(80))),
            ])
    }
}

/// Text in lines of fields that commas part; a field in quotes may hold commas, quotes and ends of lines.
private struct CSVText {
    private(set) var records: [(fields: [String], line: Int)] = []

    init(_ text: String) throws(Problem) {
        var (fields, field): ([String], [UInt8]) = ([], [])
        var (line, start, isQuoted, wasQuoted) = (1, 1, false, false)
        var bytes = Array(text.utf8)[...]
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
        var index = bytes.startIndex
        func endField() {
            fields.append(String(decoding: field, as: UTF8.self))
            (field, wasQuoted) = ([], false)
        }
        func endRecord() {
            // A line without anything is no row.
            if !fields.isEmpty || !field.isEmpty || wasQuoted {
                endField()
                records.append((fields, start))
            }
            fields = []
        }
        while index < bytes.endIndex {
            let byte = bytes[index]
            index += 1
            switch byte {
            case 0x22 where isQuoted:
                if index < bytes.endIndex, bytes[index] == 0x22 {
                    field.append(0x22)
                    index += 1
                } else {
                    isQuoted = false
                }
            case 0x22 where field.isEmpty && !wasQuoted: (isQuoted, wasQuoted) = (true, true)
            case 0x2C where !isQuoted: endField()
            case 0x0D where !isQuoted && index < bytes.endIndex && bytes[index] == 0x0A: break
            case 0x0A where !isQuoted:
                endRecord()
                line += 1
                start = line
            default:
                if byte == 0x0A { line += 1 }
                field.append(byte)
            }
        }
        guard !isQuoted else {
            throw Problem(.badRequest, "A quote is not closed.", place: "line \(start)")
        }
        endRecord()
    }
}
