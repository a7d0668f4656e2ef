import Model

extension SpendPoints.Deed {
    /// The number that it is about; nil when it makes something new.
    var number: (kind: PointRefusal.Thing, id: PointID)? {
        switch self {
        case .capture(let id, _), .release(let id): (.hold, id)
        case .giveBack(let id, _): (.spending, id)
        case .activate(let id), .freeze(let id, _): (.lot, id)
        case .burn, .hold, .donate: nil
        }
    }
}

extension SpendPoints {
    /// Does something with what somebody made who was merged since: what comes of it is the heir's.
    func performFormer(
        _ number: PointNumber, _ currency: PointCurrency, in draft: inout ProgramDraft
    ) throws(ProgramFailure) -> [(String, JSONValue)] {
        let key = PointBookKey(member: number.owners[0], currency: currency.key)
        try draft.follow(key)
        // Books of members who became one are booked until now.
        if let effectiveAt {
            let reasons = try draft.reasons(against: effectiveAt, of: currency.key, bookedUntil: draft.now)
            if !reasons.isEmpty { throw .refused(Refusal(reasons)) }
        }
        try draft.load(number, key)
        var done: [(String, JSONValue)]
        switch deed {
        case .activate(let id):
            let waiting = try draft.moved(number, currency).filter { moved in
                moved.key.member == number.owners.last && !moved.lot.isActive && moved.lot.quantities.remaining > 0
            }
            guard !waiting.isEmpty else { throw .refused(PointRefusal.unknown(.lot, id).refusal) }
            for (key, lot) in waiting {
                try draft.change(key) { book, now throws(PointRefusal) in try book.activate(lot.id, at: now) }
            }
            done = [("lot", .int(id.number))]
        case .freeze(let id, let isFrozen):
            for (key, lot) in try draft.moved(number, currency) {
                try draft.follow(key)
                try draft.change(key) { book, now throws(PointRefusal) in try book.freeze(lot.id, isFrozen, now: now) }
            }
            done = [("lot", .int(id.number)), ("frozen", .bool(isFrozen))]
        case .giveBack: done = try draft.takeBack(key, currency, carryOut)
        // Nothing is held when members become one: it says how the hold ended.
        default: done = try draft.change(key, carryOut)
        }
        done.append(("former_member", .string(key.member.text)))
        return done
    }
}
