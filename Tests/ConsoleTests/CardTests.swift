import Model
import Questions
import Records
import Testing
import Workspaces

@testable import Console

struct CardTests {
    private static func rows(values: Int, buckets: Int) -> [JSONValue] {
        (0 ..< values).flatMap { value in
            (0 ..< buckets).map { bucket in
                ["value": [.string("v\(value)")], "bucket": .string(String(1_000_000 + bucket)), "values": [1]]
            }
        }
    }

    @Test("A breakdown of thousands of values is cut to the lines that a card shows, whole lines each")
    func manyValues() {
        let cut = CardCut([
            "kind": "trend", "question": ["breakdown": [["property": "url"]]],
            "rows": .array(Self.rows(values: 1_000, buckets: 30)),
        ])
        #expect(cut.isCut)
        let rows = cut.answer["rows"]?.arrayValue ?? []
        #expect(rows.count == CardCut.linesMax * 30)
        #expect(Set(rows.compactMap { $0["value"]?.arrayValue?.first?.stringValue }) == Set((0 ..< 6).map { "v\($0)" }))
    }

    @Test("What fits is left as it is; what does not keeps its newest intervals, cohorts and first moves of each depth")
    func bounds() {
        let small: JSONValue = ["kind": "trend", "question": [:], "rows": .array(Self.rows(values: 1, buckets: 90))]
        #expect(!CardCut(small).isCut && CardCut(small).answer == small)
        let hours = CardCut(["kind": "trend", "question": [:], "rows": .array(Self.rows(values: 1, buckets: 2_160))])
        let kept = hours.answer["rows"]?.arrayValue ?? []
        #expect(hours.isCut && kept.count == CardCut.intervalsMax && kept.last?["bucket"] == "1002159")
        let cohorts = CardCut([
            "kind": "retention", "question": [:], "rows": .array((0 ..< 60).map { ["cohort": .string(String(100 + $0))] }),
        ])
        #expect(cohorts.answer["rows"]?.arrayValue?.compactMap { $0["cohort"]?.stringValue } == (148 ..< 160).map(String.init))
        let moves = CardCut([
            "kind": "paths", "question": [:],
            "rows": .array((0 ..< 90).map { ["depth": .int(Int64($0 / 30 + 1)), "to": .string("e\($0)")] }),
        ])
        #expect(
            moves.answer["rows"]?.arrayValue?.compactMap { $0["to"]?.stringValue }
                == [0, 30, 60].flatMap { start in
                    (start ..< start + CardCut.barsMax).map { "e\($0)" }
                })
        for (kind, member) in [("funnel", "breakdown"), ("count", "people"), ("rfm", "rows"), ("lifecycle", "rows")] {
            let question: JSONValue = ["breakdown": [["property": "url"]]]
            let rows = JSONValue.array((0 ..< 99).map { .int($0) })
            let whole: JSONValue = ["kind": .string(kind), "question": question, member: rows]
            let many = CardCut(whole)
            #expect(many.isCut && many.answer[member]?.arrayValue == (0 ..< 10).map { .int($0) }, "\(kind)")
        }
    }

    @Test("One question that fails leaves the others their answers, in their order")
    func loading() async {
        let loader = CardLoader { question throws(Problem) in
            switch question.stringValue {
            case "bad": throw Problem(.badRequest, "No.")
            default: return CardCut(question)
            }
        }
        let outcomes = await loader.outcomes(["bad", "a", nil, "b", "c"], patience: nil)
        #expect(outcomes.map(Self.word) == ["bad_request", "\"a\"", "unreadable_card", "\"b\"", "\"c\""])
    }

    @Test("After the patience for a page is over, what has no answer waits, and its question is given up")
    func patience() async {
        // Patience ends when the second slow question has begun: two are asked at a time, so the one before it is answered.
        let (begun, began) = AsyncStream.makeStream(of: Void.self)
        let loader = CardLoader { question throws(Problem) in
            guard question == "slow" else { return CardCut(question) }
            began.yield()
            do {
                try await Task.sleep(for: .seconds(600))
            } catch {
                throw Problem(.questionCancelled, "Given up.")
            }
            return CardCut(question)
        }
        let outcomes = await loader.outcomes(["a", "slow", "b", "slow", "c"]) {
            var slow = 0
            for await _ in begun {
                slow += 1
                if slow == 2 { return }
            }
        }
        #expect(outcomes.map(Self.word) == ["\"a\"", "waiting", "\"b\"", "waiting", "waiting"])
    }

    @Test("A card says in the reader's language what is wrong, and in exact words what the question is to blame for")
    func faults() throws {
        let card = Card(
            id: CardID(text: "crd_a"), workspace: WorkspaceID(text: "ws_a"), board: BoardID(text: "brd_a"), title: "A",
            question: "{}", page: "trends", position: 0, createdAt: .epoch)
        let today = try #require(LocalDate(text: "2026-11-22"))
        let writer = CardWriter(words: Words(.chinese), formats: Formats(.chinese), today: today, boardURL: "/b", waitURL: "/w")
        func fault(_ problem: Problem) -> CardBody.Fault? {
            writer.body(PinnedQuestion(card, .asSaved), .refused(problem)).fault
        }
        let slow = fault(Problem(.timeLimit, "There is no person \("p_9").", status: 422))
        #expect(slow?.lead == "这个问题用时过长：" && slow?.detail == Said(text: "没有编号为 p_9 的人。"))
        let large = fault(Problem(.memoryLimit, "There is no person \("p_9").", status: 422))
        #expect(large?.lead == "这个问题占用内存过多：" && large?.detail == Said(text: "没有编号为 p_9 的人。"))
        let wrong = fault(Problem(.badRequest, "A funnel has 2 to 20 steps, not \(1).", place: "/steps"))
        #expect(wrong?.lead == "这个问题还不能回答：")
        #expect(wrong?.detail == Said(text: "位置：/steps。漏斗应有 2 到 20 个步骤，实际有 1 个。"))
        #expect(fault(Problem(.notBuilt, "By tag", status: 501))?.lead == "茶馆还不支持：")
        for problem in [Problem(.damaged, "/data/x: bad", status: 500), Problem(.overloaded, "Too much.", status: 503)] {
            let fault = try #require(fault(problem))
            #expect(fault.detail == nil && fault.lead.contains("请稍后再试"), "no inner matters: \(problem)")
        }
    }

    @Test("A starter board asks only about what is there, and each question is one that its page's form makes")
    func starter() throws {
        let today = try #require(LocalDate(text: "2026-11-22"))
        for latest in [today, today.advanced(byDays: -400)] {
            let board = StarterBoard(
                names: [("Product Viewed", 9), ("Order Completed", 3)], value: .init(event: "Order Completed", property: "total"),
                today: today, latest: latest, words: Words(.english))
            #expect(board.cards.map(\.page) == ["trends", "trends", "trends", "trends", "funnels", "lifecycle", "retention"])
            for card in board.cards {
                _ = try Question(json: card.question)
                let form = try #require(QuestionForm(reading: card.question.canonical), "\(card.title)")
                #expect(form.kind.rawValue == card.page)
            }
            let ranges = Set(board.cards.compactMap { $0.question["range"]?.text })
            #expect(
                ranges
                    == (latest == today
                        ? [#"{"last":"30d"}"#, #"{"last":"12w"}"#]
                        : [#"{"from":"2025-09-19","to":"2025-10-19"}"#, #"{"from":"2025-07-28","to":"2025-10-19"}"#]))
        }
        let few = StarterBoard(names: [("opened", 4)], value: nil, today: today, latest: today, words: Words(.chinese))
        #expect(few.cards.map(\.page) == ["trends", "trends", "trends", "lifecycle", "retention"])
        #expect(few.cards[0].title == "每日事件数")
    }

    @Test("A shared range is read from an address that carries it, and takes the place of a question's own")
    func ranges() throws {
        let own: JSONValue = ["kind": "lifecycle", "range": ["last": "12w"]]
        for (query, range) in [
            ([:], own["range"]), (["last": ""], own["range"]), (["last": "6mo"], ["last": "6mo"]),
            (["since": "2026-01-01", "until": "2026-01-31", "last": "7d"], ["from": "2026-01-01", "to": "2026-02-01"]),
            (["until": "2026-01-31"], ["to": "2026-02-01"]),
        ] as [([String: String], JSONValue?)] {
            let read = try #require(SharedRange(query), "\(query)")
            #expect(read.applied(to: own)["range"] == range, "\(query)")
            let again = Dictionary(uniqueKeysWithValues: read.query.compactMap { name, value in value.map { (name, $0) } })
            #expect(SharedRange(again) == read)
        }
        for query in [
            ["last": "soon"], ["last": "0d"], ["last": "7"], ["since": "yesterday"],
            ["since": "2026-02-01", "until": "2026-01-31"],
        ] {
            #expect(SharedRange(query) == nil, "\(query)")
        }
    }

    @Test("Titles are proposed that can be taken as they are")
    func titles() {
        func title(_ answer: JSONValue) -> String { CardTitle(answer: answer, words: Words(.english)).text }
        #expect(
            title(["kind": "retention", "question": ["start": ["any": true], "return": ["event": "Brewed"]]])
                == "Retention · Brewed")
        #expect(
            title(["kind": "timeToConvert", "question": ["steps": [["event": "A"], ["event": "B"]]]]) == "Time to convert · A → B")
        #expect(title(["kind": "count"]) == "People" && title(["kind": "rfm"]) == "rfm")
        let hostile = title(["kind": "drivers", "question": ["target": ["event": "a\u{7}b\u{202E}c\u{2028}d"]]])
        #expect(hostile == "Drivers · a b c d")
        #expect(
            title(["kind": "drivers", "question": ["target": ["event": .string(String(repeating: "茶", count: 300))]]]).count == 100)
    }

    private static func word(_ outcome: CardLoader.Outcome) -> String {
        switch outcome {
        case .answer(let cut): cut.answer.text
        case .refused(let problem): problem.code.text
        case .waiting: "waiting"
        }
    }
}
