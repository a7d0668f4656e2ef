import Model
import Testing

@Suite("JSON text")
struct JSONTextTests {
    private static let values: [(JSONValue, String)] = [
        (.null, "null"), (true, "true"), (9_223_372_036_854_775_807, "9223372036854775807"), (1.0, "1.0"), (0.1, "0.1"),
        (1e300, "1e+300"),
        (.bigNumber("12345678901234567890"), "12345678901234567890"), (["b": 1, "a": [nil, "x"]], "{\"b\":1,\"a\":[null,\"x\"]}"),
        ("tab\t quote\" back\\ line\n \u{1}茶", "\"tab\\t quote\\\" back\\\\ line\\n \\u0001茶\""), ([], "[]"), ([:], "{}"),
        (.double(.infinity), "null"),
    ]

    @Test("Values are written compactly and exactly", arguments: values)
    func text(value: JSONValue, expected: String) {
        #expect(value.text == expected)
    }

    @Test("Canonical text sorts members by bytes at every depth")
    func canonical() {
        let value: JSONValue = ["b": ["z": 1, "é": 2, "a": 3], "B": [["y": 1, "x": 2]]]
        #expect(value.canonical.text == "{\"B\":[{\"x\":2,\"y\":1}],\"b\":{\"a\":3,\"z\":1,\"é\":2}}")
    }

    @Test("Pretty text has a member to a line")
    func pretty() {
        let value: JSONValue = ["a": [1, 2], "b": [:]]
        #expect(value.prettyText == "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {}\n}")
    }
}

@Suite("Money")
struct MoneyTests {
    private static let amounts: [(String, String, Int64)] = [
        ("12.30", "EUR", 1_230), ("0.005", "EUR", 1), ("-0.005", "EUR", -1), ("0.0049", "EUR", 0), ("100", "JPY", 100),
        ("1.2345", "KWD", 1_235),
        ("1e3", "CNY", 100_000), ("92233720368547758.07", "USD", 9_223_372_036_854_775_807), ("+7", "USD", 700),
        ("0.1", "CLF", 1_000),
    ]

    @Test("Amounts are read exactly, half away from zero", arguments: amounts)
    func reads(text: String, code: String, units: Int64) throws {
        let currency = try #require(Currency(code: code))
        #expect(Money(.string(text), currency: currency)?.minorUnits == units)
    }

    @Test("What is no amount is refused", arguments: ["", ".", "1,5", "abc", "1e999", "92233720368547758.08", "--1", "1e", "NaN"])
    func refusals(text: String) throws {
        let currency = try #require(Currency(code: "USD"))
        #expect(Money(.string(text), currency: currency) == nil)
    }

    private static let written: [(Int64, String, String)] = [
        (1_230, "EUR", "12.30"), (-5, "EUR", "-0.05"), (7, "JPY", "7"), (1, "KWD", "0.001"),
    ]

    @Test("Amounts are written with their currency's decimals", arguments: written)
    func writes(units: Int64, code: String, text: String) throws {
        #expect(Money(minorUnits: units, currency: try #require(Currency(code: code))).decimalText == text)
    }
}

@Suite("Ids")
struct IdentifierTests {
    @Test("A random id is valid and reads back")
    func randomID() {
        var random = SplitMix64(seed: 7)
        let id = WorkspaceID.random(using: &random)
        #expect(WorkspaceID(validating: id.text) == id)
        #expect(SourceID(validating: id.text) == nil)
    }

    @Test("A person's id reads back", arguments: [0, 1, 31, 32, 4_294_967_295] as [UInt32])
    func personID(ordinal: UInt32) {
        let id = PersonID(ordinal: ordinal)
        #expect(PersonID(text: id.text) == id)
    }

    @Test("What is no person's id is refused", arguments: ["", "p_", "p_00", "p_-1", "p_zz", "1", "p_A", "p_vvvvvvvv"])
    func noPersonID(text: String) {
        #expect(PersonID(text: text) == nil)
    }
}
