public import Model

// The people as JSON of the query API. Instants are RFC 3339 in UTC, amounts decimal text with their currency, absent things null.

extension JSONValue {
    static func instant(_ value: Instant?) -> JSONValue { value.map { .string($0.rfc3339) } ?? .null }

    static func amount(_ value: Money) -> JSONValue {
        ["amount": .string(value.decimalText), "currency": .string(value.currency.code)]
    }

    static func amounts(_ values: [Money]) -> JSONValue { .array(values.map { amount($0) }) }

    static func count(_ value: Int) -> JSONValue { .int(Int64(value)) }

    static func identity(_ value: Identity) -> JSONValue { ["type": .string(value.type.text), "value": .string(value.value)] }

    static func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
}

extension Overview {
    /// This overview for the query API.
    public var json: JSONValue {
        [
            "at": .instant(at), "everybody": .count(everybody), "user_only": .count(userOnly),
            "customer_only": .count(customerOnly),
            "both": .count(both), "neither": .count(neither), "users": .count(users), "customers": .count(customers),
            "former_users": .count(formerUsers), "new_this_week": .count(newThisWeek), "active_today": .count(activeToday),
            "active_last_7_days": .count(activeLast7Days), "active_last_30_days": .count(activeLast30Days),
            "orders": .count(orders),
            "orders_of_unknown_payers": .count(ordersOfUnknownPayers), "revenue": .amounts(revenue), "refunds": .amounts(refunds),
            "conversion": conversion.json,
        ]
    }
}

extension Conversion {
    var json: JSONValue {
        [
            "customers": .count(customers), "after_visits": .count(afterVisits), "without_visits": .count(withoutVisits),
            "median_days": medianDays.map { .double($0) } ?? .null, "within_1_day": .count(within1Day),
            "within_7_days": .count(within7Days), "within_30_days": .count(within30Days), "later": .count(later),
            "users_ever": .count(usersEver), "users_who_pay": .count(usersWhoPay), "users_first": .count(usersFirst),
            "user_to_customer": userToCustomer.map { .double($0) } ?? .null,
        ]
    }
}

extension PeoplePage {
    /// This page for the query API.
    public var json: JSONValue {
        ["people": .array(rows.map(\.json)), "next": .text(next), "total": total.map { .count($0) } ?? .null]
    }
}

extension PersonRow {
    var json: JSONValue {
        [
            "id": .string(person.text), "name": .string(name), "identities": .array(identities.map { .identity($0) }),
            "identity_count": .count(identityCount), "cell": .string(cell.rawValue), "former_user": .bool(isFormerUser),
            "first_seen": .instant(firstSeen), "last_seen": .instant(lastSeen), "events": .count(eventCount),
            "orders": .count(orders),
            "revenue": .amounts(revenue),
        ]
    }
}

extension Profile {
    /// This portrait for the query API.
    public var json: JSONValue {
        [
            "id": .string(person.text), "name": .string(name), "cell": .string(cell.rawValue),
            "identities": .array(identities.map(\.json)), "kept_apart": .array(refusals.map(\.json)),
            "roles": .array(roles.map(\.json)),
            "traits": traitsObject, "trait_evidence": .array(traits.map(\.json)), "value": value.json,
            "first_seen": .instant(firstSeen),
            "last_seen": .instant(lastSeen), "events": .count(eventCount), "visits": .count(visitCount),
            "weeks": .array(
                weeks.map { ["week": .string($0.monday.text), "events": .count($0.events), "visits": .count($0.visits)] }),
            "accounts": .array(accounts.map { ["id": .string($0.account), "since": .instant($0.since)] }),
            "context": .array(
                context.map { ["key": .string($0.key), "value": .string($0.value), "last_seen": .instant($0.lastSeen)] }),
        ]
    }
}

extension KnownIdentity {
    var json: JSONValue {
        [
            "type": .string(identity.type.text), "value": .string(identity.value), "first_received_at": .instant(firstReceivedAt),
            "calls": .count(callCount), "how": how?.json ?? .null,
        ]
    }
}

extension KnownIdentity.How {
    var json: JSONValue {
        let word =
            switch outcome {
            case .newPerson: "new_person"
            case .attached: "attached"
            case .merged: "merged"
            case .refused: "refused"
            case .ignored: "ignored"
            case .separated: "separated"
            }
        return [
            "outcome": .string(word), "reason": .string(reason.text), "rule": .int(Int64(reason.rule)),
            "identity": .identity(identity),
            "other": other.map { .identity($0) } ?? .null, "received_at": .instant(receivedAt),
            "arrival": .int(Int64(clamping: arrival)),
        ]
    }
}

extension RoleEvidence {
    var json: JSONValue {
        [
            "role": .string(role.rawValue), "since": .instant(since), "until": .instant(until), "week": .text(week?.text),
            "visits": .array(visits.map { .instant($0) }), "orders": .array(orders.map(\.json)),
        ]
    }
}

extension Purchase {
    var json: JSONValue {
        [
            "order_id": .text(orderID), "paid_at": .instant(paidAt), "amount": .amount(amount), "returned_at": .instant(returnedAt),
            "ordered_by": .text(actor.map { PersonID(ordinal: $0).text }), "arrival": .int(Int64(clamping: arrival)),
        ]
    }
}

extension TraitFact {
    var json: JSONValue {
        [
            "key": .string(key), "value": value, "at": .instant(at), "source": .string(source.text),
            "arrival": .int(Int64(clamping: arrival)),
        ]
    }
}

extension PersonValue {
    var json: JSONValue {
        [
            "orders": .count(orders), "returned_orders": .count(returnedOrders), "revenue": .amounts(revenue),
            "refunds": .amounts(refunds), "average": average.map { .amount($0) } ?? .null, "first_order_at": .instant(firstOrderAt),
            "last_order_at": .instant(lastOrderAt), "paid_for_others": .count(paidForOthers), "received": .count(received),
            "received_amount": .amounts(receivedAmount),
        ]
    }
}

extension TimelinePage {
    /// This page for the query API.
    public var json: JSONValue {
        ["sessions": .array(sessions.map(\.json)), "total": .count(total), "next": .text(next)]
    }
}

extension TimelineSession {
    var json: JSONValue {
        [
            "start": .instant(start), "end": .instant(end), "calls": .count(callCount), "visit": .bool(isVisit),
            "entries": .array(entries.map(\.json)),
        ]
    }
}

extension TimelineEntry {
    var json: JSONValue {
        [
            "type": .string(call.type.text), "event": .text(call.event), "name": .text(call.name), "category": .text(call.category),
            "timestamp": .instant(call.timestamp), "received_at": .instant(call.receivedAt), "message_id": .string(call.messageID),
            "arrival": .int(Int64(clamping: arrival)), "identity": .identity(identity), "user_id": .text(call.userID),
            "anonymous_id": .text(call.anonymousID), "previous_id": .text(call.previousID), "group_id": .text(call.groupID),
            "properties": call.properties, "traits": call.traits, "context": call.context, "source": .string(call.source.text),
            "flags": .array(call.flags.names.map { .string($0) }),
        ]
    }
}
