import Model
import Records
import TestSupport
import Testing

@testable import Loyalty

/// Points that are offered to other members, or to who is invited to become one.
struct OfferTests {
    private static func instant(_ text: String) -> Instant { Instant(rfc3339: text + "T00:00:00Z") ?? .epoch }
    private static func member(_ name: String) -> MemberWish { TestProgram.member(name) }

    private static func offer(
        _ program: TestProgram, _ id: String, _ amount: Int64, to name: String = "bob"
    ) async throws -> ProgramAnswer {
        try await program.perform(id, OfferPoints(amount, of: "points", from: member("ann"), to: member(name)))
    }

    private static func answer(
        _ program: TestProgram, _ id: String, _ offer: String, by name: String, accepts: Bool = true
    ) async throws -> ProgramAnswer {
        try await program.perform(id, AnswerOffer(offer, by: member(name), accepts: accepts))
    }

    private static func balances(_ program: TestProgram, _ names: String...) async throws -> [[Int64]] {
        try await program.reader.balances(
            of: names.map(member), in: TestProgram.settings.currencies[0], at: program.clock.now.advanced(byMicroseconds: 1_000)
        ).map { [$0?.balance.available ?? -1, $0?.balance.held ?? -1] }
    }

    @Test(
        "G7 when accepted: what is offered is pinned, and moves with its expiry as it would be spent; once",
        arguments: RecordsEngine.here)
    func accepted(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open())
        _ = try await program.earn("never", 30, "ann") { $0.expiresAt = Self.instant("2050-01-01") }
        _ = try await program.earn("march", 100, "ann") { $0.expiresAt = Self.instant("2026-04-20") }
        _ = try await program.earn("january", 50, "ann") { $0.expiresAt = Self.instant("2026-04-10") }
        _ = try await program.perform("bob", EnrolMember(Identity(type: .userID, value: "bob")))
        let offer = try await Self.offer(program, "offer", 60)
        #expect(offer.body["until"]?.stringValue?.hasPrefix("2026-03-08") == true, "\(offer.body)")
        #expect(try await Self.balances(program, "ann", "bob") == [[120, 60], [0, 0]])
        #expect(try await Self.answer(program, "other", "offer", by: "ann").codes == ["OFFER_NOT_YOURS"])
        #expect(try await Self.answer(program, "none", "nothing", by: "bob").codes == ["OFFER_UNKNOWN"])
        let taken = try await Self.answer(program, "take", "offer", by: "bob")
        #expect(taken.available == 60 && taken.body["state"] == "accepted", "\(taken.body)")
        #expect(try await Self.answer(program, "again", "offer", by: "bob").codes == ["OFFER_ANSWERED"])
        let bob = try #require(try await program.reader.member(Self.member("bob"))?.member.id)
        let book = try await program.reader.book(of: bob, in: TestProgram.settings.currencies[0], at: program.clock.now)
        #expect(book.openLots.map(\.quantities.remaining) == [50, 10])
        #expect(book.openLots.map(\.expiresAt) == [Self.instant("2026-04-10"), Self.instant("2026-04-20")])
        #expect(book.openLots.allSatisfy { $0.hop == 1 })
        #expect(try await program.reader.check("points").isWhole)
        #expect(try await program.reader.offers(of: bob).map(\.state) == [.accepted])
    }

    @Test("what is declined, or what nobody takes in time, is back in its lots", arguments: RecordsEngine.here)
    func back(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open())
        _ = try await program.earn("e", 100, "ann")
        _ = try await program.earn("b", 1, "bob")
        _ = try await Self.offer(program, "1", 30)
        #expect(try await Self.answer(program, "no", "1", by: "bob", accepts: false).body["state"] == "declined")
        #expect(try await Self.balances(program, "ann", "bob") == [[100, 0], [1, 0]])
        #expect(try await Self.answer(program, "late yes", "1", by: "bob").codes == ["OFFER_ANSWERED"])
        _ = try await Self.offer(program, "2", 40)
        program.clock.advance(7 * .microsecondsPerDay + 1_000)
        #expect(try await Self.balances(program, "ann") == [[100, 0]], "by time alone")
        #expect(try await Self.answer(program, "over", "2", by: "bob").codes == ["OFFER_OVER"])
        #expect(try await program.reader.check("points").isWhole)
        let facts = try await program.records.facts(of: program.workspace, limit: 100).map { record throws(Problem) in
            try ProgramFact(record).name
        }
        #expect(facts.filter { $0.contains("Offer") } == ["Points Offered", "Points Offer Declined", "Points Offered"])
    }

    @Test(
        "whoever is invited becomes a member by taking the points; an invitation names nobody to others",
        arguments: RecordsEngine.here)
    func invitation(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open())
        _ = try await program.earn("e", 100, "ann")
        let offer = try await Self.offer(program, "offer", 60, to: "new")
        #expect(offer.body["to"] == .null && offer.available == 40)
        #expect(try await Self.answer(program, "thief", "offer", by: "cy").codes == ["OFFER_NOT_YOURS"])
        #expect(try await program.reader.member(Self.member("cy")) == nil)
        #expect(try await Self.answer(program, "take", "offer", by: "new").available == 60)
        #expect(try await program.reader.member(Self.member("new")) != nil)
        // Where nobody becomes a member by earning, they enrol first.
        var settings = TestProgram.settings
        settings.enrolsByEarning = false
        let closed = try await TestProgram(try await engine.open(), settings: settings)
        _ = try await closed.perform("ann", EnrolMember(Identity(type: .userID, value: "ann")))
        _ = try await closed.earn("e", 100, "ann")
        _ = try await Self.offer(closed, "offer", 60, to: "new")
        #expect(try await Self.answer(closed, "early", "offer", by: "new").codes == ["MEMBER_UNKNOWN"])
        _ = try await closed.perform("enrol", EnrolMember(Identity(type: .userID, value: "new")))
        let known = try #require(try await closed.reader.member(Self.member("new"))?.member.id)
        #expect(try await closed.reader.offers(of: known).count == 1)
        #expect(try await Self.answer(closed, "take", "offer", by: "new").available == 60)
    }

    /// Whether the program asks, what the receiver has said, and the refusals of a transfer and of an offer.
    typealias Consent = (asks: Bool, said: TransferConsent?, transfer: [String], offer: [String])

    private static let consents: [Consent] = [
        (false, nil, [], []), (true, nil, ["RECEIVER_MUST_ACCEPT"], []), (true, .always, [], []),
        (false, .ask, ["RECEIVER_MUST_ACCEPT"], []), (false, .never, ["RECEIVER_REFUSES"], ["RECEIVER_REFUSES"]),
    ]

    @Test("who must be asked, and who takes nothing", arguments: RecordsEngine.here, consents)
    func consent(engine: RecordsEngine, consent: Consent) async throws {
        let (asks, said, transfer, offer) = consent
        var settings = TestProgram.settings
        settings.currencies[0].transfers.asksReceiver = asks
        let program = try await TestProgram(try await engine.open(), settings: settings)
        _ = try await program.earn("e", 100, "ann")
        _ = try await program.earn("b", 1, "bob")
        if let said { _ = try await program.perform("say", SetTransferConsent(said, of: Self.member("bob"))) }
        let moved = try await program.perform(
            "t", TransferPoints(10, of: "points", from: Self.member("ann"), to: Self.member("bob")))
        #expect(moved.codes == transfer)
        #expect(try await Self.offer(program, "o", 10).codes == offer)
    }

    @Test(
        "limits of a month count what waits for an answer, and lots that are over or frozen are not given",
        arguments: RecordsEngine.here)
    func limits(engine: RecordsEngine) async throws {
        var settings = TestProgram.settings
        settings.currencies[0].transfers.amountPerMonth = 50
        settings.currencies[0].transfers.countPerMonth = 2
        let program = try await TestProgram(try await engine.open(), settings: settings)
        let earned = try await program.earn("e", 100, "ann")
        _ = try await program.earn("b", 1, "bob")
        _ = try await Self.offer(program, "1", 30)
        #expect(try await Self.offer(program, "2", 21).codes == ["TRANSFER_MONTH_AMOUNT"])
        _ = try await Self.offer(program, "3", 5)
        #expect(try await Self.offer(program, "4", 5).codes == ["TRANSFER_MONTH_COUNT"])
        _ = try await Self.answer(program, "no", "3", by: "bob", accepts: false)
        _ = try await Self.answer(program, "yes", "1", by: "bob")
        #expect(try await Self.offer(program, "5", 21).codes == ["TRANSFER_MONTH_AMOUNT"])
        _ = try await Self.offer(program, "6", 20)
        let lot = PointID(try #require(earned.body["lot"]?.intValue))
        _ = try await program.spend("freeze", .freeze(lot, true), "ann")
        #expect(try await Self.answer(program, "frozen", "6", by: "bob").codes == ["LOT_FROZEN"])
        #expect(try await Self.offer(program, "self", 1, to: "ann").codes == ["SELF_TRANSFER"])
    }

    @Test(
        "nothing is given for some hours after a new device has come to the giver, at once or by an offer",
        arguments: RecordsEngine.here)
    func coolDown(engine: RecordsEngine) async throws {
        var settings = TestProgram.settings
        settings.currencies[0].transfers.coolDownHours = 24
        #expect(try ProgramSettings(json: settings.json) == settings)
        let program = try await TestProgram(try await engine.open(), settings: settings)
        for name in ["ann", "bob"] { _ = try await program.earn(name, 100, name) }
        let start = Self.instant("2026-03-10")
        program.clock.now = start
        var transfer = TransferPoints(1, of: "points", from: Self.member("ann"), to: Self.member("bob"))
        var offer = OfferPoints(1, of: "points", from: Self.member("ann"), to: Self.member("bob"))
        for (number, device) in [nil, start.advanced(byMicroseconds: -24 * .microsecondsPerHour)].enumerated() {
            (transfer.newDeviceAt, offer.newDeviceAt) = (device, device)
            #expect(try await !program.perform("t\(number)", transfer).isRefused)
            #expect(try await !program.perform("o\(number)", offer).isRefused)
        }
        let device = start.advanced(byMicroseconds: .microsecondsPerSecond - 24 * .microsecondsPerHour)
        (transfer.newDeviceAt, offer.newDeviceAt) = (device, device)
        let refused = try await program.perform("t", transfer)
        #expect(refused.codes == ["TRANSFER_COOL_DOWN"])
        let reason = refused.body["reasons"]?.arrayValue?.first
        #expect(reason?["params"]?["until"] == "2026-03-10T00:00:01Z" && reason?["retryable"] == true, "\(refused.body)")
        #expect(try await program.perform("o", offer).codes == ["TRANSFER_COOL_DOWN"])
        // What is known of devices is no part of the wish.
        #expect(try await program.perform("t0", transfer).isReplayed)
        let other = try await TestProgram(try await engine.open())
        for name in ["ann", "bob"] { _ = try await other.earn(name, 100, name) }
        #expect(try await !other.perform("t", transfer).isRefused, "without the rule devices say nothing")
    }

    @Test("an offer is over when the first of its points ends", arguments: RecordsEngine.here)
    func ends(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open())
        _ = try await program.earn("e", 10, "ann") { $0.expiresAt = Self.instant("2026-03-03") }
        _ = try await program.earn("f", 10, "ann")
        let offer = try await Self.offer(program, "1", 15, to: "new")
        #expect(offer.body["until"] == .string(Self.instant("2026-03-03").rfc3339))
        program.clock.now = Self.instant("2026-03-04")
        #expect(try await Self.balances(program, "ann") == [[10, 0]], "one part has ended, the other is back")
        #expect(try await program.reader.check("points").isWhole)
    }

    @Test(
        "L13: in any history offers and transfers keep total, worth and expiry, and what comes back was never touched",
        arguments: Seeds.upTo(300))
    func kept(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var rules = PointRules()
        rules.hopMax = 1 + random.below(4)
        var books = (1 ... 3).map { PointBook(owner: .init(number: Int64($0)), rules: rules) }
        var now = Instant(microseconds: 1_000_000)
        for number in 0 ..< 8 {
            var earned = NewPoints(
                Int64(1 + random.below(60)), for: PointSource(id: "s\(number)"), earnedAt: now, vintage: Int64(202_601 + number % 3)
            )
            if random.below(2) == 0 { earned.expiresAt = now.advanced(byMicroseconds: 1_000_000 + Int64(random.below(5))) }
            earned.value = PointValue(minor: Int64(1 + random.below(3)), points: 10)
            earned.isTransferable = random.below(5) > 0
            earned.fundedBy = random.below(3) == 0 ? "bank" : nil
            _ = try books[random.below(3)].earn(earned, at: now)
        }
        let total = Self.kinds(books)
        var open: [(giver: Int, hold: PointID)] = []
        for _ in 0 ..< 40 {
            now = now.advanced(byMicroseconds: Int64(random.below(30)))
            let (giver, receiver) = (random.below(3), random.below(3))
            let before = books
            do throws(PointRefusal) {
                switch random.below(4) {
                case 0, 1:
                    let span = Int64(1 + random.below(200))
                    let hold = try books[giver].offer(
                        Int64(random.below(50)), until: now.advanced(byMicroseconds: span), now: now)
                    var lapsed = books[giver]
                    lapsed.settle(until: hold.until)
                    #expect(lapsed.lots == Self.settled(before[giver], hold.until).lots, "seed \(seed)")
                    open.append((giver, hold.id))
                case 2 where !open.isEmpty && giver != receiver:
                    let offer = open[random.below(open.count)]
                    guard offer.giver != receiver else { continue }
                    var other = books[receiver]
                    _ = try books[offer.giver].give(offer.hold, to: &other, now: now)
                    books[receiver] = other
                case 3 where !open.isEmpty: try books[giver].release(open[random.below(open.count)].hold, now: now)
                default:
                    guard giver != receiver else { continue }
                    var other = books[receiver]
                    try books[giver].transfer(Int64(random.below(40)), to: &other, now: now)
                    books[receiver] = other
                }
            } catch {
                #expect(books == before, "seed \(seed): a refusal leaves no trace")
            }
            #expect(Self.kinds(books) == total, "seed \(seed)")
            for book in books {
                #expect(book.lots.values.allSatisfy { $0.quantities.sum == $0.original && $0.hop <= rules.hopMax }, "seed \(seed)")
            }
            let onTheWay = books.reduce(0) { $0 + $1.accounts[.transfer, default: 0] }
            #expect(onTheWay == 0, "seed \(seed)")
        }
    }

    private struct Kind: Hashable {
        let expiresAt: Instant?
        let value: PointValue
        let fundedBy: String?
        let vintage: Int64
        let source: String
    }

    /// How many points there are of each kind, whoever has them.
    private static func kinds(_ books: [PointBook]) -> [Kind: Int64] {
        books.flatMap(\.lots.values).reduce(into: [:]) { kinds, lot in
            let count = lot.quantities.remaining + lot.quantities.held
            let kind = Kind(
                expiresAt: lot.expiresAt, value: lot.value, fundedBy: lot.fundedBy, vintage: lot.vintage, source: lot.source.id)
            if count > 0 { kinds[kind, default: 0] += count }
        }
    }

    private static func settled(_ book: PointBook, _ now: Instant) -> PointBook {
        var book = book
        book.settle(until: now)
        return book
    }

    @Test("every reason has its sentence")
    func wording() {
        for code in RefusalWording.offers.keys { #expect(!Refusal.Reason(code).wording.description.contains(code)) }
    }
}
