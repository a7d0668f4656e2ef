package import OrderedCollections

/// Collects members, leaving out those that are nil.
package struct JSONMembers {
    package private(set) var members: OrderedDictionary<String, JSONValue> = [:]

    package init() {}

    package var json: JSONValue { .object(members) }

    package mutating func put(_ key: String, _ value: JSONValue) { members[key] = value }
    package mutating func put(_ key: String, _ value: Int) { members[key] = .int(Int64(value)) }
    package mutating func put(_ key: String, _ value: String?) { members[key] = value.map { .string($0) } ?? .null }
    package mutating func put(_ key: String, _ value: Bool) { members[key] = .bool(value) }
    package mutating func put(_ key: String, _ value: Instant?) { members[key] = value.map { .string($0.rfc3339) } ?? .null }
    package mutating func put(_ key: String, _ value: Double?) { members[key] = value.map { .double($0) } ?? .null }
    package mutating func put(_ key: String, _ value: [Money]) { members[key] = .array(value.map(\.json)) }
}

extension Money {
    package var json: JSONValue { ["amount": .string(decimalText), "currency": .string(currency.code)] }
}

extension Identity {
    package var json: JSONValue { ["type": .string(type.text), "value": .string(value)] }
}
