import Model
import Testing

@testable import Questions

@Suite("The question language")
struct LanguageTests {
    private static let durationTexts: [(String, Int64)] = [
        ("14d", 1_209_600), ("P7D", 604_800), ("PT30M", 1_800), ("2w", 1_209_600), ("1d12h", 129_600), ("P1DT12H", 129_600),
        ("10000s", 10_000), ("0s", 0), ("P2W", 1_209_600),
    ]

    @Test("Durations are read as ISO 8601 and as short text", arguments: durationTexts)
    func durations(text: String, seconds: Int64) {
        #expect(TimeSpan(text: text)?.microseconds == seconds * 1_000_000)
    }

    @Test(
        "What is no duration is refused",
        arguments: [
            "", "two days", "P1M", "P1Y", "6mo", "-1d", "1.5d", "d", "7", "PT", "P", "1h1d", "99999999999999d", "1d1d", "P7", "7 d",
        ])
    func noDurations(text: String) {
        #expect(TimeSpan(text: text) == nil)
    }

    @Test(
        "A duration's text is read back",
        arguments: [0, 1, 500_000, 1_000_000, 90_000_000, 3_600_000_000, 1_209_600_000_000] as [Int64])
    func durationText(microseconds: Int64) {
        let span = TimeSpan(microseconds: microseconds)
        #expect(TimeSpan(text: span.text) == span)
    }

    private static let refused: [(JSONValue, String)] = [
        (["kind": "nonsense"], "/kind"), ([:], "/kind"), (["kind": "count", "filter": 1], "/filter"),
        (["kind": "count", "who": ["did": ["event": ""]]], "/who/did/event"),
        (
            ["kind": "count", "who": ["did": ["event": "A", "where": ["property": "p", "op": "matches", "value": "("]]]],
            "/who/did/where/value"
        ),
        (["kind": "count", "who": ["trait": "t", "op": "=", "value": .null]], "/who/value"),
        (["kind": "count", "who": ["trait": "t", "op": "exists", "value": 1]], "/who/value"),
        (["kind": "count", "who": ["trait": "t", "op": "=", "value": 1, "caseInsensitive": true]], "/who/caseInsensitive"),
        (["kind": "count", "range": ["last": "30x"]], "/range/last"), (["kind": "count", "range": ["last": "0d"]], "/range/last"),
        (["kind": "count", "who": ["did": ["event": "A"], "within": ["last": "1mo"]]], "/who/within/last"),
        (["kind": "funnel", "steps": [["event": "A"]], "window": "1d"], "/steps"),
        (["kind": "funnel", "steps": [["event": "A"], ["event": "B"]]], "/window"),
        (["kind": "funnel", "steps": [["event": "A"], ["event": "B"]], "window": "1d", "optional": [1]], "/optional/0"),
        (
            ["kind": "funnel", "steps": [["event": "A"], ["event": "B"]], "window": "1d", "order": "unordered", "optional": [2]],
            "/optional"
        ),
        (["kind": "trend", "series": [["selector": ["event": "A"]]], "formula": "A + B"], "/formula"),
        (["kind": "trend", "series": [["selector": ["event": "A"], "measure": "many"]]], "/series/0/measure"),
        (["kind": "trend", "series": [["selector": ["event": "A"], "measure": "dau"]], "cumulative": true], "/series/0/measure"),
        (["kind": "timeline", "person": "x"], "/person"), (["kind": "count", "asOf": "2026-03-02T00:00:00"], "/asOf"),
        (["kind": "count", "by": "household"], "/by"), (["kind": "paths", "by": "session"], "/by"),
        (["kind": "lifecycle", "selector": ["any": true], "by": "session"], "/by"),
        (["kind": "count", "by": "account", "list": true], "/list"),
        (["kind": "retention", "start": ["any": true]], "/return"),
        (
            [
                "kind": "retention", "start": ["any": true], "return": ["any": true], "interval": "month", "anchor": "rolling24h",
            ], "/anchor"
        ),
        (["kind": "stickiness", "selector": ["any": true], "interval": "minute"], "/interval"),
        (["kind": "timeToConvert", "steps": [["event": "A"], ["event": "B"]], "window": "1d", "bins": 0], "/bins"),
        (["kind": "paths", "depth": 1], "/depth"), (["kind": "paths", "group": [["as": "x"]]], "/group/0/selector"),
        (["kind": "rfm", "selector": ["any": true]], "/value"),
        (["kind": "rfm", "selector": ["any": true], "value": "v", "method": "guess"], "/method"),
        (["kind": "attribution", "conversion": ["any": true], "touch": ["channel": "c"]], "/touch/channel"),
        (
            [
                "kind": "attribution", "conversion": ["any": true], "touch": ["property": "c"], "lookback": "1d",
                "model": "linear", "halfLife": "1d",
            ], "/halfLife"
        ),
        (["kind": "rfm", "selector": ["any": true], "value": "v", "method": "thresholds"], "/thresholds"),
        (["kind": "rfm", "selector": ["any": true], "value": "v", "thresholds": [:]], "/thresholds"),
        (["kind": "rfm", "selector": ["any": true], "value": "v", "method": "thresholds", "thresholds": [:], "bins": 3], "/bins"),
        (
            [
                "kind": "rfm", "selector": ["any": true], "value": "v", "method": "thresholds",
                "thresholds": ["recency": ["30d", "7d"]],
            ], "/thresholds/recency"
        ),
        (
            [
                "kind": "rfm", "selector": ["any": true], "value": "v", "method": "thresholds", "thresholds": ["frequency": [0]],
            ], "/thresholds/frequency/0"
        ),
        (["kind": "attribution", "conversion": ["any": true], "touch": ["channels": []]], "/touch/channels"),
        (
            [
                "kind": "attribution", "conversion": ["any": true], "touch": ["property": "c"], "lookback": "1d",
                "model": "linear", "costs": ["a/b": -1],
            ], "/costs/a~1b"
        ),
        (["kind": "drivers", "target": ["any": true], "lookback": "1d", "properties": ["a", "a"]], "/properties/1"),
        (["kind": "drivers", "target": ["any": true], "lookback": "1d", "values": 3], "/values"),
        (["kind": "distribution", "of": [["trait": "a", "property": "b"]]], "/of/0"),
        (["kind": "distribution", "of": [["role": false]]], "/of/0/role"),
        (["kind": "stages", "interval": "fortnight"], "/interval"), (["kind": "stages", "by": "account"], "/by"),
        (["kind": "stages", "breakdown": [["property": "channel"]]], "/breakdown/0/property"),
        (["kind": "trend", "series": [["selector": ["any": true]]], "breakdown": [["stage": "use"]]], "/breakdown/0/stage"),
        (["kind": "count", "who": ["stage": 3]], "/who/stage"),
        (["kind": "distribution", "of": []], "/of"), (["kind": "drivers", "target": ["any": true]], "/lookback"),
        (["kind": "count", "who": ["a/b~c": 1]], "/who/a~1b~0c"),
    ]

    @Test("Refusals point at the place", arguments: refused)
    func refusals(json: JSONValue, place: String) {
        #expect { try Question(json: json) } throws: { error in
            (error as? Problem)?.place == place && (error as? Problem)?.code == .badQuestion
        }
    }

    private static let later: [(JSONValue, String, String)] = [
        (["kind": "count", "who": ["tag": "vip"]], "/who/tag", "tag"),
        (["kind": "count", "who": ["audience": "a"]], "/who/audience", "audience"),
        (["kind": "distribution", "of": [["tag": "vip"]]], "/of/0/tag", "tag"),
    ]

    @Test("What is not built says so and names it", arguments: later)
    func notBuilt(json: JSONValue, place: String, word: String) {
        #expect { try Question(json: json) } throws: { error in
            guard let problem = error as? Problem else { return false }
            return problem.place == place && problem.code == .notBuilt && problem.message.contains(word)
        }
    }

    @Test("A question nested a thousand levels deep is refused, not followed")
    func deepNesting() {
        var who: JSONValue = ["everyone": true]
        for _ in 0 ..< 1_000 { who = ["not": who] }
        #expect { try Question(json: ["kind": "count", "who": who]) } throws: { error in
            (error as? Problem)?.message.contains("levels deep") == true
        }
    }

    private static let formulaTexts: [(String, Double?)] = [
        ("A + B * 2", 8), ("(A + B) * 2", 10), ("A - B - B", -4), ("-A + 1", -1), ("2*-3", -6), ("A / 0", nil), ("1.5 + C", nil),
    ]

    @Test("Formulas follow precedence and give null for a division by zero", arguments: formulaTexts)
    func formulas(text: String, value: Double?) throws {
        #expect(try Formula(text, seriesCount: 3).value(of: [2, 3, nil]) == value)
    }

    @Test("What is no formula is refused", arguments: ["", "A +", "(A", "A B", "D", "1..2", "A ^ 2", "a"])
    func noFormulas(text: String) {
        #expect(throws: Problem.self) { try Formula(text, seriesCount: 3) }
    }
}

@Suite("Patterns")
struct PatternTests {
    private static let examples: [(String, String, Bool)] = [
        ("a+b", "xaab", true), ("^a+b$", "xaab", false), ("a|b|", "zzz", true), ("^(ab|c)*d$", "abcabd", true),
        ("[^a-c]", "abc", false),
        ("[^a-c]", "abcd", true), ("^.{2}$", "茶茶", true), ("^.$", "👍🏽", false), ("\\d{3,}", "12", false), ("\\d{3,}", "a1234", true),
        ("^x{0}$", "", true), ("a{2}", "aa", true), ("a{,2}", "a{,2}", true), ("\\bcat\\b", "a cat!", true),
        ("\\bcat\\b", "concat", false),
        ("[\\w.]+@\\w+", "me.x@y", true), ("a.c", "a\nc", false), ("\\u{8336}", "红茶", true), ("\\x41", "A", true),
        ("[]a]", "]", true),
        ("(?:ab)+?c", "ababc", true), ("", "anything", true), ("a**", "", true),
    ]

    @Test("Patterns match as written", arguments: examples)
    func matches(pattern: String, text: String, expected: Bool) throws {
        #expect(try Pattern(pattern).matches(text) == expected)
    }

    private static let folding: [(String, String, Bool)] = [
        ("CAFÉ", "le café", true), ("[A-Z]+$", "abc", true), ("[^A]", "a", false), ("ß", "SS", false),
    ]

    @Test("Case is folded when asked", arguments: folding)
    func foldsCase(pattern: String, text: String, expected: Bool) throws {
        #expect(try Pattern(pattern, caseInsensitive: true).matches(text) == expected)
    }

    @Test(
        "What is no pattern is refused",
        arguments: ["(", ")", "[a", "*a", "a{3,2}", "\\", "[b-a]", "(?=a)", "\\1", "a{2000}", "(a{1000}){1000}"])
    func refusals(pattern: String) {
        #expect(throws: Problem.self) { try Pattern(pattern) }
    }

    @Test("A catastrophic pattern takes linear time", .timeLimit(.minutes(1)))
    func linearTime() throws {
        let text = String(repeating: "a", count: 20_000) + "!"
        #expect(try !Pattern("^(a+)+$").matches(text))
        #expect(try !Pattern("^(a|a)*$").matches(text))
        #expect(try !Pattern("^(.*)*x$").matches(text))
    }
}

@Suite("Exact sums")
struct ExactSumTests {
    @Test("A sum does not depend on order and is rounded once", arguments: 0 ..< 50 as Range<UInt64>)
    func orderDoesNotMatter(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var numbers = (0 ..< 200).map { _ in
            Double.random(in: -1 ... 1, using: &random) * [1e-9, 1, 1e9, 1e15].randomElement(using: &random)!
        }
        var forward = ExactSum()
        for number in numbers { forward.add(number) }
        numbers.shuffle(using: &random)
        var halves = (ExactSum(), ExactSum())
        for (index, number) in numbers.enumerated() { if index % 2 == 0 { halves.0.add(number) } else { halves.1.add(number) } }
        halves.0.merge(halves.1)
        #expect(forward.value == halves.0.value)
    }

    @Test("Known sums come out exactly")
    func knownSums() {
        func sum(_ numbers: [Double]) -> Double {
            var sum = ExactSum()
            for number in numbers { sum.add(number) }
            return sum.value
        }
        #expect(sum([0.1, 0.2, 0.3]) == 0.6)
        #expect(sum([1e100, 1.5, -1e100]) == 1.5)
        #expect(sum([0.5, -0.5, 0.25, -0.75]) == -0.5)
        #expect(sum([1e308, 1e308, -1e308, 0.5]) == 1e308)
        #expect(sum([Double.leastNonzeroMagnitude, 0.5, -0.5]) == Double.leastNonzeroMagnitude)
        #expect(sum([]) == 0)
        var whole = ExactSum()
        whole.add(Int64(9_007_199_254_740_993))
        whole.add(Int64(1))
        #expect(whole.json == .int(9_007_199_254_740_994))
    }
}

@Suite("Samples")
struct SampleTests {
    @Test("SHA-256 gives the published digests")
    func digests() {
        func hex(_ text: String) -> String {
            SHA256.digest(Array(text.utf8)).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        }
        #expect(hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
                == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
    }

    private static let knownPlaces: [(String, UInt32, Double)] = [
        ("s", 0, 0.231_188_633_683_426_38), ("s", 42, 0.003_980_707_941_570_577), ("", 1_023, 0.237_098_245_341_917_9),
        ("茶", 7, 0.488_246_063_337_934_85),
    ]

    @Test("Places are those of SHA-256 as other programs compute it", arguments: knownPlaces)
    func places(salt: String, person: UInt32, place: Double) {
        #expect(SampleHash.fraction(salt: salt, person: PersonID(ordinal: person)) == place)
    }

    @Test("About one in ten falls into a sample of 10 percent, the same ones each time")
    func shares() {
        let inside = (0 ..< 10_000).filter { SampleHash.fraction(salt: "s", person: PersonID(ordinal: $0)) < 0.1 }
        #expect((900 ... 1_100).contains(inside.count))
        #expect(inside.contains(where: { SampleHash.fraction(salt: "t", person: PersonID(ordinal: $0)) >= 0.1 }))
    }
}
