import Model
import TestSupport
import Testing

@testable import Records

@Suite("Records of people who are erased") struct ScrubTests {
    private static let ann = Identity(type: .userID, value: "customer-1")
    private static let kit = Identity(type: .userID, value: "42")

    private static func erasure(_ identities: Set<Identity>, _ fixtures: RecordFixtures) -> PendingErasure {
        PendingErasure(
            workspace: fixtures.workspace.id, id: "e1", person: PersonID(ordinal: 3), actor: .admin, suppresses: true,
            reason: "asked for it", startedAt: fixtures.now, ordinals: [3, 9], identities: identities,
            texts: Set(identities.map(\.value)))
    }

    private static func fixtures(_ engine: RecordsEngine) async throws -> RecordFixtures {
        let fixtures = try await RecordFixtures(engine)
        try await fixtures.insertAll()
        let board = Board(id: BoardID(text: "brd_one"), workspace: fixtures.workspace.id, name: "One", createdAt: fixtures.now)
        try await fixtures.store.commit([.insertBoard(board)])
        return fixtures
    }

    private func texts(_ sql: String, _ fixtures: RecordFixtures) async throws -> [String] {
        try await fixtures.engine.read { connection throws(Problem) in
            try connection.rows(sql, []).map { row in
                row.values.map { value in if case .text(let text) = value { text } else { "-" } }.joined(separator: " ")
            }
        }
    }

    @Test("A card goes when it names them, and stays when it names somebody with a longer id", arguments: RecordsEngine.here)
    func cards(on engine: RecordsEngine) async throws {
        let fixtures = try await Self.fixtures(engine)
        let questions = [
            #"{"where":{"property":"payer","op":"=","value":"customer-1"}}"#,
            #"{"where":{"property":"payer","op":"=","value":"customer-12"}}"#,
            #"{"where":{"property":"payer","op":"=","value":"42"}}"#, #"{"where":{"property":"size","op":"=","value":"42"}}"#,
        ]
        for (number, question) in questions.enumerated() {
            let card = Card(
                id: CardID(text: "card_\(number)"), workspace: fixtures.workspace.id, board: BoardID(text: "brd_one"),
                title: "C\(number)", question: question, page: "ask", position: number, createdAt: fixtures.now)
            try await fixtures.store.commit([.insertCard(card)])
        }
        #expect(try await fixtures.store.scrub(Self.erasure([Self.ann], fixtures)).cardCount == 1)
        #expect(try await texts("SELECT title FROM cards ORDER BY title", fixtures) == ["C1", "C2", "C3"])
        #expect(try await fixtures.store.scrub(Self.erasure([Self.kit], fixtures)).cardCount == 1)
        #expect(try await texts("SELECT title FROM cards ORDER BY title", fixtures) == ["C1", "C3"])
    }

    @Test("Refusals go by what they quote, escaped or not", arguments: RecordsEngine.here)
    func refusals(on engine: RecordsEngine) async throws {
        let fixtures = try await Self.fixtures(engine)
        let payloads = [
            "a": #"{"userId":"customer-1"}"#, "b": #"{"userId":"customer-12"}"#, "c": #"{"url":"x%3Fu%3Dcustomer%2D1"}"#,
            "d": #"{"userId":"42"}"#, "e": #"{"order_id":"42"}"#, "f": #"{"text":"\ncustomer-1"}"#, "g": #"{"cut":"customer-1"#,
        ]
        try await fixtures.store.add(
            payloads.map { id, payload in
                Rejection(
                    workspace: fixtures.workspace.id, source: fixtures.source.id, fingerprint: id, code: "c", reason: "r",
                    pointer: nil,
                    messageID: nil, payload: payload, count: 1, firstAt: fixtures.now, lastAt: fixtures.now)
            })
        #expect(try await fixtures.store.scrub(Self.erasure([Self.ann], fixtures)).rejectionCount == 4)
        #expect(try await texts("SELECT fingerprint FROM rejections ORDER BY fingerprint", fixtures) == ["b", "d", "e"])
        #expect(try await fixtures.store.scrub(Self.erasure([Self.kit], fixtures)).rejectionCount == 1)
        #expect(try await texts("SELECT fingerprint FROM rejections ORDER BY fingerprint", fixtures) == ["b", "e"])
    }

    @Test(
        "Who registers, claims, holds or sells goods is found by the whole identity, however short", arguments: RecordsEngine.here,
        [ann, kit])
    func products(on engine: RecordsEngine, who: Identity) async throws {
        let fixtures = try await Self.fixtures(engine)
        let (workspace, store) = (fixtures.workspace.id, fixtures.store)
        let other = Identity(type: who.type, value: who.value + "2")
        for (number, seller) in [who, other].enumerated() {
            try await store.commit([
                .insertProductBatch(
                    ProductBatch(
                        id: ProductBatchID(text: "bat_\(number)"), workspace: workspace, name: "b\(number)", product: "tin",
                        reseller: seller, orderID: nil, warrantyMonths: nil, count: 10, createdAt: fixtures.now)),
                .setProductRegistration(
                    ProductRegistration(
                        workspace: workspace, place: ProductPlace(batch: 1, serial: number), who: seller, times: 1,
                        registeredAt: fixtures.now, warrantyUntil: nil)),
                .countProductRegistrations(workspace, batch: 1, by: 1),
                .blockProductCode(
                    ProductBlock(
                        workspace: workspace, place: ProductPlace(batch: 1, serial: number), at: fixtures.now, by: .admin,
                        reason: "by \(seller.typed)")),
                .openProductCase(
                    ProductCase(
                        id: ProductCaseID(text: "case_\(number)"), workspace: workspace,
                        place: ProductPlace(batch: 1, serial: number),
                        holder: seller, openedAt: fixtures.now, claims: [ProductClaim(who: seller, claimedAt: fixtures.now)])),
                .closeProductCase(
                    workspace, ProductCaseID(text: "case_\(number)"),
                    ProductDecision(.move, movedTo: seller, by: .admin, at: fixtures.now, reason: "for \(seller.value)")),
                .queueProductCalls(
                    ProductCalls(
                        id: "out_\(number)", workspace: workspace, source: fixtures.source.id,
                        lines: "{\"userId\":\"\(seller.value)\"}\n",
                        createdAt: fixtures.now)),
            ])
        }
        let erasure = Self.erasure([who], fixtures)
        let before = try await store.places(of: [who], texts: [who.value], in: workspace)
        #expect(
            Set(before).isSuperset(of: [
                "product_batches.reseller", "product_registrations.who", "product_claims.who", "product_cases.holder",
                "product_cases.moved_to", "product_calls.lines", "product_code_blocks.reason",
            ]), "\(before)")
        #expect(try await store.scrub(erasure).registrationCount == 1)
        #expect(try await store.places(of: [who], texts: [who.value], in: workspace).isEmpty)
        #expect(try await texts("SELECT reseller FROM product_batches ORDER BY name", fixtures) == ["-", other.value])
        #expect(try await texts("SELECT who FROM product_registrations ORDER BY serial", fixtures) == ["-", other.value])
        #expect(try await texts("SELECT who FROM product_claims", fixtures) == [other.value])
        #expect(try await texts("SELECT id FROM product_calls", fixtures) == ["out_1"])
        #expect(
            try await texts("SELECT holder_type, holder, moved_to FROM product_cases ORDER BY id", fixtures)
                == ["erased  -", "user_id \(other.value) \(other.value)"])
        let first = try #require(try await store.productBatches(of: workspace).last)
        #expect(first.registeredCount == 1)
        #expect(try await store.scrub(erasure) == RecordStore.Scrubbed())
    }

    @Test("Counts of deleted events are kept under a name that holds nobody", arguments: RecordsEngine.here)
    func counts(on engine: RecordsEngine) async throws {
        let fixtures = try await Self.fixtures(engine)
        let workspace = fixtures.workspace.id
        try await fixtures.store.commit([
            .countRetained(workspace, event: "Called customer-1", count: 2, at: fixtures.now),
            .countRetained(workspace, event: "Called customer-12", count: 5, at: fixtures.now),
            .countRetained(workspace, event: "Called (erased)", count: 1, at: fixtures.now),
        ])
        _ = try await fixtures.store.scrub(Self.erasure([Self.ann], fixtures))
        #expect(
            try await texts("SELECT event FROM retention_counts WHERE deleted IN (3, 5) ORDER BY deleted", fixtures)
                == ["Called (erased)", "Called customer-12"])
    }

    @Test("Another workspace, other letters and many identities", arguments: RecordsEngine.here)
    func many(on engine: RecordsEngine) async throws {
        let fixtures = try await Self.fixtures(engine)
        let payloads = (0 ..< 90).map { #"{"userId":"KÄUFER-NR-\#($0)-x"}"# }
        try await fixtures.store.add(
            payloads.enumerated().map { number, payload in
                Rejection(
                    workspace: fixtures.workspace.id, source: fixtures.source.id, fingerprint: "f\(number)", code: "c", reason: "r",
                    pointer: nil, messageID: nil, payload: payload, count: 1, firstAt: fixtures.now, lastAt: fixtures.now)
            })
        let identities = Set((0 ..< 90).map { Identity(type: .userID, value: "kÄufer-nr-\($0)-x") })
        var elsewhere = Self.erasure(identities, fixtures)
        elsewhere = PendingErasure(
            workspace: WorkspaceID(text: "ws_two"), id: "e2", person: nil, actor: .admin, suppresses: false, reason: "",
            startedAt: fixtures.now, ordinals: [], identities: identities, texts: elsewhere.texts)
        #expect(try await fixtures.store.scrub(elsewhere).rejectionCount == 0)
        #expect(try await fixtures.store.scrub(Self.erasure(identities, fixtures)).rejectionCount == 90)
    }

    @Test("A reason in the audit that names them is blacked out, and the chain stays whole", arguments: RecordsEngine.here)
    func reasons(on engine: RecordsEngine) async throws {
        let fixtures = try await Self.fixtures(engine)
        let workspace = fixtures.workspace.id
        func entry(_ reason: String?) -> AuditEntry {
            var entry = AuditEntry(
                workspace: workspace, at: fixtures.now, actor: .admin, action: "profile.viewed", target: "", detail: "d")
            entry.reason = reason
            return entry
        }
        let reasons = ["a call of customer-1", "a call of customer-12", nil]
        try await fixtures.store.commit(reasons.map { .audit(entry($0)) })
        _ = try await fixtures.store.scrub(Self.erasure([Self.ann], fixtures))
        let kept = try await fixtures.store.audit(workspace: workspace, AuditQuery(), limit: 9).map(\.entry.reason)
        #expect(kept == [nil, "a call of customer-12", "(erased)"])
        #expect(try await fixtures.store.places(of: [Self.ann], texts: ["customer-1"], in: workspace).isEmpty)
        #expect(try await fixtures.store.checkAudit(of: workspace).firstBroken == nil)
        for (sql, number) in [
            ("UPDATE audit_chain SET reason = '(erased)' WHERE number = 2", 2),
            ("UPDATE audit_chain SET reason = 'x' WHERE number = 1", 1),
            ("UPDATE audit_reasons SET digest = 'x' WHERE number = 1", 1), ("DELETE FROM audit_reasons WHERE number = 1", 1),
        ] {
            _ = try await fixtures.engine.write { connection throws(Problem) in try connection.execute(sql, []) }
            #expect(try await fixtures.store.checkAudit(of: workspace).firstBroken == Int64(number), "\(sql)")
        }
    }

    @Test("An erasure is noted whole, grows, and is gone with its end, which the audit tells once", arguments: RecordsEngine.here)
    func notes(on engine: RecordsEngine) async throws {
        let fixtures = try await Self.fixtures(engine)
        var erasure = Self.erasure([Self.ann], fixtures)
        try await fixtures.store.commit([.noteErasure(erasure)])
        #expect(try await fixtures.store.erasures() == [erasure])
        erasure.identities.insert(Self.kit)
        erasure.texts.insert("0151 2345")
        erasure.ordinals = [3]
        try await fixtures.store.commit([.noteErasure(erasure)])
        #expect(try await fixtures.store.erasures() == [erasure])
        let workspace = fixtures.workspace.id
        #expect(try await fixtures.store.places(of: [Self.kit], texts: ["42"], in: workspace) == ["erasure_traces.value"])
        let entry = AuditEntry(
            workspace: workspace, at: fixtures.now, actor: .admin, action: "person.erased", target: "", detail: "0 calls")
        _ = try await fixtures.store.complete(erasure, entry)
        #expect(try await fixtures.store.erasures().isEmpty)
        #expect(try await fixtures.store.audit(workspace: workspace, AuditQuery(), limit: 9).map(\.entry) == [entry])
        #expect(try await fixtures.store.places(of: [Self.ann, Self.kit], texts: erasure.texts, in: workspace).isEmpty)
    }
}
