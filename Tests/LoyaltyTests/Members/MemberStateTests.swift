import Model
import Records
import TestSupport
import Testing

@testable import Loyalty

/// Nothing can be done by, for or with somebody who is no member, or no longer; what was booked before stays.
struct MemberStateTests {
    enum State: String, CaseIterable {
        case unknown = "MEMBER_UNKNOWN"
        case closed = "MEMBER_CLOSED"
        case erased = "MEMBER_ERASED"
    }

    private static let bob = TestProgram.member("bob")

    /// A program in which `ann` had points, a pending lot, a spending and a hold before she got into a state, and `bob` has points.
    private struct Stage {
        let program: TestProgram
        let ann: MemberWish
        let reader: ProgramReader

        init(_ engine: RecordsEngine, _ state: State) async throws {
            program = try await TestProgram(try await engine.open())
            reader = ProgramReader(workspace: program.workspace, records: program.records)
            try await program.earns(by: OrderTests.program)
            _ = try await program.earn("e1", 100, "ann") { $0.units = 2 }
            _ = try await program.spend("burn", .burn(10, place: nil), "ann")
            _ = try await program.spend("hold", .hold(10, place: nil, seconds: 86_400), "ann")
            let later = program.clock.now.advanced(byMicroseconds: .microsecondsPerDay)
            _ = try await program.earn("e2", 20, "ann") { $0.start = .at(later) }
            _ = try await program.earn("e3", 500, "bob")
            let wish = TestProgram.member("ann")
            _ = try await program.perform(
                "asked", AdjustPoints(20_000, of: "points", for: wish, reason: .goodwill, note: ""))
            _ = try await program.perform("offered", OfferPoints(5, of: "points", from: wish, to: MemberStateTests.bob))
            let id = try #require(try await reader.member(wish)?.member.id)
            switch state {
            case .unknown: ann = MemberWish(.id(ProgramMemberID(number: id.number ^ 1)))
            case .closed:
                ann = MemberWish(.id(id))
                _ = try await program.perform("close", CloseMember(ann))
            case .erased:
                ann = MemberWish(.id(id))
                try await MemberStateTests.erase(Identity(type: .userID, value: "ann"), program)
            }
        }

        func entryCount() async throws -> Int64 { try await reader.check("points").entryCount }
    }

    private static func erase(_ identity: Identity, _ program: TestProgram) async throws {
        let erasure = PendingErasure(
            workspace: program.workspace, id: "e", person: nil, actor: .commandLine, suppresses: false, reason: "",
            startedAt: program.clock.now, ordinals: [], identities: [identity], texts: [])
        _ = try await program.desk.alone { () async throws(Problem) in
            try await program.records.scrub(erasure, beside: ProgramErasure.carryOut)
        }
    }

    private static func order(_ program: TestProgram) throws -> OrderFact {
        let fact = try OrderFact(
            event: OrderFact.Kind.completed.rawValue, messageID: "m", at: program.clock.now,
            properties: ["order_id": "o", "products": [["product_id": "tea", "price": 50, "quantity": 3]]], standard: .cny)
        return try #require(fact)
    }

    /// Every command that names a member, by what the member is to it.
    private static func commands(_ ann: MemberWish, _ program: TestProgram) throws -> [(String, any ProgramCommand)] {
        let now = program.clock.now
        let deeds: [SpendPoints.Deed] = [
            .burn(1, place: nil), .hold(1, place: nil, seconds: 60), .capture(PointID(3), nil), .release(PointID(3)),
            .giveBack(PointID(2), nil), .activate(PointID(4)), .freeze(PointID(1), true), .donate(1, charity: "trees"),
        ]
        var event = EarningEvent(.event("Order Completed"), source: "p", at: now)
        (event.currency, event.lines) = (.cny, [EarningLine(product: "pot", units: 1, listAmount: 9_000)])
        let spending = deeds.map { ("\($0)", SpendPoints($0, of: "points", by: ann) as any ProgramCommand) }
        return spending + [
            ("earner", EarnPoints(1, of: "points", to: ann, for: PointSource(id: "new"))),
            ("giver", TransferPoints(1, of: "points", from: ann, to: bob)),
            ("receiver", TransferPoints(1, of: "points", from: bob, to: ann)),
            ("who offers", OfferPoints(1, of: "points", from: ann, to: bob)),
            ("whom it is offered to", OfferPoints(1, of: "points", from: bob, to: ann)),
            ("given by the house", AdjustPoints(1, of: "points", for: ann, reason: .goodwill, note: "")),
            ("taken by the house", AdjustPoints(-1, of: "points", for: ann, reason: .correction, note: "")),
            ("waits for a second", AdjustPoints(50_000, of: "points", for: ann, reason: .goodwill, note: "")),
            (
                "reinstated",
                ReinstatePoints(
                    of: "points", for: ann, expiredSince: now, until: now.advanced(byMicroseconds: .microsecondsPerDay))
            ),
            ("merged", MergeMembers(ann, into: bob)), ("heir", MergeMembers(bob, into: ann)),
            ("jurisdiction", SetJurisdiction("CA", of: ann)), ("consent", SetTransferConsent(.always, of: ann)),
            ("event", AwardEvent(EventWish(event, of: ann, in: "club"))),
            ("order", TakeOrder(try order(program), of: ann, in: "club")),
        ]
    }

    @Test(
        "every command is refused by the state of the member, whatever the member is to it", arguments: RecordsEngine.here,
        State.allCases)
    func refused(engine: RecordsEngine, state: State) async throws {
        let stage = try await Stage(engine, state)
        let (program, before) = (stage.program, try await stage.entryCount())
        for (name, command) in try Self.commands(stage.ann, program) {
            let answer = try await program.perform("by \(name)", command)
            if state == .closed, command is TakeOrder {
                #expect(!answer.isRefused && answer.body["points"] == 0, "it is kept for what comes back: \(answer.body.text)")
                continue
            }
            #expect(answer.codes == [state.rawValue], "\(name): \(answer.body.text)")
        }
        #expect(try await stage.entryCount() == before, "nothing is booked")
        let lot = OpeningLot("row", 5, of: stage.ann, earnedAt: program.clock.now)
        let imported = try await program.perform("import", ImportPoints([.lot(lot)], of: "points", total: 5))
        let row = imported.body["refused"]?.arrayValue?.first
        #expect(row?["reasons"]?.arrayValue?.compactMap { $0["code"]?.stringValue } == [state.rawValue])
        #expect(try await stage.entryCount() == before)
        #expect(try await stage.reader.check("points").isWhole)
    }

    @Test("what was asked before is not done afterwards", arguments: RecordsEngine.here, [State.closed, .erased])
    func asked(engine: RecordsEngine, state: State) async throws {
        let stage = try await Stage(engine, state)
        let before = try await stage.entryCount()
        let decided = try await stage.program.desk.perform(
            ProgramRequest(id: "decide", actor: .commandLine, command: DecideAdjustment("asked", approves: true)))
        #expect(decided.codes == [state.rawValue])
        let taken = try await stage.program.perform("take", AnswerOffer("offered", by: Self.bob, accepts: true))
        #expect(taken.codes == [state.rawValue], "\(taken.body.text)")
        #expect(try await stage.entryCount() == before)
    }

    @Test("what comes back is taken back all the same", arguments: RecordsEngine.here, [State.closed, .erased])
    func takenBack(engine: RecordsEngine, state: State) async throws {
        let stage = try await Stage(engine, state)
        let back = try await stage.program.perform(
            "back", TakeBackPoints(.returned(units: 1), of: "points", earnedFor: PointSource(id: "e1")))
        #expect(back.body["taken"] == 50, "\(back.body.text)")
    }

    @Test(
        "a membership that is opened again goes on with what there was; what was refused meanwhile stays refused",
        arguments: RecordsEngine.here)
    func reopened(engine: RecordsEngine) async throws {
        let stage = try await Stage(engine, .closed)
        let program = stage.program
        let burn = SpendPoints(.burn(1, place: nil), of: "points", by: stage.ann)
        #expect(try await program.perform("refused", burn).codes == ["MEMBER_CLOSED"])
        #expect(
            try await program.perform("again", CloseMember(stage.ann)).body["state"] == "closed", "closing twice is closing once")
        #expect(try await program.perform("open", CloseMember(stage.ann, closes: false)).body["state"] == "open")
        #expect(try await program.perform("refused", burn).isReplayed)
        // 100, less 10 spent, 10 held and 5 offered.
        #expect(try await program.perform("burn again", burn).available == 74)
        for (name, command) in try Self.commands(stage.ann, program) {
            // One of them is the other afterwards.
            if command is MergeMembers { continue }
            let answer = try await program.perform("open \(name)", command)
            #expect(!answer.codes.contains { $0.hasPrefix("MEMBER_") }, "\(name): \(answer.body.text)")
        }
        #expect(try await stage.reader.check("points").isWhole)
    }

    @Test(
        "a membership of nobody, or of somebody who was erased, is neither ended nor opened", arguments: RecordsEngine.here,
        [State.unknown, .erased])
    func nobody(engine: RecordsEngine, state: State) async throws {
        let stage = try await Stage(engine, state)
        for closes in [true, false] {
            let answer = try await stage.program.perform("state \(closes)", CloseMember(stage.ann, closes: closes))
            #expect(answer.codes == ["MEMBER_UNKNOWN"])
        }
    }
}
