import Columns
public import Model
import OrderedCollections
public import Records

/// Something that the ledger has booked, as the events hear of it.
///
/// It is written in the transaction that books it, and sent to the events afterwards; its id makes sending it twice harmless.
public struct ProgramFact: Hashable, Sendable {
    public let member: ProgramMemberID
    /// The event's name, one of ``names``.
    public let name: String
    public let at: Instant
    public let properties: JSONValue

    /// Every name of a fact: such events earn nothing.
    public static let names = Set(wordOfKind.values).union(Name.allCases.map(\.rawValue))

    /// Facts that are no matter of points.
    enum Name: String, CaseIterable {
        case couponGranted = "Coupon Granted"
        case couponClaimed = "Coupon Claimed"
        case couponReserved = "Coupon Reserved"
        case couponRevoked = "Coupon Revoked"
        case couponTransferred = "Coupon Transferred"
        case couponReceived = "Coupon Received"
        case couponRedeemed = "Coupon Redeemed"
        case couponReturned = "Coupon Returned"
        case couponEnding = "Coupon Expiring"
        case benefitGranted = "Benefit Granted"
        case benefitEnded = "Benefit Ended"
        case benefitUsed = "Benefit Used"
        case benefitReturned = "Benefit Returned"
        case dormancyNotice = "Points Dormancy Notice"
        case dormancyExtended = "Points Dormancy Extended"
        case dormancyEnded = "Points Dormancy Ended"
        case pointsOffered = "Points Offered"
        case offerDeclined = "Points Offer Declined"
        case planTrialStarted = "Plan Trial Started"
        case planPaid = "Plan Paid"
        case planPeriodStarted = "Plan Period Started"
        case planRenewalNoticed = "Plan Renewal Noticed"
        case planPaymentDue = "Plan Payment Due"
        case planCancellationAsked = "Plan Cancellation Asked"
        case planCancelled = "Plan Cancelled"
        case planExpired = "Plan Expired"
        case planRefunded = "Plan Refunded"
        case planSavingsCredited = "Plan Savings Credited"
        case planGiven = "Plan Given"
        case planGiftAccepted = "Plan Gift Accepted"
        case planGiftDeclined = "Plan Gift Declined"
        case planGiftWithdrawn = "Plan Gift Withdrawn"
        case planGiftExpired = "Plan Gift Expired"
        case productBenefitsGranted = "Product Benefits Granted"
        case productBenefitsEnded = "Product Benefits Ended"
    }

    private static let wordOfKind: [PointEntry.Kind: String] = [
        .earned: "Points Earned", .captured: "Points Spent", .expired: "Points Expired", .returned: "Points Returned",
        .revoked: "Points Taken Back", .cancelled: "Points Cancelled", .moved: "Points Sent", .received: "Points Received",
        .donated: "Points Donated", .reinstated: "Points Reinstated", .adjusted: "Points Adjusted",
        .imported: "Points Imported",
    ]
    /// Those that are told for each source; others are one fact for all lots.
    private static let kindsBySource: Set<PointEntry.Kind> = [.earned, .expired, .revoked, .cancelled]

    /// What is told together.
    private struct Group: Hashable {
        let kind: PointEntry.Kind
        let source: String?
        let at: Instant
    }

    /// The facts of what one command has booked in one book.
    ///
    /// - Parameter kept: The book after the command.
    static func records(
        of entries: [ChainedPointEntry], in kept: PointBook, _ key: PointBookKey
    ) -> [ProgramFactRecord] {
        var groups: OrderedDictionary<Group, (position: Int64, amount: Int64)> = [:]
        for chained in entries where wordOfKind[chained.entry.kind] != nil {
            let entry = chained.entry
            let lot = entry.lot.flatMap { kept.lots[$0] }
            // Points are earned when somebody buys, be it that they are booked much later.
            let at = entry.kind == .earned ? lot?.earnedAt ?? entry.effectiveAt : entry.effectiveAt
            let group = Group(kind: entry.kind, source: kindsBySource.contains(entry.kind) ? lot?.source.id : nil, at: at)
            // What an adjustment takes counts below 0.
            let isTaken = entry.kind == .adjusted && (entry.to == .revoked || entry.to == .issuer)
            let amount = isTaken ? -entry.amount : entry.amount
            let known = groups[group]
            groups[group] = (known?.position ?? chained.position, (known?.amount ?? 0) + amount)
        }
        if groups.isEmpty { return [] }
        let balance = kept.booked.available
        return groups.map { group, booked in
            var fact = JSONObjectText()
            fact.put("event", wordOfKind[group.kind])
            fact.put("at", group.at.rfc3339)
            fact.put("amount", booked.amount)
            fact.put("currency", key.currency)
            fact.put("source", group.source)
            fact.put("balance_after", balance)
            return ProgramFactRecord(
                id: "points-\(key.member.text)-\(key.currency)-\(booked.position)", member: key.member.number,
                fact: fact.text)
        }
    }

    /// Reads a fact that waits.
    ///
    /// - Throws: ``Problem`` with code `damaged`.
    public init(_ record: ProgramFactRecord) throws(Problem) {
        let json = try JSONParser.parse(Array(record.fact.utf8))
        guard let name = json["event"]?.stringValue, let at = json["at"]?.stringValue.flatMap({ Instant(rfc3339: $0) }),
            var members = json.objectValue
        else { throw Problem(.damaged, "The fact \"\(record.id)\" of the program cannot be read any more.", status: 500) }
        members["event"] = nil
        members["at"] = nil
        (self.name, self.at, properties) = (name, at, .object(members))
        member = ProgramMemberID(number: record.member)
    }

    /// The call that tells of it.
    ///
    /// - Parameter identity: One of the member's: more of them would be taken for one person's.
    public func line(id: String, of identity: Identity) -> String {
        var call: OrderedDictionary<String, JSONValue> = [
            "type": "track", "event": .string(name), "messageId": .string(id), "timestamp": .string(at.rfc3339),
            "properties": properties,
        ]
        switch identity.type {
        case .userID: call["userId"] = .string(identity.value)
        case .anonymousID: call["anonymousId"] = .string(identity.value)
        default:
            call["context"] = ["externalIds": [["type": .string(identity.type.text), "id": .string(identity.value)]]]
        }
        return JSONValue.object(call).text + "\n"
    }
}

extension ProgramTables {
    /// Writes a fact that shall be told; one that waits already is the same.
    func insert(_ fact: ProgramFactRecord, at now: Instant) throws(Problem) {
        var rows = RowBatch()
        put(fact, at: now, into: &rows)
        try rows.write(to: connection)
    }
}
