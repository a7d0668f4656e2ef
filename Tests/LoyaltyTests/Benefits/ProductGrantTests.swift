import Model
import OrderedCollections
import Records
import TestSupport
import Testing

@testable import Loyalty

/// What codes of products grant, as their registrations stand in the records.
struct ProductGrantTests {
    /// A program with a batch of codes for a kettle, and the members `ann` and `bob`.
    private struct Shop {
        let program: BenefitProgram
        var records: RecordStore { program.program.records }
        var workspace: WorkspaceID { program.program.workspace }

        init(_ engine: RecordsEngine) async throws {
            program = try await BenefitProgram(engine)
            var random = SplitMix64(seed: 5)
            let batch = ProductBatch(
                id: .random(using: &random), workspace: program.program.workspace, name: "Spring", product: "kettle", reseller: nil,
                orderID: nil, warrantyMonths: nil, count: 100, createdAt: program.clock.now)
            try await records.commit([.insertProductBatch(batch)])
        }

        func grants(
            _ id: String, _ wishes: [SetProductGrants.Wish], of product: String = "kettle"
        ) async throws -> ProgramAnswer {
            try await program.perform(id, SetProductGrants(wishes, of: product))
        }

        /// Writes who has a code, as the registrar does.
        func register(_ serial: Int, _ name: String?) async throws {
            try await records.commit([
                .setProductRegistration(
                    ProductRegistration(
                        workspace: workspace, place: ProductPlace(batch: 1, serial: serial),
                        who: name.map { Identity(type: .userID, value: $0) }, times: 1, registeredAt: program.clock.now,
                        warrantyUntil: nil))
            ])
        }

        func follow(_ id: String, _ serial: Int) async throws -> ProgramAnswer {
            try await program.perform(id, FollowProductCode(ProductPlace(batch: 1, serial: serial), code: "C\(serial)"))
        }

        func due() async throws -> [Int] { try await program.reader.productCodesDue(limit: 10).map(\.serial) }
    }

    @Test("a registered code grants, moved it grants another, taken back it grants nobody", arguments: RecordsEngine.here)
    func life(engine: RecordsEngine) async throws {
        let shop = try await Shop(engine)
        // Where no product grants anything, registrations leave nothing to do.
        try await shop.register(9, "ann")
        #expect(try await shop.due().isEmpty)
        let set = try await shop.grants("s", [.init("lounge", amount: 3, months: 12, payer: .member(TestProgram.member("bob")))])
        #expect(set.body["version"] == 1, "\(set.body.text)")
        try await shop.register(1, "ann")
        #expect(try await shop.due() == [1])
        let granted = try await shop.follow("f", 1)
        #expect(granted.body["granted"] == ["C1/1/lounge"] && granted.body["refused"] == [:])
        #expect(try await shop.due().isEmpty)
        #expect(try await shop.program.check("ann")?.remaining == 3)
        let ann = try #require(try await shop.program.reader.member(TestProgram.member("ann"))?.member.id)
        let grant = try #require(
            try await shop.program.reader.benefits(of: ann, at: shop.program.clock.now).first?.grants.first)
        // A year from March 1st, its last day included; who pays is another.
        #expect(grant.until == Instant(rfc3339: "2027-03-02T00:00:00Z") && grant.payer != grant.beneficiary)
        #expect(grant.source.kind == .productCode && grant.source.series == "C1")
        #expect(try await shop.follow("f2", 1).body["granted"] == [])
        _ = try await shop.program.use("u", .consume(.hard), 1, "ann")
        try await shop.register(1, "bob")
        #expect(try await shop.follow("f3", 1).body["granted"] == ["C1/2/lounge"])
        #expect(try await shop.program.check("ann")?.reasons.map(\.code) == ["BENEFIT_REVOKED"])
        #expect(try await shop.program.check("bob")?.remaining == 3)
        try await shop.register(1, nil)
        #expect(try await shop.follow("f4", 1).body["holder"] == .null)
        #expect(try await shop.program.check("bob")?.isAllowed == false)
        let facts = try await shop.records.facts(of: shop.workspace, limit: 100)
            .map { record throws(Problem) in try ProgramFact(record).name }.filter { $0.hasPrefix("Product") }.sorted()
        #expect(
            facts == [
                "Product Benefits Ended", "Product Benefits Ended", "Product Benefits Granted", "Product Benefits Granted",
            ])
    }

    @Test("a blocked code grants nobody and says so, until it can be registered again", arguments: RecordsEngine.here)
    func blocked(engine: RecordsEngine) async throws {
        let shop = try await Shop(engine)
        _ = try await shop.grants("s", [.init("lounge", amount: 2)])
        try await shop.register(1, "ann")
        let granted = try await shop.follow("f", 1)
        #expect(granted.body["granted"] == ["C1/1/lounge"] && granted.body["reasons"] == [])
        let place = ProductPlace(batch: 1, serial: 1)
        let block = ProductBlock(
            workspace: shop.workspace, place: place, at: shop.program.clock.now, by: .admin, reason: "copied")
        try await shop.records.commit([.blockProductCode(block)])
        let ended = try await shop.follow("f2", 1)
        #expect(ended.body["holder"] == .null, "\(ended.body.text)")
        #expect(ended.body["reasons"]?.arrayValue?.map { $0["code"] } == ["CODE_BLOCKED"])
        #expect(try await shop.program.check("ann")?.isAllowed == false)
        try await shop.records.commit([.unblockProductCode(shop.workspace, place)])
        try await shop.register(1, "bob")
        let again = try await shop.follow("f3", 1)
        #expect(again.body["granted"] == ["C1/2/lounge"] && again.body["reasons"] == [], "\(again.body.text)")
        #expect(try await shop.program.check("bob")?.remaining == 2)
    }

    @Test("whoever registers becomes a member; who takes no part gets nothing", arguments: RecordsEngine.here)
    func members(engine: RecordsEngine) async throws {
        let shop = try await Shop(engine)
        _ = try await shop.grants("s", [.init("lounge", amount: 2)])
        try await shop.register(1, "new")
        #expect(try await shop.follow("f", 1).body["granted"] == ["C1/1/lounge"])
        #expect(try await shop.program.check("new")?.remaining == 2)
        _ = try await shop.program.perform("close", CloseMember(TestProgram.member("bob")))
        try await shop.register(2, "bob")
        #expect(try await shop.follow("g", 2).body["holder"] == .null)
        #expect(try await shop.due().isEmpty)
    }

    @Test("all that is wrong with what a product shall grant is told at once", arguments: RecordsEngine.here)
    func refusals(engine: RecordsEngine) async throws {
        let shop = try await Shop(engine)
        let wishes: [SetProductGrants.Wish] = [
            .init("lounge", amount: 0), .init("lounge", months: 0), .init("spa"),
        ]
        #expect(
            try await shop.grants("s", wishes, of: "teapot").codes == [
                "PRODUCT_UNKNOWN", "ZERO_VALUE", "ALREADY_DONE", "BAD_TIME", "BENEFIT_UNKNOWN",
            ])
        #expect(try await !shop.grants("t", []).isRefused)
        #expect(try await shop.program.reader.productGrants().map(\.product) == ["kettle"])
    }

    @Test("two servers that follow one registration grant once", arguments: RecordsEngine.here)
    func race(engine: RecordsEngine) async throws {
        let shop = try await Shop(engine)
        _ = try await shop.grants("s", [.init("lounge", amount: 1)])
        let desks = [shop.program.program.desk, shop.program.program.secondDesk]
        func follow(_ id: String, _ serial: Int, _ desk: Int) async throws -> ProgramAnswer {
            let command = FollowProductCode(ProductPlace(batch: 1, serial: serial), code: "C\(serial)")
            while true {
                do throws(Problem) {
                    return try await desks[desk].perform(ProgramRequest(id: id, actor: .server, command: command))
                } catch {
                    guard error.code == .overloaded else { throw error }
                    try await Task.sleep(for: .milliseconds(5))
                }
            }
        }
        for serial in 0 ..< 10 {
            try await shop.register(serial, "ann")
            async let one = follow("a\(serial)", serial, 0)
            async let two = follow("b\(serial)", serial, 1)
            let counts = [try await one, try await two].map { $0.body["granted"]?.arrayValue?.count ?? 0 }
            #expect(counts.reduce(0, +) == 1, "\(serial): \(counts)")
        }
        #expect(try await shop.program.check("ann")?.remaining == 10)
    }

    @Test(
        "E11: one code has one active registrant in the records, whatever was followed when",
        arguments: RecordsEngine.here, 0 ..< 6 as Range<UInt64>)
    func oneRegistrant(engine: RecordsEngine, seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let shop = try await Shop(engine)
        _ = try await shop.grants("s", [.init("lounge", amount: 1)])
        let names = ["ann", "bob", "cy"]
        var holders: [Int: String] = [:]
        for step in 0 ..< 30 {
            shop.program.clock.advance(Int64(1 + random.below(48)) * .microsecondsPerHour)
            let serial = random.below(3)
            let name: String? = random.below(4) == 0 ? nil : names[random.below(3)]
            try await shop.register(serial, name)
            holders[serial] = name
            // What was not followed at once is followed later, in whatever order.
            guard random.below(3) > 0 else { continue }
            for due in try await shop.due().shuffled(using: &random) { _ = try await shop.follow("f\(step)-\(due)", due) }
            for name in names {
                let answer = try await shop.program.check(name)
                let codes = Set((answer?.sources ?? []).map(\.series))
                let wanted = Set(holders.filter { $0.value == name }.map { "C\($0.key)" })
                #expect(codes == wanted, "seed \(seed) step \(step): \(name)")
            }
        }
    }
}
