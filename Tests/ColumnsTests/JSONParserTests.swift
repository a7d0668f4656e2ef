import Columns
import Model
import OrderedCollections
import Testing

@Suite struct JSONParserTests {
    private static let values: [(String, JSONValue)] = [
        ("null", .null), ("true", .bool(true)), ("-0", .int(0)), ("-0.0", .double(-0.0)), ("1.0", .double(1)),
        (#""茶\u0041\n""#, .string("茶A\n")), ("[]", .array([])), ("{}", .object([:])),
        (#"[1,[2,{"a":[]}]]"#, .array([.int(1), .array([.int(2), .object(["a": .array([])])])])),
        ("9223372036854775807", .int(.max)),
        ("9223372036854775808", .bigNumber("9223372036854775808")), ("18446744073709551616", .bigNumber("18446744073709551616")),
        ("[1e400,-1e400]", .array([.bigNumber("1e400"), .bigNumber("-1e400")])),
        (#" {"b":1,"a":2} "#, .object(["b": .int(1), "a": .int(2)])),
        (#"{"a":1,"a":2}"#, .object(["a": .int(2)])), ("\u{FEFF}[1]", .array([.int(1)])),
    ]

    @Test("Values come out as they stand", arguments: values)
    func reads(text: String, value: JSONValue) throws {
        #expect(try JSONParser.parse(text.utf8) == value)
    }

    @Test("Members keep their order")
    func order() throws {
        let text = #"{"z":1,"a":2,"m":3}"#
        #expect(try JSONParser.parse(text.utf8).text == text)
    }

    @Test(
        "The control plane forgives nothing else",
        arguments: [
            "", " ", "NaN", "[Infinity]", "{\"a\":-Infinity}", "01", "1.", ".5", "+1", "1e", "[1,]", "{\"a\":1,}", "{a:1}", "'a'",
            "nul", "[1 2]",
            "\"\\x\"", "\"\\u12\"", "\"\u{1}\"", "{\"a\"}", "{\"a\":}", "[", "]", "{\"a\":[}", "1 2", "\"\\ud800\"", "[1]]",
            "// a\n1", "tru e",
        ])
    func refuses(text: String) throws {
        let problem = #expect(throws: Problem.self) { try JSONParser.parse(text.utf8) }
        #expect(problem?.code == .malformedJSON && problem?.message.isEmpty == false)
    }

    @Test("Invalid UTF-8 is refused with its place")
    func badText() throws {
        let problem = #expect(throws: Problem.self) { try JSONParser.parse(Array("{\"a\":\"".utf8) + [0xC0] + Array("\"}".utf8)) }
        #expect(problem?.place == "line 1, column 6")
    }

    @Test("Depth has a limit, and none of it is recursion")
    func depth() throws {
        func nested(_ depth: Int) -> String { String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
        #expect(try JSONParser.parse(nested(128).utf8).arrayValue?.count == 1)
        for depth in [129, 1_000, 1_025, 1_000_000] {
            let problem = #expect(throws: Problem.self) { try JSONParser.parse(nested(depth).utf8) }
            #expect(problem?.code == .tooDeep)
        }
    }

    @Test("What is written is read back", arguments: UInt64(0) ..< 64)
    func roundTrip(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0 ..< 20 {
            let value = JSONParserTests.value(depth: 4, &random)
            #expect(try JSONParser.parse(value.utf8) == value)
            #expect(try JSONParser.parse(value.prettyText.utf8) == value)
        }
    }

    @Test("The tape writes the same canonical text as the value", arguments: UInt64(0) ..< 64)
    func canonical(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let reader = JSONReader()
        for _ in 0 ..< 20 {
            let value = JSONParserTests.value(depth: 4, &random)
            var text: [UInt8] = []
            try value.utf8.withUnsafeBytes { bytes in
                try Result { () throws(Problem) in try reader.read(bytes, mercies: .collect) }.get().root.writeCanonical(to: &text)
            }
            #expect(String(decoding: text, as: UTF8.self) == value.canonical.text)
        }
    }

    @Test("The sender cannot write the mark of a big number")
    func marks() throws {
        let reader = JSONReader()
        let text = Array(#"["\u{10FFFE}",1e999,"plain"]"#.replacing("\\u{10FFFE}", with: "\u{10FFFE}").utf8)
        let value = try text.withUnsafeBytes { bytes in
            try Result { () throws(Problem) in try reader.read(bytes, mercies: .collect) }.get().root.value()
        }
        #expect(value == ["\u{10FFFE}", .bigNumber("1e999"), "plain"])
    }

    @Test("Mending replaces text as Swift does", arguments: UInt64(0) ..< 64)
    func mending(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let reader = JSONReader()
        for _ in 0 ..< 50 {
            let pieces: [UInt8] = [0xC2, 0xE0, 0xED, 0xF0, 0xF4, 0xF5, 0x80, 0xA0, 0xBF, 0x9F, 0x90, 0x41]
            let bytes = (0 ..< Int.random(in: 1 ... 12, using: &random)).map { _ in
                pieces[Int.random(in: 0 ..< 12, using: &random)]
            }
            let text = [UInt8(ascii: "\"")] + bytes + [UInt8(ascii: "\"")]
            let value = try text.withUnsafeBytes { bytes in
                try Result { () throws(Problem) in try reader.read(bytes, mercies: .collect) }.get().root.value()
            }
            #expect(value == .string(String(decoding: bytes, as: UTF8.self)))
        }
    }

    static func value(depth: Int, _ random: inout SplitMix64) -> JSONValue {
        switch Int.random(in: 0 ..< (depth > 0 ? 9 : 7), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .int(Int64(bitPattern: random.next()) >> Int64.random(in: 0 ..< 64, using: &random))
        case 3:
            let double = Double(bitPattern: random.next())
            return .double(double.isFinite ? double : 0.5)
        case 4: return .bigNumber("1" + String(repeating: "7", count: 25))
        case 5, 6: return .string(text(&random))
        case 7: return .array((0 ..< Int.random(in: 0 ..< 4, using: &random)).map { _ in value(depth: depth - 1, &random) })
        default:
            var object: JSONValue = [:]
            for _ in 0 ..< Int.random(in: 0 ..< 5, using: &random) {
                guard case .object(var members) = object else { continue }
                members[text(&random)] = value(depth: depth - 1, &random)
                object = .object(members)
            }
            return object
        }
    }

    private static func text(_ random: inout SplitMix64) -> String {
        let letters = Array("ab\"\\/\n\t\u{0}\u{1}\u{1F}\u{7F}é茶😀\u{202E} ~")
        return String(
            (0 ..< Int.random(in: 0 ..< 6, using: &random)).map { _ in
                letters[Int.random(in: 0 ..< letters.count, using: &random)]
            })
    }
}
