public import Model

/// What a good analysis of a world must find, counted by the simulation while it ran.
public struct WorldTruth: Sendable {
    /// Figures of the whole: the members of `truth.json`.
    public let totals: JSONValue
    /// One entry for each person that can be told apart by identities, in the order they were first seen.
    public let people: [TruthPerson]

    /// The content of `truth.ndjson`: one person a line.
    public var peopleLines: [UInt8] {
        var out: [UInt8] = []
        for person in people {
            person.json.write(to: &out)
            out.append(UInt8(ascii: "\n"))
        }
        return out
    }
}

/// The truth about one person, as far as identities let anybody know that it is one person.
public struct TruthPerson: Sendable, Hashable {
    /// The human behind: the same for several people who are one human on devices that never signed in.
    public let human: String
    /// The world's word for how this human behaves.
    public let kind: String
    public let identities: [Identity]
    /// `user`, `former_user` or `never` at the end, by the default rule.
    public let use: String
    /// Whether some paid order line of which this person is the payer is unreturned at the end.
    public let isCustomer: Bool
    public let firstSeen: Instant
    public let firstVisit: Instant?
    /// Sessions: more than 30 minutes without an event lie between two of them.
    public let visitCount: Int
    public let eventCount: Int
    /// First paid order of which this person is the payer.
    public let firstOrder: Instant?
    /// Paid orders of which this person is the payer, returned ones included.
    public let orderCount: Int
    /// Sum of their totals in minor units, refunds not taken off.
    public let revenue: Int64
    /// What was given back of it, in minor units.
    public let refunded: Int64
    /// Orders of this person's that were for somebody else.
    public let giftCount: Int

    public var json: JSONValue {
        [
            "human": .string(human), "kind": .string(kind),
            "identities": .array(identities.map { ["type": .string($0.type.text), "value": .string($0.value)] }),
            "use": .string(use), "customer": .bool(isCustomer), "firstSeen": .string(firstSeen.rfc3339),
            "firstVisit": firstVisit.map { .string($0.rfc3339) } ?? .null, "visits": .int(Int64(visitCount)),
            "events": .int(Int64(eventCount)), "firstOrder": firstOrder.map { .string($0.rfc3339) } ?? .null,
            "orders": .int(Int64(orderCount)), "revenue": .int(revenue), "refunded": .int(refunded),
            "gifts": .int(Int64(giftCount)),
        ]
    }
}

/// The four disjoint cells of users and customers.
public struct TruthCells: Sendable, Hashable {
    public var userOnly = 0, customerOnly = 0, both = 0, neither = 0

    public var everybody: Int { userOnly + customerOnly + both + neither }

    mutating func count(isUser: Bool, isCustomer: Bool) {
        switch (isUser, isCustomer) {
        case (true, false): userOnly += 1
        case (false, true): customerOnly += 1
        case (true, true): both += 1
        case (false, false): neither += 1
        }
    }

    var json: JSONValue {
        [
            "everybody": .int(Int64(everybody)), "user_only": .int(Int64(userOnly)), "customer_only": .int(Int64(customerOnly)),
            "both": .int(Int64(both)), "neither": .int(Int64(neither)),
        ]
    }
}
