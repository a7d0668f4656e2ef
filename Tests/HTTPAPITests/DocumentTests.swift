import Columns
import Foundation
import HTTPTypes
import Model
import OrderedCollections
import TestSupport
import Testing
import Workspaces

@testable import HTTPAPI

/// The commands that the documents show, sent one after another as they stand there, and what the documents show as answers.
@Suite("Commands of the documents") struct DocumentTests {
    private static func run(_ body: @escaping @Sendable (APIFixtures) async throws -> Void) async throws {
        try await APIFixtures.run { fixtures in
            let set = try await fixtures.send(
                .put, "/api/v1/program", #"{"name":"Tea club","currencies":[{"key":"points","name":"Leaves"}]}"#)
            #expect(set.status == 200, "\(set.text)")
            try await body(fixtures)
        }
    }

    @Test("The till's walk answers what docs/loyalty.md shows")
    func loyalty() async throws {
        try await Self.run { fixtures in
            var walk = DocumentWalk(fixtures)
            try await walk.follow(try DocumentWalk.page("docs/loyalty.md"))
            #expect(walk.commandCount >= 20 && walk.answerCount >= 14, "\(walk.commandCount) \(walk.answerCount)")
        }
    }

    @Test("What the README shows of loyalty works, and after it the auditor's walk in the same workspace")
    func readmeAndAudit() async throws {
        try await Self.run { fixtures in
            var walk = DocumentWalk(fixtures)
            let readme = try DocumentWalk.page("README.md")
            try await walk.follow(try #require(readme.section("## Let them earn, and exercise what they have earned")))
            #expect(walk.commandCount >= 8, "\(walk.commandCount)")
            let before = try await fixtures.send(.get, "/api/v1/program/members/user_id:u-1")
            #expect(before["balances"]?["points"]?["available"] == 70, "\(before.text)")

            let audit = try DocumentWalk.page("docs/audit.md").components(separatedBy: "## 4. Close")
            try #require(audit.count == 2)
            try await walk.follow(audit[0])
            // The month of the walk is over.
            fixtures.clock.advance(seconds: 30 * 86_400)
            try await walk.follow(audit[1])
            let ann = try await fixtures.send(.get, "/api/v1/program/members/user_id:audit-ann")
            #expect(ann["balances"]?["points"]?["available"] == 30, "\(ann.text)")
            let after = try await fixtures.send(.get, "/api/v1/program/members/user_id:u-1")
            #expect(after["balances"]?["points"]?["available"] == 70, "\(after.text)")
            let check = try await fixtures.send(.get, "/api/v1/points/check")
            #expect(check.status == 200, "\(check.text)")
        }
    }
}

/// Follows the commands of a page as somebody with a shell does: variables, quotes and curl.
struct DocumentWalk {
    private let fixtures: APIFixtures
    private var variables: [String: String] = ["URL": "", "KEY": ""]
    private var last = APIReply(status: 0, headers: [:], text: "")
    private(set) var commandCount = 0
    private(set) var answerCount = 0

    init(_ fixtures: APIFixtures) { self.fixtures = fixtures }

    static func page(_ name: String) throws -> String {
        try String(contentsOfFile: SharedFiles.packageDirectory + "/" + name, encoding: .utf8)
    }

    /// Runs the blocks without a language, and compares the last answer with each block of JSON.
    mutating func follow(_ text: String) async throws {
        var block: (language: String, text: String)?
        for line in text.components(separatedBy: "\n") {
            guard line.hasPrefix("```") else {
                block?.text += line + "\n"
                continue
            }
            guard let ended = block else {
                block = (String(line.dropFirst(3)), "")
                continue
            }
            block = nil
            switch ended.language {
            case "": try await run(ended.text)
            case "json": try compare(ended.text)
            default: break
            }
        }
        #expect(block == nil, "a block without its end")
    }

    // MARK: - Commands

    private mutating func run(_ text: String) async throws {
        for words in Self.commands(text) {
            let words = words.map { $0.map { $0.isVariable ? variables[$0.text] ?? "" : $0.text }.joined() }
            guard let first = words.first else { continue }
            if first == "curl" {
                try await send(Array(words.dropFirst()))
            } else if words.count == 1, let (name, value) = Self.assignment(first), variables[name] != "" {
                variables[name] = value.hasPrefix("the ") ? last[name.lowercased()]?.stringValue ?? "" : value
            }
        }
    }

    private mutating func send(_ words: [String]) async throws {
        var (path, method, body, key) = ("", HTTPRequest.Method?.none, String?.none, String?.none)
        var rest = words[...]
        while let word = rest.popFirst() {
            guard word.hasPrefix("-"), word != "--fail-with-body" else {
                if !word.hasPrefix("-") { path = word }
                continue
            }
            let value = rest.popFirst() ?? ""
            switch word {
            case "-X": method = HTTPRequest.Method(value)
            case "-d": body = value
            case "-H": if value.hasPrefix("Idempotency-Key: ") { key = String(value.dropFirst(17)) }
            case "-o": break
            default: Issue.record("\(word) is not known here")
            }
        }
        let isCSV = last.headers[.contentType]?.hasPrefix("text/csv") == true
        if isCSV, let code = last.text.components(separatedBy: "\r\n").dropFirst().first?.prefix(while: { $0 != "," }) {
            body = body?.replacingOccurrences(of: "THE-CODE", with: code)
        }
        try #require(path.hasPrefix("/"), "\(words)")
        last = try await fixtures.send(method ?? (body == nil ? .get : .post), path, body, key: key)
        commandCount += 1
        #expect(last.status == 200, "\(words): \(last.text)")
        fixtures.clock.advance(seconds: 1)
    }

    /// `NAME=value`, of capital letters.
    private static func assignment(_ word: String) -> (name: String, value: String)? {
        guard let sign = word.firstIndex(of: "="), word[..<sign].allSatisfy({ $0.isUppercase || $0 == "_" }) else { return nil }
        return (String(word[..<sign]), String(word[word.index(after: sign)...]))
    }

    /// A part of a word: text, or the name of a variable.
    private struct Piece {
        var text: String
        var isVariable = false
    }

    /// The words of each command: single quotes keep everything, double ones all but variables, a backslash joins lines.
    private static func commands(_ text: String) -> [[[Piece]]] {
        var (commands, words, word, quote) = ([[[Piece]]](), [[Piece]](), [Piece]?.none, Character?.none)
        var rest = text[...]
        func endWord() {
            if let ended = word { words.append(ended) }
            word = nil
        }
        while let character = rest.popFirst() {
            switch (character, quote) {
            case ("'", nil), ("\"", nil):
                quote = character
                word = word ?? []
            case (let end, let open?) where end == open: quote = nil
            case ("\\", nil): _ = rest.popFirst()
            case ("$", nil), ("$", "\""):
                let name = rest.prefix { $0.isUppercase || $0 == "_" }
                rest = rest.dropFirst(name.count)
                word = (word ?? []) + [Piece(text: String(name), isVariable: true)]
            case (" ", nil): endWord()
            case ("\n", nil):
                endWord()
                if !words.isEmpty { commands.append(words) }
                words = []
            default: word = (word ?? []) + [Piece(text: String(character))]
            }
        }
        return commands
    }

    // MARK: - Answers

    private mutating func compare(_ text: String) throws {
        let shown = try JSONParser.parse(Array(text.utf8))
        answerCount += 1
        #expect(Self.isShown(shown, of: last.json), "\(shown.text) of \(last.text)")
    }

    /// Whether an answer has what is shown of it: objects may have more, and an ellipsis stands for any text.
    private static func isShown(_ shown: JSONValue, of answer: JSONValue) -> Bool {
        if let members = shown.objectValue {
            return members.allSatisfy { key, value in answer[key].map { isShown(value, of: $0) } ?? false }
        }
        if let elements = shown.arrayValue {
            guard let others = answer.arrayValue, others.count == elements.count else { return false }
            return zip(elements, others).allSatisfy { isShown($0, of: $1) }
        }
        guard let text = shown.stringValue, text.hasSuffix("…") else { return shown == answer }
        return answer.stringValue?.hasPrefix(text.dropLast()) == true
    }
}

extension String {
    /// From a heading up to the next one of its kind.
    fileprivate func section(_ heading: String) -> String? {
        let parts = components(separatedBy: heading + "\n")
        return parts.count == 2 ? parts[1].components(separatedBy: "\n## ").first : nil
    }
}
