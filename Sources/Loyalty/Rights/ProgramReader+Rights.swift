import Columns
public import Model
import OrderedCollections
import Records

/// What a person may ask for: everything that the program knows of them.
extension ProgramReader {
    /// Everything about the members whom these identities name, each once: points, orders, coupons, benefits, and what was asked for them.
    ///
    /// - Parameter identities: All of one person.
    public func everything(of identities: [Identity], at now: Instant) async throws(Problem) -> [JSONValue] {
        let program = try await program()
        return try await read { tables throws(Problem) in
            var members: OrderedSet<ProgramMemberID> = []
            for identity in identities {
                if let found = try tables.find(MemberWish(.identity(identity))) { members.append(found.id) }
            }
            return try members.map { id throws(Problem) in try tables.everything(of: id, program, at: now) }
        }
    }
}

extension ProgramTables {
    fileprivate func everything(of id: ProgramMemberID, _ program: Program, at now: Instant) throws(Problem) -> JSONValue {
        var out = JSONMembers()
        guard let member = try member(id) else { return out.json }
        out.put("member", id.text)
        out.put("kind", member.kind.rawValue)
        out.put("state", member.state.rawValue)
        out.put("enrolled_at", member.enrolledAt)
        let identities = try identities(of: id)
        out.put("identities", .array(identities.map { .string($0.typed) }))
        out.put(
            "points",
            .array(try (program.settings?.currencies ?? []).map { currency throws(Problem) in try points(of: id, currency, now) }))
        out.put("adjustments", .array(try adjustments(of: id).map(\.told)))
        out.put("orders", .array(try orders(of: id)))
        out.put(
            "coupons",
            .array(
                try couponDesk(try couponIDs(of: id), for: nil, at: now, program.calendar).checkout.items.map {
                    $0.coupon.told(at: now)
                }))
        var benefits: [JSONValue] = []
        for key in try benefitKeys(of: id) { if let told = try benefit(key, of: id, now) { benefits.append(told) } }
        out.put("benefits", .array(benefits))
        out.put("view_consents", try viewers(of: id).json)
        out.put("commands", .array(try commands(of: id, knownAs: identities).map(\.told)))
        return out.json
    }

    private func points(of id: ProgramMemberID, _ currency: PointCurrency, _ now: Instant) throws(Problem) -> JSONValue {
        let key = PointBookKey(member: id, currency: currency.key)
        var book = try book(key, currency.rules).book
        book.settle(until: now)
        return [
            "currency": .string(currency.key), "balance": book.balance(at: now).json,
            "lots": .array(try lots(of: key, where: "1 = 1 ORDER BY number").map(\.told)),
            "entries": .array(try entries(of: key, where: "1 = 1 ORDER BY position").map(\.told)),
        ]
    }

    private func orders(of id: ProgramMemberID) throws(Problem) -> [JSONValue] {
        try list(
            """
            SELECT o.program, o.order_id, f.event, f.happened_at, f.properties, f.context FROM earning_orders o
                JOIN earning_order_facts f ON f.workspace = o.workspace AND f.program = o.program AND f.order_id = o.order_id
            WHERE o.workspace = ? AND o.member = ? ORDER BY f.happened_at, o.program, o.order_id, f.message_id
            """, values(.integer(id.number))
        ) { reader throws(Problem) in
            let program = try reader.text()
            return [
                "program": program == TakeOrder.noProgram ? .null : .string(program), "order": .string(try reader.text()),
                "event": .string(try reader.text()),
                "at": .string(try reader.instant().rfc3339), "properties": try reader.json(), "context": try reader.json(),
            ]
        }
    }

    /// With all uses, those too that count no more.
    private func benefit(_ key: String, of id: ProgramMemberID, _ now: Instant) throws(Problem) -> JSONValue? {
        guard let benefit = try benefit(key)?.benefit else { return nil }
        let place = BenefitBookKey(member: id, benefit: key)
        let statement = BenefitStatement(of: try book(place, benefit, at: now), at: now)
        let uses = try list(
            "SELECT \(BenefitUseRow.columns) FROM benefit_uses WHERE workspace = ? AND member = ? AND benefit = ? ORDER BY at, id",
            values(of: place), BenefitUseRow.read)
        var gifts: [JSONValue] = []
        for use in uses { if let gift = try gift(use.id) { gifts.append(gift.json) } }
        return statement.json.setting(["uses"], to: .array(uses.map(\.json))).setting(["gifts"], to: .array(gifts))
    }
}
