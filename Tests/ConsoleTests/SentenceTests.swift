import Columns
import Model
import Questions
import TestSupport
import Testing

@testable import Console

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Sentences that pages show as other parts of the program made them.
struct SentenceTests {
    private static let sources = PageTests.folder.appending(path: "../../Sources").standardized

    private static func patterns(of target: String) throws -> [String: Set<String>] {
        let folder = sources.appending(path: target)
        var out: [String: Set<String>] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path) where name.hasSuffix(".swift") {
            let text = try String(decoding: Data(contentsOf: folder.appending(path: name)), as: UTF8.self)
            out[name] = SourceLiterals(text).patterns
        }
        return out
    }

    @Test("Every sentence of the question language is in the catalogue")
    func complete() throws {
        let elsewhere = [
            "AnswerTable.swift", "AnswerTable+Kinds.swift", "NameHint.swift", "QuestionExamples.swift", "DefaultFunnel.swift",
            "StandardStages.swift",
        ]
        let unsaid = [
            // A selector's label in an answer, an answer's note, separators.
            "any event", "These events go along with the target; that does not show that they cause it.", " _-.",
            // An example that stands in several wordings.
            #"{"as": "help", "selector": {"event": "FAQ"}}"#, #"[{"name": "attention", "rule": {"everyone": true}}]"#,
        ]
        var count = 0
        for (file, patterns) in try Self.patterns(of: "Questions") where !elsewhere.contains(file) {
            for pattern in patterns where pattern.contains(" ") && pattern.contains(where: \.isLetter) && !unsaid.contains(pattern)
            {
                #expect(Sentences.chinese(pattern) != nil, "\(file): \(pattern)")
                count += 1
            }
        }
        #expect(count > 150)
    }

    @Test("No sentence of the catalogue is left over")
    func used() throws {
        var patterns: Set<String> = []
        for target in [
            "Columns", "Console", "HTTPAPI", "Intake", "Loyalty", "Model", "People", "Questions", "Records", "RecordsSQLite",
            "Workspaces",
        ] {
            for (file, found) in try Self.patterns(of: target) where !file.hasPrefix("Language/") { patterns.formUnion(found) }
        }
        for text in Sentences.all { #expect(patterns.contains(text.english), "\(text.english)") }
    }

    @Test("A sentence has the same places in both languages, stands there once, and its Chinese is Chinese")
    func shape() {
        for text in Sentences.all {
            let places = [text.english, text.chinese].map { Set($0.matches(of: /\{\d\}/).map { String($0.0) }) }
            #expect(places[0] == places[1], "\(text.english)")
            #expect(text.chinese.unicodeScalars.contains { (0x3400 ... 0x9FFF).contains($0.value) }, "\(text.english)")
        }
        #expect(Set(Sentences.all.map(\.english)).count == Sentences.all.count)
    }

    @Test("A place may stand elsewhere in Chinese, and a value with braces or marks stays as it is")
    func values() {
        let words = Words(.chinese)
        let late: Wording = "\"\("{2}<b>")\" at character \(7) is not understood"
        #expect(words(late) == Said(text: #"无法识别第 7 个字符 "{2}<b>""#))
        #expect(Words(.english)(late) == Said(text: #""{2}<b>" at character 7 is not understood"#))
        #expect(words("\("as it is")") == Said(text: "as it is"))
    }

    @Test("A sentence without words, or with a part without words, is said in English and marked so")
    func unknown() {
        let part: Wording = "no such part"
        #expect(Words(.chinese)("No such sentence.") == Said(text: "No such sentence.", lang: "en"))
        #expect(Words(.chinese)("One of \(part)") == Said(text: "One of no such part", lang: "en"))
    }

    @Test("A place in text is said in words, one in a question as it is")
    func places() {
        let text = Problem(.malformedJSON, "The condition is no object.", place: "line 2, column 14")
        #expect(Words(.chinese).placed(text).text == "位置：第 2 行第 14 列。条件不是对象。")
        #expect(Words(.english).placed(text).text == text.description)
        #expect(Words(.chinese).place(of: Problem(.badRequest, "", place: "/who")) == "/who")
    }

    // MARK: - Kept

    @Test("Every sentence that tells why a call or a body was refused is said in Chinese when it is read back")
    func kept() throws {
        let files = [
            "Intake": [
                "Refusal.swift", "Problem+Collect.swift", "CallEnvelope.swift", "CallDraft.swift", "BodyInflater.swift",
                "Protocols/Refusal+Capture.swift",
            ],
            "HTTPAPI": ["CollectHead.swift", "CollectBody.swift", "CaptureForm.swift"], "Records": ["Rejection.swift"],
        ]
        let unkept = ["There is no memory to inflate the body now. Try again."]
        var count = 0
        for (target, names) in files {
            let patterns = try Self.patterns(of: target)
            for pattern in names.flatMap({ patterns[$0] ?? [] })
            where pattern.hasSuffix(".") && pattern.contains(" ") && !unkept.contains(pattern) {
                let sentence = pattern.replacing(/\{\d\}/, with: "7")
                let said = Words(.chinese)(kept: sentence)
                #expect(said.lang == nil && said.text.contains("7") == sentence.contains("7"), "\(sentence)")
                count += 1
            }
        }
        #expect(count > 35)
    }

    private static let keptTexts = [
        ("type must be text, but this is a list.", "type 应为：文本；实际为：列表。"),
        ("context must be an object, but this is null.", "context 应为：对象；实际为：空值 null。"),
        (
            #"There is no call "text". type is track, page, screen, identify, group or alias."#,
            #"没有 "text" 这种调用。type 为 track、page、screen、identify、group 或 alias。"#
        ),
        (
            #"The key "{1}<b>…" has 600 bytes; at most 512 are taken. Names are for grouping: put details into properties."#,
            #"名称过长（键 "{1}<b>…"）：有 600 字节，最多接受 512 字节。名称用于分组，细节请放入属性。"#
        ),
        (
            "The JSON is malformed at line 3, column 1: expected ',' or '}', but the text ends.",
            "JSON 在第 3 行第 1 列处格式有误：应为 ',' 或 '}'，但文本已结束。"
        ),
        (
            "Nothing was taken, because strict=1 and 2 of the calls would be refused. The first: messageId must be text, but this is a number.",
            "由于 strict=1，并且有 2 个调用会被拒收，因此全部未接收。第一个的原因：messageId 应为：文本；实际为：数字。"
        ),
    ]

    @Test("A kept sentence is taken apart into its values", arguments: keptTexts)
    func keptValues(english: String, chinese: String) {
        #expect(Words(.chinese)(kept: english) == Said(text: chinese))
        #expect(Words(.english)(kept: english) == Said(text: english))
    }

    @Test("A kept sentence that another version wrote stays as it is", arguments: ["Older words.", "", "text\0", "The call has"])
    func keptElsewhere(text: String) {
        #expect(Words(.chinese)(kept: text) == Said(text: text, lang: "en"))
    }

    // MARK: - Provoked

    /// Holds that all of a problem is said in Chinese, and that its values are no sentences.
    private func check(_ problem: Problem, of input: String) {
        let said = Words(.chinese)(problem.wording)
        #expect(said.lang == nil, "\(problem.message)")
        for value in Self.values(problem.wording) where value.contains(/\p{Ll} \p{Ll}/) {
            #expect(input.contains(value), "\(value)")
        }
    }

    /// The values that every language shares, at any depth.
    private static func values(_ wording: Wording) -> [String] {
        wording.values.flatMap { value in
            switch value {
            case .text(let text): [text]
            case .wording(let inner): values(inner)
            }
        }
    }

    private static func patterns(_ wording: Wording) -> Set<String> {
        wording.values.reduce(into: [wording.pattern]) { set, value in
            if case .wording(let inner) = value { set.formUnion(patterns(inner)) }
        }
    }

    @Test("Whatever is wrong with a question is said in Chinese")
    func mistakes() throws {
        var provoked: Set<String> = []
        for seed in UInt64(0) ..< 40 {
            let world = try RandomWorld(seed: seed)
            var random = SplitMix64(seed: seed)
            for _ in 0 ..< 500 {
                let json = world.mistakenQuestion(using: &random)
                do {
                    _ = try Question(json: json)
                } catch {
                    check(error, of: json.text)
                    provoked.formUnion(Self.patterns(error.wording))
                }
            }
        }
        #expect(provoked.count > 150)
    }

    @Test(
        "What is wrong with a pattern or a formula is said in Chinese",
        arguments: [
            ")", "(", "(?=x)", "[a", "[b-a]", "*", "a{2,1}", "a{2000}", "\\", "\\y", "\\x1", "\\u{110000}", "(a{900}){900}",
            String(repeating: "(", count: 200),
        ], ["A +", "A ? 1", "C", String(repeating: "-", count: 200), String(repeating: "A", count: 2_000)])
    func parts(pattern: String, formula: String) {
        let questions: [JSONValue] = [
            ["kind": "count", "who": ["trait": "t", "op": "matches", "value": .string(pattern)]],
            ["kind": "trend", "series": [["selector": ["any": true]]], "formula": .string(formula)],
        ]
        for question in questions {
            #expect { try Question(json: question) } throws: { error in
                guard let problem = error as? Problem else { return false }
                check(problem, of: question.text)
                return true
            }
        }
    }

    @Test(
        "What is wrong with JSON is said in Chinese",
        arguments: [
            "", "{", "[1", "{]", "{1}", "{\"a\"}", "[1,]", "[01]", "[-]", "[1.]", "\"a", "\"\\q\"", "\"\\u12\"", "[\"a\u{1}\"]",
            "1 2",
            "[\"é", "nul", String(repeating: "[", count: 2_000), "{\0\"\0a\0",
        ])
    func json(text: String) {
        #expect { try JSONParser.parse(text.utf8) } throws: { error in
            guard let problem = error as? Problem else { return false }
            check(problem, of: text)
            return true
        }
    }
}
