import Foundation
import Model
import Testing

@testable import Intake

@Suite("Tables in files")
struct ImportTableTests {
    static let alphabet = ["a", "Z", "9", "\"", "\"\"", ",", ";", "\t", "|", " ", "\n", "\r\n", "茶", "é", "😀", "'", "\\", "=", "#"]

    /// Rows of random text, none of them blank.
    static func randomTable(using random: inout SplitMix64) -> [[String]] {
        let width = Int.random(in: 2 ... 6, using: &random)
        return (0 ..< Int.random(in: 1 ... 40, using: &random)).map { row in
            (0 ..< width).map { column in
                let text = (0 ..< Int.random(in: 0 ... 8, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? "" }
                    .joined()
                return column == 0 ? "r\(row)" + text : text
            }
        }
    }

    static func csv(_ table: [[String]], delimiter: Character, using random: inout SplitMix64) -> String {
        var out = ""
        for row in table {
            out += row.map { field in
                let needsQuotes = field.contains { $0 == delimiter || $0 == "\"" || $0.isNewline } || Bool.random(using: &random)
                return needsQuotes ? "\"" + field.replacing("\"", with: "\"\"") + "\"" : field
            }.joined(separator: String(delimiter))
            out += ["\n", "\r\n", "\r"].randomElement(using: &random) ?? "\n"
        }
        return out
    }

    @Test("A random table comes back whole, whatever its delimiter, quotes, line ends and encoding", arguments: UInt64(0) ..< 60)
    func roundTrip(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let table = Self.randomTable(using: &random)
        let delimiter = [",", ";", "\t", "|"].randomElement(using: &random) ?? ","
        let text = Self.csv(table, delimiter: Character(delimiter), using: &random)
        let folder = try ImportFolder()
        let encoding = ["UTF-8", "BOM", "UTF-16LE", "UTF-16BE"].randomElement(using: &random) ?? "UTF-8"
        let bytes: [UInt8] =
            switch encoding {
            case "BOM": [0xEF, 0xBB, 0xBF] + Array(text.utf8)
            case "UTF-16LE": [0xFF, 0xFE] + encoded(text, encoding)
            case "UTF-16BE": [0xFE, 0xFF] + encoded(text, encoding)
            default: Array(text.utf8)
            }
        let path = try folder.write("table.csv", bytes)
        let byte = try #require(delimiter.utf8.first)
        let records = FileRecords(text: try FileText(path: path), delimiter: byte, limit: 1 << 20)
        var row = ImportRow()
        var read: [[String]] = []
        var lineNumbers: [Int] = []
        while let record = try records.next() {
            row.split(records.buffer[record.range], format: .table(delimiter: byte, hasHeader: false))
            read.append(row.texts)
            lineNumbers.append(record.line)
        }
        #expect(read == table)
        #expect(lineNumbers == lineNumbers.sorted() && lineNumbers.first == 1)
    }

    @Test(
        "Quotes that RFC 4180 does not know are read, too",
        arguments: [
            ("a\"b,c", ["a\"b", "c"]), ("\"c\"\"d\"e,f", ["c\"de", "f"]), ("\"\"\"\"", ["\""]), ("\"\"\"", ["\""]),
            ("\"\"\",x", ["\",x"]), ("x,\"never closed, y", ["x", "never closed, y"]), ("\"\",", ["", ""]), (",", ["", ""]),
            ("", [""]),
        ])
    func oddQuotes(line: String, fields: [String]) {
        var row = ImportRow()
        row.split(Array(line.utf8)[...], format: .table(delimiter: UInt8(ascii: ","), hasHeader: false))
        #expect(row.texts == fields)
    }

    @Test("Chinese text in GB18030 and accents in Windows-1252 are seen without a mark")
    func unmarkedEncodings() throws {
        let folder = try ImportFolder()
        let chinese = String(repeating: "用户,2026-01-01,购买了龙井茶叶一斤，味道很好\n", count: 20)
        let french = String(repeating: "Chloé,2026-01-01,thé glacé à la pêche\n", count: 20)
        for (text, encoding, expected) in [
            (chinese, "GB18030", FileEncoding.gb18030), (french, "WINDOWS-1252", .windows1252),
            (chinese, "UTF-16LE", .utf16LittleEndian),
        ] {
            // UTF-16 without a mark is seen by its zeros: some Latin text has to stand in it.
            let whole = encoding == "UTF-16LE" ? String(repeating: "user,date,comment\n", count: 200) + text : text
            let path = try folder.write("text", encoded(whole, encoding))
            let file = try FileText(path: path)
            var bytes: [UInt8] = []
            while try file.read(into: &bytes) {}
            #expect(String(decoding: bytes, as: UTF8.self) == whole)
            #expect(file.encoding == expected)
        }
    }

    @Test(
        "A line of many megabytes is refused with its number, in little memory, and the rest is read",
        arguments: [nil, UInt8(ascii: ",")])
    func longLines(delimiter: UInt8?) throws {
        let folder = try ImportFolder()
        var bytes = Array("a,1\n".utf8)
        bytes += [UInt8](repeating: UInt8(ascii: "x"), count: 20 << 20)
        bytes +=
            Array("\nb,2\n\"never closed ".utf8) + [UInt8](repeating: UInt8(ascii: "y"), count: 3 << 20) + Array("\nc,3\n".utf8)
        let records = FileRecords(text: try FileText(path: try folder.write("long", bytes)), delimiter: delimiter, limit: 1 << 20)
        var seen: [String] = []
        var largest = 0
        while let record = try records.next() {
            largest = max(largest, records.buffer.capacity)
            seen.append(
                record.isTooLong
                    ? "\(record.line) too long" : "\(record.line) " + String(decoding: records.buffer[record.range], as: UTF8.self))
        }
        #expect(seen == ["1 a,1", "2 too long", "3 b,2", "4 too long", "5 c,3"])
        #expect(largest < 8 << 20)
    }

    @Test("Times are read in every format, with the zone of the mapping")
    func times() throws {
        let shanghai = ZoneCalendar(zone: try TimeZoneTable(identifier: "Asia/Shanghai"))
        let london = ZoneCalendar(zone: try TimeZoneTable(identifier: "Europe/London"))
        let cases: [(ImportTimeFormat, String, ZoneCalendar, String?)] = [
            (.yearFirst, "2026-03-01 12:00:00", shanghai, "2026-03-01T04:00:00Z"),
            (.yearFirst, "2026/3/1 9:05", shanghai, "2026-03-01T01:05:00Z"),
            (.yearFirst, "2026年3月1日 12:00", shanghai, "2026-03-01T04:00:00Z"),
            (.yearFirst, "2026-07-01T12:00:00.250+02:00", london, "2026-07-01T10:00:00.250Z"),
            (.yearFirst, "2026-07-01", london, "2026-06-30T23:00:00Z"),
            (.compact, "19970112", ZoneCalendar(zone: .utc), "1997-01-12T00:00:00Z"),
            (.compact, "20260131123045", ZoneCalendar(zone: .utc), "2026-01-31T12:30:45Z"),
            (.seconds, "1767225600", london, "2026-01-01T00:00:00Z"),
            (.milliseconds, "1767225600123", london, "2026-01-01T00:00:00.123Z"),
            (.monthFirst, "12/31/2026 11:59 PM", ZoneCalendar(zone: .utc), "2026-12-31T23:59:00Z"),
            (.dayFirst, "31.12.2026 23:59", ZoneCalendar(zone: .utc), "2026-12-31T23:59:00Z"),
            (.yearFirst, "2026-02-30", london, nil),
            (.yearFirst, "yesterday", london, nil), (.yearFirst, "", london, nil), (.compact, "2026013", london, nil),
        ]
        for (format, text, calendar, expected) in cases {
            #expect(ImportClock(format: format, calendar: calendar).instant(text.utf8)?.rfc3339 == expected, "\(text)")
        }
    }

    @Test(
        "Where day and month could change places, points tell that the day comes first, and the proposal says how it reads a date")
    func dayOrMonth() throws {
        let cases: [([String], ImportTimeFormat, String)] = [
            (
                ["08.10.2026", "03.10.2026"], .dayFirst,
                ": 2026-10-08; if it is not, \"timestampFormat\": \"monthFirst\" with --map"
            ),
            (
                ["08/10/2026", "03/10/2026"], .monthFirst,
                ": 2026-08-10; if it is not, \"timestampFormat\": \"dayFirst\" with --map"
            ),
            (["31/10/2026", "03/10/2026"], .dayFirst, ""), (["10/31/2026"], .monthFirst, ""),
        ]
        for (values, format, reading) in cases {
            var column = ImportColumnStatistics(name: "date")
            for value in values { column.add(value) }
            #expect(column.timeFormat == format, "\(values)")
            let rows = (["who,date"] + values.map { "u-1,\($0)" }).map { Array($0.utf8) }
            let proposal = try ImportProposal(path: "orders.csv", records: rows)
            let text = proposal.mapping.text(samples: proposal.samples)
            #expect(text.contains("(\(format.rawValue)\(reading), the workspace's time zone)"), "\(text)")
        }
    }

    @Test("Decimal numbers are exact")
    func decimals() {
        #expect(ImportDecimal("0.1".utf8)?.times(ImportDecimal("3".utf8)!)?.text == "0.30")
        #expect(ImportDecimal("1,234.5".utf8)?.text == "1234.50")
        #expect(ImportDecimal("¥12".utf8)?.text == "12.00")
        #expect(ImportDecimal("1,234,567".utf8)?.text == "1234567.00" && ImportDecimal("12,34,567.5".utf8)?.text == "1234567.50")
        for text in ["12,50", "1234,567", "1,2,345", "1,234,5", "1.234,50"] { #expect(ImportDecimal(text.utf8) == nil, "\(text)") }
        #expect(ImportDecimal("12,50".utf8, mark: .comma)?.text == "12.50")
        #expect(ImportDecimal("€ 1.234,5".utf8, mark: .comma)?.text == "1234.50")
        #expect(ImportDecimal("12.50".utf8, mark: .comma) == nil)
        #expect(ImportDecimal("-0.125".utf8)?.text == "-0.125")
        #expect(ImportDecimal("80995".utf8)?.times(ImportDecimal("2.08".utf8)!)?.text == "168469.60")
        for bad in ["", "-", "1.2.3", "abc", "12a", "99999999999999999999"] { #expect(ImportDecimal(bad.utf8) == nil, "\(bad)") }
    }
}
