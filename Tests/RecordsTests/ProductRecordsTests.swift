import Model
import TestSupport
import Testing

@testable import Records

@Suite("Records of product codes") struct ProductRecordsTests {
    private static func batch(_ id: String, _ fixtures: RecordFixtures) -> ProductBatch {
        ProductBatch(
            id: ProductBatchID(text: "bat_\(id)"), workspace: fixtures.workspace.id, name: id, product: "tin",
            reseller: Identity(type: .userID, value: "shop"), orderID: nil, warrantyMonths: 24, count: 10, createdAt: fixtures.now)
    }

    @Test("Batches get the numbers 1, 2, … and are read newest first", arguments: RecordsEngine.here)
    func numbers(on engine: RecordsEngine) async throws {
        let fixtures = try await RecordFixtures(engine)
        try await fixtures.insertAll()
        for id in ["a", "b", "c"] { try await fixtures.store.commit([.insertProductBatch(Self.batch(id, fixtures))]) }
        let batches = try await fixtures.store.productBatches(of: fixtures.workspace.id)
        #expect(batches.map(\.number) == [3, 2, 1])
        #expect(batches.map(\.name) == ["c", "b", "a"])
        #expect(batches[0].reseller == Identity(type: .userID, value: "shop") && batches[0].orderID == nil)
        #expect(batches[0].warrantyMonths == 24 && batches[0].registeredCount == 0)
    }

    @Test("A batch beyond the last number is refused", arguments: RecordsEngine.here)
    func lastNumber(on engine: RecordsEngine) async throws {
        let fixtures = try await RecordFixtures(engine)
        try await fixtures.insertAll()
        try await fixtures.store.commit([.insertProductBatch(Self.batch("a", fixtures))])
        _ = try await fixtures.engine.write { connection throws(Problem) in
            try connection.execute("UPDATE product_batches SET number = ?", [.count(RecordStore.productBatchesMax)])
        }
        let problem = await #expect(throws: Problem.self) {
            try await fixtures.store.commit([.insertProductBatch(Self.batch("b", fixtures))])
        }
        #expect(problem?.code == .tooManyBatches)
    }

    @Test("A code has one open case, whatever comes at the same moment", arguments: RecordsEngine.here)
    func oneOpenCase(on engine: RecordsEngine) async throws {
        let fixtures = try await RecordFixtures(engine)
        try await fixtures.insertAll()
        let place = ProductPlace(batch: 1, serial: 2)
        func opened(_ id: String) -> ProductCase {
            ProductCase(
                id: ProductCaseID(text: "case_\(id)"), workspace: fixtures.workspace.id, place: place,
                holder: Identity(type: .userID, value: "ana"), openedAt: fixtures.now,
                claims: [ProductClaim(who: Identity(type: .email, value: "b@example.com"), claimedAt: fixtures.now)])
        }
        try await fixtures.store.commit([.openProductCase(opened("a"))])
        let problem = await #expect(throws: Problem.self) { try await fixtures.store.commit([.openProductCase(opened("b"))]) }
        #expect(problem?.code == .exists)
        let decision = ProductDecision(.keep, movedTo: nil, by: .admin, at: fixtures.now, reason: "w")
        try await fixtures.store.commit([.closeProductCase(fixtures.workspace.id, opened("a").id, decision)])
        try await fixtures.store.commit([.openProductCase(opened("b"))])
        var closed = opened("a")
        closed.decision = decision
        #expect(try await fixtures.store.productCases(of: place, in: fixtures.workspace.id) == [opened("b"), closed])
        #expect(try await fixtures.store.openProductCaseCount(of: fixtures.workspace.id) == 1)
    }

    @Test("A database of version 2 moves forward and takes product codes", arguments: RecordsEngine.here)
    func fromVersionTwo(on engine: RecordsEngine) async throws {
        let engine = try await engine.openBare()
        try await Schema.migrate(engine, at: .epoch, migrations: Array(Schema.migrations.prefix(2)))
        let fixtures = try await RecordFixtures(over: engine)
        try await fixtures.insertAll()
        try await fixtures.store.commit([.insertProductBatch(Self.batch("a", fixtures))])
        #expect(try await fixtures.store.productBatches(of: fixtures.workspace.id).map(\.number) == [1])
    }
}
