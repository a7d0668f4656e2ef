import Model
import Questions
import Testing

@testable import Console

struct ConditionTextTests {
    private static let property = ConditionText(subject: "property")

    @Test(
        "Conditions are written as one says them",
        arguments: [
            ("category = toys", #"{"property":"category","op":"=","value":"toys"}"#),
            ("price>=100", #"{"property":"price","op":">=","value":100}"#),
            ("order total != \"12\"", #"{"property":"order total","op":"!=","value":"12"}"#),
            ("\"a = b\" < 1.5", #"{"property":"a = b","op":"<","value":1.5}"#),
            (
                "name contains tea and milk missing",
                #"{"all":[{"property":"name","op":"contains","value":"tea"},{"property":"milk","op":"missing"}]}"#
            ),
            ("name = \"tea and milk\"", #"{"property":"name","op":"=","value":"tea and milk"}"#),
            ("size in S, \"M, L\", 38", #"{"property":"size","op":"in","value":["S","M, L",38]}"#),
            ("size between 36, 38", #"{"property":"size","op":"between","value":[36,38]}"#),
            ("code startsWith 12", #"{"property":"code","op":"startsWith","value":"12"}"#),
            ("seen withinLast 7d", #"{"property":"seen","op":"withinLast","value":"7d"}"#),
            ("included = yes", #"{"property":"included","op":"=","value":"yes"}"#),
            ("name contains TEA ignoring case", #"{"property":"name","op":"contains","value":"TEA","caseInsensitive":true}"#),
            ("name = \"ignoring case\"", #"{"property":"name","op":"=","value":"ignoring case"}"#),
            ("当前 = 是", #"{"property":"当前","op":"=","value":"是"}"#),
        ])
    func written(text: String, json: String) throws {
        let condition = Self.property.json(text)
        #expect(condition.text == json)
        _ = try Question(json: ["kind": "trend", "series": [["selector": ["any": true, "where": condition], "measure": "total"]]])
        let again = try #require(Self.property.text(condition))
        #expect(Self.property.json(again) == condition, "\(again)")
    }

    @Test("What is no condition stays text", arguments: ["", "toys", "= 5", "a =", "a exists 5", "a = 1 and", "\"a = 1", "\"a\\"])
    func refused(text: String) { #expect(Self.property.json(text) == .string(text)) }

    @Test("Any condition that a text can say is read back as it was", arguments: 0 ..< 2_000 as Range<UInt64>)
    func roundTrip(seed: UInt64) {
        var random = SplitMix(state: seed)
        let pieces = [
            "a", " ", "and", "=", "\"", "\\", ",", "in", " in ", " and ", "下", "1", ".", "ignoring case", "exists", "<", "~",
        ]
        func text() -> String { (0 ..< 1 + random.next(5)).map { _ in pieces[random.next(pieces.count)] }.joined() }
        func value() -> JSONValue { random.next(3) == 0 ? .int(Int64(random.next(9))) : .string(text()) }
        let tests: [JSONValue] = (0 ..< 1 + random.next(3)).map { _ in
            switch random.next(4) {
            case 0: ["property": .string(text()), "op": "missing"]
            case 1: ["property": .string(text()), "op": "in", "value": .array((0 ..< 1 + random.next(3)).map { _ in value() })]
            case 2: ["property": .string(text()), "op": "contains", "value": value(), "caseInsensitive": true]
            default: ["property": .string(text()), "op": ["=", "!=", ">=", "contains"][random.next(4)], "value": value()]
            }
        }
        let condition = tests.count == 1 ? tests[0] : ["all": .array(tests)]
        guard let written = Self.property.text(condition) else { return }
        #expect(Self.property.json(written) == condition, "seed \(seed): \(written)")
    }

    private struct SplitMix {
        var state: UInt64

        mutating func next(_ bound: Int) -> Int {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return Int((mixed ^ (mixed >> 31)) % UInt64(bound))
        }
    }
}
