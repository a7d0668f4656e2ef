package import Model
import OrderedCollections
import Questions

// How people look in answers. Names are those of the Swift types; money is a decimal text with its currency.

extension Overview {
    package var json: JSONValue {
        var out = JSONMembers()
        out.put("at", at)
        out.put("everybody", everybody)
        out.put("userOnly", userOnly)
        out.put("customerOnly", customerOnly)
        out.put("both", both)
        out.put("neither", neither)
        out.put("users", users)
        out.put("customers", customers)
        out.put("formerUsers", formerUsers)
        out.put("newThisWeek", newThisWeek)
        out.put("activeToday", activeToday)
        out.put("activeLast7Days", activeLast7Days)
        out.put("activeLast30Days", activeLast30Days)
        out.put("orders", orders)
        out.put("ordersOfUnknownPayers", ordersOfUnknownPayers)
        out.put("revenue", revenue)
        out.put("refunds", refunds)
        out.put("conversion", conversion.json)
        return out.json
    }
}

extension Conversion {
    package var json: JSONValue {
        var out = JSONMembers()
        out.put("customers", customers)
        out.put("afterVisits", afterVisits)
        out.put("withoutVisits", withoutVisits)
        out.put("medianDays", medianDays)
        out.put("within1Day", within1Day)
        out.put("within7Days", within7Days)
        out.put("within30Days", within30Days)
        out.put("later", later)
        out.put("usersEver", usersEver)
        out.put("usersWhoPay", usersWhoPay)
        out.put("usersFirst", usersFirst)
        out.put("userToCustomer", userToCustomer)
        return out.json
    }
}

extension PeoplePage {
    package var json: JSONValue {
        var out = JSONMembers()
        out.put("people", .array(rows.map(\.json)))
        out.put("next", next)
        out.put("total", total.map { .int(Int64($0)) } ?? .null)
        return out.json
    }
}

extension PersonRow {
    package var json: JSONValue {
        var out = JSONMembers()
        out.put("id", person.text)
        out.put("name", name)
        out.put("identities", .array(identities.map(\.json)))
        out.put("identityCount", identityCount)
        out.put("cell", cell.rawValue)
        out.put("formerUser", isFormerUser)
        out.put("firstSeen", firstSeen)
        out.put("lastSeen", lastSeen)
        out.put("events", eventCount)
        out.put("orders", orders)
        out.put("revenue", revenue)
        return out.json
    }
}

extension Profile {
    package var json: JSONValue {
        var out = JSONMembers()
        out.put("id", person.text)
        out.put("name", name)
        out.put("cell", cell.rawValue)
        out.put("identities", .array(identities.map(\.json)))
        out.put("refusals", .array(refusals.map(\.json)))
        out.put("roles", .array(roles.map(\.json)))
        out.put("traits", traitsObject)
        out.put("traitFacts", .array(traits.map(\.json)))
        out.put("computedTraits", .array(computedTraits.map(\.json)))
        out.put("value", value.json)
        out.put("firstSeen", firstSeen)
        out.put("lastSeen", lastSeen)
        out.put("events", eventCount)
        out.put("visits", visitCount)
        out.put("weeks", .array(weeks.map(\.json)))
        out.put("accounts", .array(accounts.map { ["account": .string($0.account), "since": .string($0.since.rfc3339)] }))
        out.put(
            "context",
            .array(context.map { ["key": .string($0.key), "value": .string($0.value), "lastSeen": .string($0.lastSeen.rfc3339)] }))
        return out.json
    }
}

extension KnownIdentity {
    package var json: JSONValue {
        var out = JSONMembers()
        out.put("type", identity.type.text)
        out.put("value", identity.value)
        out.put("firstReceivedAt", firstReceivedAt)
        out.put("calls", callCount)
        out.put("how", how?.json ?? .null)
        return out.json
    }
}

extension KnownIdentity.How {
    package var json: JSONValue {
        var out = JSONMembers()
        out.put("outcome", "\(outcome)")
        out.put("reason", reason.text)
        out.put("identity", identity.json)
        out.put("other", other?.json ?? .null)
        out.put("receivedAt", receivedAt)
        out.put("arrival", Int(clamping: arrival))
        return out.json
    }
}

extension RoleEvidence {
    package var json: JSONValue {
        var out = JSONMembers()
        out.put("role", role.rawValue)
        out.put("since", since)
        out.put("until", until)
        out.put("week", week?.text)
        out.put("visits", .array(visits.map { .string($0.rfc3339) }))
        out.put("orders", .array(orders.map(\.json)))
        return out.json
    }
}

extension TraitFact {
    package var json: JSONValue {
        [
            "key": .string(key), "value": value, "at": .string(at.rfc3339), "source": .string(source.text),
            "arrival": .int(Int64(clamping: arrival)),
        ]
    }
}

extension ComputedTraitFact {
    package var json: JSONValue { ["key": .string(trait.key), "value": value, "rule": trait.rule] }
}

extension PersonValue {
    package var json: JSONValue {
        var out = JSONMembers()
        out.put("orders", orders)
        out.put("returnedOrders", returnedOrders)
        out.put("revenue", revenue)
        out.put("refunds", refunds)
        out.put("average", average?.json ?? .null)
        out.put("firstOrderAt", firstOrderAt)
        out.put("lastOrderAt", lastOrderAt)
        out.put("paidForOthers", paidForOthers)
        out.put("received", received)
        out.put("receivedAmount", receivedAmount)
        return out.json
    }
}

extension WeekActivity {
    package var json: JSONValue { ["monday": .string(monday.text), "events": .int(Int64(events)), "visits": .int(Int64(visits))] }
}

extension TimelinePage {
    package var json: JSONValue {
        var out = JSONMembers()
        out.put("sessions", .array(sessions.map(\.json)))
        out.put("next", next)
        out.put("total", total)
        return out.json
    }
}

extension TimelineSession {
    package var json: JSONValue {
        var out = JSONMembers()
        out.put("start", start)
        out.put("end", end)
        out.put("calls", callCount)
        out.put("visit", isVisit)
        out.put("entries", .array(entries.map(\.json)))
        return out.json
    }
}

extension TimelineEntry {
    /// The call as in the Segment specification, with its flags, source, arrival number and the identity it came under.
    package var json: JSONValue {
        var out = JSONMembers()
        for (key, value) in call.wireJSON.objectValue ?? [:] { out.put(key, value) }
        if let event = call.event { out.put("event", event) }
        out.put("source", call.source.text)
        out.put("flags", .array(call.flags.names.map { .string($0) }))
        out.put("arrival", Int(clamping: arrival))
        out.put("identity", identity.json)
        return out.json
    }
}

extension Purchase {
    package var json: JSONValue {
        var out = JSONMembers()
        out.put("orderId", orderID)
        out.put("paidAt", paidAt)
        out.put("amount", amount.json)
        out.put("returnedAt", returnedAt)
        out.put("actor", actor.map { .string(PersonID(ordinal: $0).text) } ?? .null)
        out.put("recipients", .array(recipients.map { .string(PersonID(ordinal: $0).text) }))
        out.put(
            "refunds",
            .array(
                refunds.map {
                    ["at": .string($0.at.rfc3339), "amount": Money(minorUnits: $0.minorUnits, currency: amount.currency).json]
                }))
        out.put("arrival", Int(clamping: arrival))
        return out.json
    }
}

extension DecisionPage {
    package var json: JSONValue { ["decisions": .array(decisions.map(\.json)), "next": next.map { .string($0) } ?? .null] }
}

extension DecisionEntry {
    package var json: JSONValue {
        [
            "outcome": .string("\(outcome)"), "reason": .string(reason.text), "rule": .int(Int64(reason.rule)),
            "subject": subject.json, "other": other?.json ?? .null, "person": person.map { .string($0.text) } ?? .null,
            "otherPerson": otherPerson.map { .string($0.text) } ?? .null, "receivedAt": .string(receivedAt.rfc3339),
            "arrival": .int(Int64(clamping: arrival)),
        ]
    }
}

extension Relationship {
    package var json: JSONValue {
        let other: JSONValue =
            switch to {
            case .person(let person): ["person": .string(person.text)]
            case .account(let account): ["account": .string(account)]
            }
        return [
            "holder": .string(holder.text), "as": .string(role.rawValue), "to": other, "since": .string(since.rfc3339),
            "until": until.map { .string($0.rfc3339) } ?? .null, "origin": .string(origin.rawValue),
            "account": account.map { .string($0) } ?? .null,
            "evidence": .array(
                evidence.map {
                    ["arrival": .int(Int64(clamping: $0.arrival)), "person": $0.person.map { .string($0.text) } ?? .null]
                }
            ),
        ]
    }
}
