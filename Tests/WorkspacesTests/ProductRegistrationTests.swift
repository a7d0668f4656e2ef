import EventStore
import Foundation
import Intake
import Model
import People
import Records
import Testing

@testable import Workspaces

/// A shop that sells goods with codes on them.
private struct Shop {
    let fixtures: DirectoryFixtures
    let workspace: WorkspaceID
    let batch: ProductBatchID
    let codes: [String]
    static let actor = Actor.key(KeyID(text: "key_a"))

    init(
        _ fixtures: DirectoryFixtures, count: Int = 8, reseller: String? = nil, orderID: String? = nil, warrantyMonths: Int? = nil
    ) async throws {
        self.fixtures = fixtures
        workspace = try await fixtures.create().workspace.id
        let wish = NewProductBatch(
            name: "Spring", product: "tin-50g", reseller: reseller, orderID: orderID, warrantyMonths: warrantyMonths, count: count)
        batch = try await fixtures.directory.createProductBatch(wish, in: workspace, by: Self.actor).id
        var list = try await fixtures.directory.productCodes(of: batch, in: workspace)
        var text = ""
        while let piece = list.piece() { text += String(decoding: piece, as: UTF8.self) }
        codes = text.split(separator: "\r\n").dropFirst().map { String($0.prefix(14)) }
    }

    func register(_ who: String, _ code: String, address: String = "192.0.2.1") async throws -> ProductAnswer {
        try await fixtures.directory.registerProduct(
            ProductWish(who: who, code: code, address: address), in: workspace, by: Self.actor)
    }

    var open: OpenWorkspace { get async throws { try await fixtures.directory.workspace(workspace) } }

    /// Every call of the event store.
    static func calls(_ open: OpenWorkspace) -> [Call] {
        open.store.snapshot().parts.flatMap { part in (0 ..< part.rowCount).map { part.call(at: $0) } }
    }

    func events() async throws -> [Call] { Self.calls(try await open).filter { $0.event == "Product Registered" } }

    /// What somebody is to others, by identity: `reseller > user_id:ana`.
    func ties(of who: String) async throws -> Set<String> {
        try await open.look { view throws(Problem) in
            guard let person = view.person(of: try view.identity(named: who)) else { return [] }
            return Set(
                view.relationships(of: person).filter { $0.holder == person }.map { tie in
                    guard case .person(let other) = tie.to else { return "\(tie.role.rawValue) > account" }
                    return "\(tie.role.rawValue) > \(view.callIdentity(of: other)?.text ?? "")"
                })
        }
    }

    func person(_ type: IdentityType, _ value: String) async throws -> PersonID? {
        try await open.look { view in view.person(of: Identity(type: type, value: value)) }
    }
}

@Suite("Registering product codes") struct ProductRegistrationTests {
    @Test("A blocked code is nobody's and cannot be registered until it is unblocked; no case gives it away")
    func blocks() async throws {
        let shop = try await Shop(DirectoryFixtures())
        let (directory, workspace, code) = (shop.fixtures.directory, shop.workspace, shop.codes[0])
        func problem(_ body: () async throws -> Void) async -> Problem? {
            do { try await body() } catch { return error as? Problem }
            return nil
        }
        _ = try await shop.register("user_id:ana", code)
        guard case .contested(let dispute, _) = try await shop.register("user_id:ben", code) else {
            Issue.record("not contested")
            return
        }
        let why = await problem { try await directory.blockProduct(code, why: " ", in: workspace, by: Shop.actor) }
        #expect(why?.place == "/why")
        let blocked = try await directory.blockProduct(code.lowercased(), why: "copied", in: workspace, by: Shop.actor)
        #expect(blocked.registration == nil && blocked.block?.reason == "copied" && blocked.block?.by == Shop.actor)
        #expect(try await directory.productBatches(of: workspace).first?.registeredCount == 0)
        for who in ["user_id:ana", "user_id:cai"] {
            let refused = await problem { _ = try await shop.register(who, code) }
            #expect(refused?.code == .codeBlocked && refused?.status == 422)
        }
        #expect(directory.productCounts.map(\.blocked) == [2])
        let twice = await problem { try await directory.blockProduct(code, why: "copied", in: workspace, by: Shop.actor) }
        #expect(twice?.code == .codeBlocked && twice?.status == 409)
        let given = await problem {
            try await directory.resolveProductCase(dispute.id, .move, why: "receipt", in: workspace, by: Shop.actor)
        }
        #expect(given?.code == .codeBlocked && given?.status == 409)
        try await directory.resolveProductCase(dispute.id, .neither, why: "copied", in: workspace, by: Shop.actor)
        #expect(try await directory.productBatches(of: workspace).first?.registeredCount == 0, "taken back once")
        #expect(try await directory.unblockProduct(code, in: workspace, by: Shop.actor).block == nil)
        let free = await problem { try await directory.unblockProduct(code, in: workspace, by: Shop.actor) }
        #expect(free?.code == .codeNotBlocked)
        guard case .registered(let product) = try await shop.register("user_id:cai", code) else {
            Issue.record("not registered")
            return
        }
        #expect(product.registration.times == 2)
        let actions = try await directory.records.audit(workspace: workspace, AuditQuery(), limit: 99).map(\.entry.action)
        #expect(Set(actions).isSuperset(of: ["product_code.blocked", "product_code.unblocked"]))
    }

    @Test("The first has the code, with an event and an identity; asking again answers the same and sends nothing")
    func registers() async throws {
        let shop = try await Shop(DirectoryFixtures(), warrantyMonths: 24)
        guard case .registered(let product) = try await shop.register("user_id:ana", shop.codes[0].lowercased()) else {
            Issue.record("not registered")
            return
        }
        #expect(product.code.text == shop.codes[0])
        #expect(product.registration.warrantyUntil?.text == "2028-01-01")
        shop.fixtures.clock.advance(seconds: 60)
        #expect(try await shop.register("user_id:ana", shop.codes[0]) == .known(product))
        let events = try await shop.events()
        #expect(events.count == 1)
        #expect(events[0].userID == "ana" && events[0].source.text == "key_a")
        #expect(events[0].properties["product_code"]?.stringValue == shop.codes[0])
        #expect(events[0].properties["warranty_until"] == "2028-01-01")
        #expect(events[0].messageID == "product-registered-\(shop.codes[0])-1")
        #expect(try await shop.person(.productCode, shop.codes[0]) == shop.person(.userID, "ana"))
        let batches = try await shop.fixtures.directory.productBatches(of: shop.workspace)
        #expect(batches.map(\.registeredCount) == [1])
        await shop.fixtures.directory.close()
    }

    @Test("Somebody without a user id registers, and is the same person under a user id later")
    func byEmail() async throws {
        let shop = try await Shop(DirectoryFixtures())
        _ = try await shop.register("email: Ana@Example.com ", shop.codes[0])
        guard case .known = try await shop.register("email:ana@example.com", shop.codes[0]) else {
            Issue.record("an address is compared in its own form")
            return
        }
        let open = try await shop.open
        _ = try await open.intake.take(
            Array(#"{"userId":"ana","traits":{"email":"ana@example.com"}}"#.utf8), shape: .single(.identify),
            source: .init(id: SourceID(text: "src_a"), isTrusted: true))
        guard case .known = try await shop.register("user_id:ana", shop.codes[0]) else {
            Issue.record("the same person under another identity")
            return
        }
        #expect(try await shop.fixtures.directory.openProductCaseCount(of: shop.workspace) == 0)
        let id = try #require(try await shop.person(.userID, "ana"))
        guard case .registered = try await shop.register(id.text, shop.codes[1]) else {
            Issue.record("a person is known by their id")
            return
        }
        #expect(try await shop.person(.productCode, shop.codes[1]) == id)
        await shop.fixtures.directory.close()
    }

    @Test("Fifty people at the same moment: one has the code, and one case holds the claims of the others")
    func concurrent() async throws {
        let shop = try await Shop(DirectoryFixtures())
        let answers = try await withThrowingTaskGroup(of: ProductAnswer.self) { group in
            for number in 0 ..< 50 {
                group.addTask { try await shop.register("user_id:u\(number)", shop.codes[0], address: "192.0.2.\(number)") }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.filter { if case .registered = $0 { true } else { false } }.count == 1)
        let disputes = answers.compactMap { answer -> ProductCaseID? in
            if case .contested(let dispute, _) = answer { dispute.id } else { nil }
        }
        #expect(disputes.count == 49 && Set(disputes).count == 1)
        let cases = try await shop.fixtures.directory.productCases(of: shop.workspace, .open, limit: 9)
        #expect(cases.map(\.dispute.claims.count) == [49])
        #expect(Set(cases[0].dispute.claims.map(\.who) + [cases[0].dispute.holder]).count == 50)
        #expect(try await shop.events().count == 1)
        await shop.fixtures.directory.close()
    }

    @Test("Thousands of codes at the same moment are registered once each")
    func load() async throws {
        let count = 4_000
        let shop = try await Shop(DirectoryFixtures(), count: count, reseller: "user_id:shop")
        try await withThrowingTaskGroup(of: ProductAnswer.self) { group in
            for number in 0 ..< count * 2 {
                group.addTask { try await shop.register("user_id:u\(number % count)", shop.codes[number % count]) }
            }
            var outcomes: [String: Int] = [:]
            for try await answer in group {
                switch answer {
                case .registered: outcomes["registered", default: 0] += 1
                case .known: outcomes["known", default: 0] += 1
                case .contested: outcomes["contested", default: 0] += 1
                }
            }
            #expect(outcomes == ["registered": count, "known": count])
        }
        #expect(Set(try await shop.events().map(\.messageID)).count == count)
        #expect(try await shop.events().count == count)
        #expect(try await shop.fixtures.directory.productBatches(of: shop.workspace).map(\.registeredCount) == [count])
        #expect(try await shop.ties(of: "user_id:shop").count == count)
        await shop.fixtures.directory.close()
    }

    @Test("Reseller and buyer are tied to whoever registers, once for all codes of theirs, and not to themselves")
    func ties() async throws {
        let shop = try await Shop(DirectoryFixtures(), reseller: "user_id:shop", orderID: "o-1")
        let order = #"{"userId":"gran","event":"Order Completed","properties":{"order_id":"o-1","total":20,"currency":"CNY"}}"#
        _ = try await shop.open.intake.take(
            Array(order.utf8), shape: .single(.track), source: .init(id: SourceID(text: "src_a"), isTrusted: true))
        for code in shop.codes.prefix(2) { _ = try await shop.register("user_id:ana", code) }
        _ = try await shop.register("user_id:gran", shop.codes[2])
        _ = try await shop.register("user_id:shop", shop.codes[3])
        #expect(
            try await shop.ties(of: "user_id:shop") == [
                "reseller > user_id:ana", "reseller > user_id:gran", "beneficiary > user_id:gran",
            ])
        #expect(try await shop.ties(of: "user_id:gran") == ["payer > user_id:ana", "payer > user_id:shop"])
        #expect(try await shop.ties(of: "user_id:ana") == ["beneficiary > user_id:gran"])
        #expect(Shop.calls(try await shop.open).filter { $0.type == .declare }.count == 2 + 2 + 2)
        await shop.fixtures.directory.close()
    }
}

@Suite("Cases about product codes") struct ProductCaseTests {
    private static func contested() async throws -> (Shop, ProductCaseID) {
        let shop = try await Shop(DirectoryFixtures(), reseller: "user_id:shop", warrantyMonths: 12)
        _ = try await shop.register("user_id:ana", shop.codes[0])
        shop.fixtures.clock.advance(seconds: 86_400)
        guard case .contested(let dispute, _) = try await shop.register("user_id:ben", shop.codes[0]) else {
            throw Problem(.notFound, "no case")
        }
        shop.fixtures.clock.advance(seconds: 86_400)
        guard case .contested(let again, _) = try await shop.register("user_id:ben", shop.codes[0]) else {
            throw Problem(.notFound, "no case")
        }
        #expect(again.id == dispute.id && again.claims.map(\.count) == [2])
        return (shop, dispute.id)
    }

    @Test("The first keeps the code: the case is closed, and the next claim opens another")
    func keeps() async throws {
        let (shop, id) = try await Self.contested()
        let decided = try await shop.fixtures.directory.resolveProductCase(
            id, .keep, why: "receipt seen", in: shop.workspace, by: Shop.actor)
        #expect(decided.dispute.decision?.reason == "receipt seen" && decided.dispute.decision?.by == Shop.actor)
        let problem = await #expect(throws: Problem.self) {
            try await shop.fixtures.directory.resolveProductCase(id, .move, why: "no", in: shop.workspace, by: Shop.actor)
        }
        #expect(problem?.code == .caseClosed)
        guard case .contested(let next, _) = try await shop.register("user_id:ben", shop.codes[0]) else {
            Issue.record("a claim never fails in silence")
            return
        }
        #expect(next.id != id)
        let directory = shop.fixtures.directory
        #expect(try await directory.productCases(of: shop.workspace, .closed, limit: 9).map(\.dispute.id) == [id])
        #expect(try await directory.productCases(of: shop.workspace, nil, limit: 9).map(\.dispute.id) == [next.id, id])
        let cursor = ProductCaseCursor(openedAt: next.openedAt, id: next.id)
        #expect(try await directory.productCases(of: shop.workspace, nil, after: cursor, limit: 9).map(\.dispute.id) == [id])
        let audit = try await directory.audit(of: shop.workspace)
        #expect(audit.prefix(2).map(\.action) == ["product_case.resolved", "product_batch.created"])
        await directory.close()
    }

    @Test("The code moves: event, identity, warranty and reseller are the second person's, and the first has none of them")
    func moves() async throws {
        let (shop, id) = try await Self.contested()
        try await shop.fixtures.directory.resolveProductCase(id, .move, why: "bought it", in: shop.workspace, by: Shop.actor)
        let found = try await shop.fixtures.directory.product(shop.codes[0], in: shop.workspace)
        #expect(found.registration?.who?.value == "ben" && found.registration?.times == 2)
        #expect(found.registration?.warrantyUntil?.text == "2027-01-02", "a year from the day of the claim")
        #expect(found.cases.map(\.decision?.movedTo?.value) == ["ben"])
        #expect(try await shop.person(.productCode, shop.codes[0]) == shop.person(.userID, "ben"))
        #expect(try await shop.person(.userID, "ana") != shop.person(.userID, "ben"))
        #expect(try await shop.ties(of: "user_id:shop") == ["reseller > user_id:ben"])
        #expect(try await shop.events().map(\.userID) == ["ana", "ben"])
        let batches = try await shop.fixtures.directory.productBatches(of: shop.workspace)
        #expect(batches.map(\.registeredCount) == [1])
        guard case .contested(let back, _) = try await shop.register("user_id:ana", shop.codes[0]) else {
            Issue.record("a case")
            return
        }
        try await shop.fixtures.directory.resolveProductCase(back.id, .move, why: "was hers", in: shop.workspace, by: Shop.actor)
        #expect(try await shop.person(.productCode, shop.codes[0]) == shop.person(.userID, "ana"))
        #expect(try await shop.ties(of: "user_id:shop") == ["reseller > user_id:ana"])
        await shop.fixtures.directory.close()
    }

    @Test("Neither has it: the code is free, and whoever registers it next has it")
    func neither() async throws {
        let (shop, id) = try await Self.contested()
        try await shop.fixtures.directory.resolveProductCase(id, .neither, why: "a photo", in: shop.workspace, by: Shop.actor)
        #expect(try await shop.fixtures.directory.product(shop.codes[0], in: shop.workspace).registration == nil)
        #expect(try await shop.fixtures.directory.productBatches(of: shop.workspace).map(\.registeredCount) == [0])
        #expect(try await shop.person(.productCode, shop.codes[0]) != shop.person(.userID, "ana"))
        #expect(try await shop.ties(of: "user_id:shop") == [])
        guard case .registered = try await shop.register("user_id:cai", shop.codes[0]) else {
            Issue.record("it is free")
            return
        }
        #expect(try await shop.person(.productCode, shop.codes[0]) == shop.person(.userID, "cai"))
        await shop.fixtures.directory.close()
    }

    @Test("With several claims it is said who gets the code, and only one of those who claim it")
    func severalClaims() async throws {
        let (shop, id) = try await Self.contested()
        _ = try await shop.register("user_id:cai", shop.codes[0])
        for wish in [nil, "user_id:ana", "user_id:dee"] {
            let problem = await #expect(throws: Problem.self) {
                try await shop.fixtures.directory.resolveProductCase(
                    id, .move, movedTo: wish, why: "w", in: shop.workspace, by: Shop.actor)
            }
            #expect(problem?.code == .badResolution)
        }
        try await shop.fixtures.directory.resolveProductCase(
            id, .move, movedTo: "user_id:cai", why: "w", in: shop.workspace, by: Shop.actor)
        #expect(try await shop.person(.productCode, shop.codes[0]) == shop.person(.userID, "cai"))
        await shop.fixtures.directory.close()
    }
}

@Suite("Wrong product codes") struct ProductThrottleTests {
    private static let wrong = "0000-0000-0000"

    @Test("A person waits after some wrong codes, even for a right one, from any address; others do not")
    func person() async throws {
        let shop = try await Shop(DirectoryFixtures())
        var codes: [Problem.Code?] = []
        for number in 0 ..< 7 {
            let problem = await #expect(throws: Problem.self) {
                try await shop.register("user_id:eve", Self.wrong, address: "192.0.2.\(number)")
            }
            codes.append(problem?.code)
        }
        #expect(codes.prefix(6).allSatisfy { $0 == .unknownProduct } && codes.last == .tooManyAttempts)
        let problem = await #expect(throws: Problem.self) {
            try await shop.register("user_id:eve", shop.codes[0], address: "198.51.100.1")
        }
        #expect(problem?.status == 429 && problem?.retryAfterSeconds ?? 0 > 0)
        guard case .registered = try await shop.register("user_id:ana", shop.codes[0]) else {
            Issue.record("others register")
            return
        }
        shop.fixtures.clock.advance(seconds: 3)
        guard case .registered = try await shop.register("user_id:eve", shop.codes[1]) else {
            Issue.record("after the wait")
            return
        }
        let counts = shop.fixtures.directory.productCounts
        #expect(counts.map(\.wrong) == [6] && counts.map(\.throttled) == [2] && counts.map(\.registered) == [2])
        await shop.fixtures.directory.close()
    }

    @Test("An address waits after many wrong codes of different people, and after a restart")
    func address() async throws {
        let shop = try await Shop(DirectoryFixtures())
        for number in 0 ..< 31 {
            await #expect(throws: Problem.self) { try await shop.register("user_id:e\(number)", Self.wrong) }
        }
        let again = try await shop.fixtures.reopened()
        let problem = await #expect(throws: Problem.self) {
            try await again.directory.registerProduct(
                ProductWish(who: "user_id:ana", code: shop.codes[0], address: "192.0.2.1"), in: shop.workspace, by: Shop.actor)
        }
        #expect(problem?.code == .tooManyAttempts)
        await again.directory.close()
    }

    @Test("Many wrong codes at the same moment gain nothing")
    func atOnce() async throws {
        let shop = try await Shop(DirectoryFixtures())
        let codes = await withTaskGroup(of: Problem.Code?.self) { group in
            for _ in 0 ..< 100 {
                group.addTask {
                    do { _ = try await shop.register("user_id:eve", Self.wrong) } catch let problem as Problem {
                        return problem.code
                    } catch {
                        return nil
                    }
                    return nil
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(codes.filter { $0 == .unknownProduct }.count == 6)
        #expect(codes.filter { $0 == .tooManyAttempts }.count == 94)
        await shop.fixtures.directory.close()
    }
}

@Suite("Product codes after a crash") struct ProductCrashTests {
    /// A copy of the folder as a crash at this moment leaves it.
    private static func copy(_ files: TemporaryDataFolder, withEvents: Bool) throws -> TemporaryDataFolder {
        let copy = TemporaryDataFolder()
        try FileManager.default.copyItem(atPath: files.path, toPath: copy.path)
        if !withEvents { try FileManager.default.removeItem(atPath: copy.path + "/workspaces") }
        return copy
    }

    @Test("Between the records and the event: the event is sent after the next start, once", arguments: [false, true])
    func resends(withEvents: Bool) async throws {
        let shop = try await Shop(DirectoryFixtures(), reseller: "user_id:shop")
        for (who, code) in zip(["ana", "ben"], shop.codes) { _ = try await shop.register("user_id:\(who)", code) }
        let files = try Self.copy(shop.fixtures.files, withEvents: withEvents)
        await shop.fixtures.directory.close()
        let again = try await DirectoryFixtures(files: files, clock: shop.fixtures.clock)
        #expect(await again.directory.recallProductCalls())
        await again.directory.sendProductCalls()
        await again.directory.sendProductCalls()
        let open = try await again.directory.workspace(shop.workspace)
        let calls = Shop.calls(open)
        // Calls of the first registration were sent and forgotten in the transaction of the second one.
        let expected = withEvents ? ["ana", "ben"] : ["ben"]
        #expect(calls.filter { $0.event == "Product Registered" }.compactMap(\.userID).sorted() == expected)
        #expect(calls.filter { $0.type == .declare }.count == expected.count)
        #expect(try await again.directory.records.productCalls().isEmpty)
        let answer = try await again.directory.registerProduct(
            ProductWish(who: "user_id:ben", code: shop.codes[1], address: "a"), in: shop.workspace, by: Shop.actor)
        guard case .known = answer else {
            Issue.record("the registration holds")
            return
        }
        #expect(Shop.calls(open).count == calls.count)
        await again.directory.close()
    }
}

@Suite("Batches of product codes") struct ProductBatchTests {
    @Test(
        "What cannot be is refused with its place",
        arguments: [
            (NewProductBatch(name: "", product: "p", count: 1), "/name"),
            (NewProductBatch(name: "n", product: "\u{0}", count: 1), "/product"),
            (NewProductBatch(name: "n", product: "p", count: 0), "/count"),
            (NewProductBatch(name: "n", product: "p", count: 1_000_001), "/count"),
            (NewProductBatch(name: "n", product: "p", warrantyMonths: 0, count: 1), "/warranty_months"),
            (NewProductBatch(name: "n", product: "p", reseller: "shop", count: 1), "/reseller"),
            (NewProductBatch(name: "n", product: "p", reseller: "user_id:null", count: 1), "/reseller"),
            (NewProductBatch(name: "n", product: "p", reseller: "product_code:a", count: 1), "/reseller"),
        ])
    func refuses(wish: NewProductBatch, place: String) async throws {
        let fixtures = try await DirectoryFixtures()
        let workspace = try await fixtures.create().workspace.id
        let problem = await #expect(throws: Problem.self) {
            try await fixtures.directory.createProductBatch(wish, in: workspace, by: .commandLine)
        }
        #expect(problem?.place == place && problem?.status == 400)
        await fixtures.directory.close()
    }

    @Test("A workspace's codes say nothing in another, and codes beyond a batch's number say nothing")
    func borders() async throws {
        let shop = try await Shop(DirectoryFixtures())
        let other = try await Shop(shop.fixtures)
        for code in [other.codes[0]] {
            let problem = await #expect(throws: Problem.self) { try await shop.register("user_id:ana", code) }
            #expect(problem?.code == .unknownProduct)
        }
        let secret = try await shop.fixtures.directory.records.secret("product-codes:\(shop.workspace.text)", fresh: [])
        let cipher = ProductCodeCipher(secret: secret)
        #expect(cipher.place(typed: shop.codes[7]) == ProductPlace(batch: 1, serial: 7))
        for place in [ProductPlace(batch: 1, serial: 8), ProductPlace(batch: 2, serial: 0)] {
            let code = cipher.code(place).text
            let problem = await #expect(throws: Problem.self) { try await shop.register("user_id:ana", code) }
            #expect(problem?.code == .unknownProduct)
        }
        for who in [
            "ana", "user_id:", "user_id:null", "email:nobody", ":a", "p_7", "user_id:\(String(repeating: "x", count: 600))",
        ] {
            await #expect(throws: Problem.self, "\(who)") { try await shop.register(who, shop.codes[0]) }
        }
        await shop.fixtures.directory.close()
    }
}
