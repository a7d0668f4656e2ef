import Model
import Records
import Synchronization
import TestSupport
import Testing

@testable import Loyalty

/// Random commands from many senders at once, on both engines: what holds whatever the order in which they arrive.
struct PointHistoryTests {
    /// The server's database for all seeds; each has a workspace of its own.
    private static let shared = Mutex<Task<RecordStore, any Error>?>(nil)

    private static func store(_ engine: RecordsEngine) async throws -> RecordStore {
        // Where histories ran beside each other in one file, none would be carried out from memory.
        guard engine == .postgres else { return try await RecordStore.open(try await engine.open(), now: .epoch) }
        let task = shared.withLock { shared in
            let task = shared ?? Task { try await RecordStore.open(try await engine.open(), now: .epoch) }
            shared = task
            return task
        }
        return try await task.value
    }

    @Test(
        "L1 to L5, L18: some serial order explains all answers of two servers, and carried out anew it gives the same books",
        arguments: RecordsEngine.here, Seeds.slices(40))
    func linearizable(engine: RecordsEngine, seeds: Seeds) async throws {
        let records = try await PointHistoryTests.store(engine)
        for seed in seeds { try await history(seed, engine, records) }
    }

    private func history(_ seed: UInt64, _ engine: RecordsEngine, _ records: RecordStore) async throws {
        let name = "ws_\(engine)\(seed)"
        let clock = TestClock()
        let first = try await TestProgram(records: records, workspace: WorkspaceID(text: name), clock: clock)
        // A folder has one server: only over PostgreSQL are there two.
        let second =
            engine == .sqlite ? first.desk : ProgramDesk(workspace: first.workspace, records: records, clock: clock)
        for (id, command) in HistoryCommands.beginning { _ = try await first.perform(id, command) }
        let commands = HistoryCommands(seed: seed).commands
        let steps = Steps()
        let answers = try await withThrowingTaskGroup(of: [Answered].self) { tasks in
            for sender in 0 ..< 6 {
                tasks.addTask {
                    var answers: [Answered] = []
                    for (index, command) in commands.enumerated() where index % 6 == sender || index % 11 == sender {
                        // Whoever sends the same command twice gets the same answer, from whichever server.
                        let desk = (index + sender) % 2 == 0 ? first.desk : second
                        let start = steps.next()
                        let answer = try await desk.perform(
                            ProgramRequest(id: "c\(index)", actor: .server, command: command))
                        let end = steps.next()
                        answers.append(Answered(index: index, answer: answer, start: start, end: end))
                        clock.advance(Int64(index % 5) * .microsecondsPerHour)
                    }
                    return answers
                }
            }
            return try await tasks.reduce(into: []) { $0 += $1 }
        }
        try check(answers, seed)
        let reader = ProgramReader(workspace: first.workspace, records: records)
        let whole = try await reader.check("points")
        #expect(whole.isWhole, "seed \(seed): \(whole)")
        let log = try await replay(first, commands, reader, engine, seed)
        // Over PostgreSQL the clocks of two servers put commands about different books in an order of their own.
        if engine == .sqlite { checkOrder(answers, log, seed) }
    }

    /// L4: what was answered before another command was sent comes before it in the order that explains all answers.
    private func checkOrder(_ answers: [Answered], _ log: [String], _ seed: UInt64) {
        let place = Dictionary(uniqueKeysWithValues: log.enumerated().map { ($1, $0) })
        let spans = Dictionary(grouping: answers, by: \.index).map { index, same in
            (place: place["c\(index)"] ?? -1, start: same.map(\.start).min() ?? 0, end: same.map(\.end).min() ?? 0)
        }
        for span in spans {
            #expect(spans.allSatisfy { $0.end >= span.start || $0.place < span.place }, "seed \(seed), at \(span.place)")
        }
    }

    /// Counts what begins and ends, so that it is known what came before what.
    private final class Steps: Sendable {
        private let count = Mutex(0)

        func next() -> Int {
            count.withLock { count in
                count += 1
                return count
            }
        }
    }

    private struct Answered {
        let index: Int
        let answer: ProgramAnswer
        let start: Int
        let end: Int
    }

    /// Each command was carried out once, and all who sent it got the same answer.
    private func check(_ answers: [Answered], _ seed: UInt64) throws {
        for (index, same) in Dictionary(grouping: answers, by: \.index) {
            #expect(same.filter { !$0.answer.isReplayed }.count == 1, "seed \(seed), command \(index)")
            #expect(Set(same.map(\.answer.body)).count == 1, "seed \(seed), command \(index)")
        }
    }

    /// Carries out the log one command after another in an empty database of the other kind.
    ///
    /// - Returns: The ids of the log in their order.
    private func replay(
        _ program: TestProgram, _ commands: [any ProgramCommand], _ reader: ProgramReader, _ engine: RecordsEngine, _ seed: UInt64
    ) async throws -> [String] {
        let log = try await reader.read { tables throws(Problem) in
            try tables.list(
                "SELECT id FROM loyalty_commands WHERE workspace = ? ORDER BY recorded_at, id", tables.values()
            ) { reader throws(Problem) in try reader.text() }.map { id throws(Problem) in try tables.command(id) }
        }
        let clock = TestClock()
        let copy = try await TestProgram(clock: clock)
        for case let known? in log where known.id != "program" {
            // What is refused changes nothing, and over PostgreSQL it may go by what was before another server's command of that moment:
            // some order explains it, though not always that of the clocks.
            if engine == .postgres, known.answer.isRefused { continue }
            clock.now = known.recordedAt
            var command: any ProgramCommand
            if let index = Int(known.id.dropFirst()) {
                command = commands[index]
            } else {
                command = try #require(HistoryCommands.beginning.first { $0.id == known.id }).command
            }
            var isPart = false
            if engine == .postgres, let whole = command as? ImportPoints {
                switch RowsTaken(of: whole, known.answer) {
                case .all: break
                case .some(let part): (command, isPart) = (part, true)
                case .none: continue
                case .unclear: return log.compactMap { $0?.id }
                }
            }
            // A desk of its own, for what two servers did at one instant to different members was recorded at that instant.
            let desk = ProgramDesk(workspace: copy.workspace, records: copy.records, clock: clock)
            let answer = try await desk.perform(ProgramRequest(id: known.id, actor: .server, command: command))
            let told = "seed \(seed), \(known.id) at \(known.recordedAt): \(command.content.text)"
            if isPart {
                #expect(answer.body["taken"] == known.answer.body["taken"], "\(told)")
            } else {
                #expect(answer.body == known.answer.body, "\(told)")
            }
        }
        let other = ProgramReader(workspace: copy.workspace, records: copy.records)
        for member in HistoryCommands.members {
            let wish = TestProgram.member(member)
            let (left, right) = (try await reader.member(wish), try await other.member(wish))
            let id = try #require(left?.member.id)
            #expect(id == right?.member.id)
            let (these, those) = (
                try await reader.entries(of: id, in: "points", limit: 10_000),
                try await other.entries(of: id, in: "points", limit: 10_000)
            )
            #expect(these == those, "seed \(seed), \(member)")
        }
        return log.compactMap { $0?.id }
    }
}

/// Which rows of an import came, by its answer; what was refused is left out as commands that were refused are.
private enum RowsTaken {
    case all
    case some(ImportPoints)
    case none
    /// Of two rows of one name and amount one came, nobody knows which.
    case unclear

    init(of command: ImportPoints, _ answer: ProgramAnswer) {
        func place(_ name: JSONValue?, _ amount: JSONValue?) -> String { "\(name?.text ?? "") \(amount?.text ?? "")" }
        let refused = (answer.body["refused"]?.arrayValue ?? []).map { place($0["row"], $0["amount"]) }
        let places = command.rows.map { place(.string($0.key), .int($0.amount)) }
        let rows = zip(command.rows, places).filter { !refused.contains($0.1) }.map(\.0)
        if refused.isEmpty {
            self = .all
        } else if Set(places).count < places.count {
            self = .unclear
        } else if rows.isEmpty {
            self = .none
        } else {
            var part = ImportPoints(rows, of: command.currency, total: rows.reduce(0) { $0 + $1.amount })
            part.effectiveAt = command.effectiveAt
            self = .some(part)
        }
    }
}

/// Commands about a few members, most of which are allowed.
struct HistoryCommands {
    static let members = ["ann", "bob", "cy"]
    /// Members come in, and a partner buys more points than it ever pays for.
    static let beginning: [(id: String, command: any ProgramCommand)] =
        members.map { (id: "enrol-\($0)", command: EnrolMember(Identity(type: .userID, value: $0)) as any ProgramCommand) }
        + [(id: "block", command: BuyBlock(1_000_000, of: "points", for: "roaster", price: 1) as any ProgramCommand)]

    private(set) var commands: [any ProgramCommand] = []
    private var random: SplitMix64
    private var sources: [PointSource] = []

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
        for _ in 0 ..< 40 { commands.append(next()) }
    }

    private mutating func member() -> MemberWish { TestProgram.member(Self.members[random.below(3)]) }
    private mutating func amount() -> Int64 { Int64(random.below(60)) }
    private mutating func source() -> PointSource {
        sources.isEmpty ? PointSource(id: "none") : sources[random.below(sources.count)]
    }

    private mutating func hours(_ most: Int) -> Instant {
        TestClock().now.advanced(byMicroseconds: Int64(random.below(most)) * .microsecondsPerHour)
    }

    private mutating func next() -> any ProgramCommand {
        let id = PointID(Int64(1 + random.below(12)))
        return switch random.below(22) {
        case 0, 1, 2, 3: earn()
        case 4, 5: spend(.burn(amount(), place: random.below(2) == 0 ? "tea" : nil))
        case 6: spend(.hold(amount(), place: random.below(3) == 0 ? "tea" : nil, seconds: Int64(1 + random.below(90_000))))
        case 7: spend(.capture(id, random.below(2) == 0 ? nil : amount()))
        case 8: spend(.release(id))
        case 9: spend(.giveBack(id, random.below(2) == 0 ? nil : amount()))
        case 10: spend(.donate(1 + amount() / 4, charity: random.below(2) == 0 ? "trees" : "bees, \"wild\""))
        case 11: spend(.freeze(id, random.below(3) == 0))
        case 12: spend(.activate(id))
        case 13: takeBack(.returned(units: Int64(1 + random.below(2))))
        case 14: takeBack(.disputed(amount()))
        case 15: TransferPoints(amount(), of: "points", from: member(), to: member())
        case 16:
            AdjustPoints(amount() - 30, of: "points", for: member(), reason: .goodwill, note: "")
        case 17: OfferPoints(amount(), of: "points", from: member(), to: member())
        case 18, 19: AnswerOffer("c\(random.below(40))", by: member(), accepts: random.below(3) > 0)
        case 20: takeOver()
        default: ReinstatePoints(of: "points", for: member(), expiredSince: hours(1), until: hours(400))
        }
    }

    /// An instant a little before the command comes, for each takes two hours about; nil for now.
    private mutating func moment() -> Instant? {
        guard random.below(6) == 0 else { return nil }
        return TestClock().now.advanced(byMicroseconds: Int64(2 * commands.count - random.below(5)) * .microsecondsPerHour)
    }

    private mutating func spend(_ deed: SpendPoints.Deed) -> any ProgramCommand {
        var command = SpendPoints(deed, of: "points", by: member())
        command.effectiveAt = moment()
        return command
    }

    private mutating func takeBack(_ reason: TakeBackPoints.Reason) -> any ProgramCommand {
        var command = TakeBackPoints(reason, of: "points", earnedFor: source())
        command.effectiveAt = moment()
        return command
    }

    private mutating func takeOver() -> any ProgramCommand {
        let rows = (0 ..< 2).map { _ in
            OpeningLot("r\(random.below(12))", amount(), of: member(), earnedAt: Instant(rfc3339: "2025-06-01T00:00:00Z") ?? .epoch)
        }
        var command = ImportPoints(rows.map { .lot($0) }, of: "points", total: rows.reduce(0) { $0 + $1.amount })
        if random.below(3) == 0 { command.effectiveAt = hours(40) }
        return command
    }

    private mutating func earn() -> any ProgramCommand {
        var command = EarnPoints(amount(), of: "points", to: member(), for: PointSource(id: "s\(random.below(30))"))
        command.units = Int64(1 + random.below(3))
        if random.below(2) == 0 { command.expiresAt = hours(60) }
        if random.below(4) == 0 { command.start = .at(hours(40)) }
        if random.below(8) == 0 { command.start = .awaited(until: hours(40)) }
        if random.below(4) == 0 { command.colours = ["tea"] }
        if random.below(6) == 0 { command.fundedBy = "roaster" }
        command.effectiveAt = moment()
        sources.append(command.source)
        return command
    }
}
