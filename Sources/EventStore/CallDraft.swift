internal import Model
internal import OrderedCollections

/// A call that is put together from its fields and leaves.
struct CallDraft {
    private var call: Call
    private var members: [[([UInt8], JSONValue)]] = Array(repeating: [], count: Section.allCases.count)

    init(call: Call) { self.call = call }

    mutating func set(_ field: CallField, _ text: String) {
        switch field {
        case .messageID: call.messageID = text
        case .userID: call.userID = text
        case .anonymousID: call.anonymousID = text
        case .previousID: call.previousID = text
        case .groupID: call.groupID = text
        case .event: call.event = text
        case .name: call.name = text
        case .category: call.category = text
        case .source: call.source = SourceID(text: text)
        }
    }

    mutating func set(_ section: Section, _ path: [UInt8], _ value: JSONValue) {
        members[Int(section.rawValue)].append((path, value))
    }

    /// The call, with the members of its objects sorted by the bytes of their keys.
    var finished: Call {
        var call = call
        call.properties = object(.properties)
        call.traits = object(.traits)
        call.context = object(.context)
        call.integrations = object(.integrations)
        return call
    }

    private func object(_ section: Section) -> JSONValue {
        let members = members[Int(section.rawValue)]
        guard !members.isEmpty else { return [:] }
        var object = JSONValue.object([:])
        for (path, value) in members { CallDraft.insert(value, PropertyPath.keys(of: path)[...], into: &object) }
        return object.canonical
    }

    private static func insert(_ value: JSONValue, _ keys: ArraySlice<String>, into object: inout JSONValue) {
        guard case .object(var members) = object, let key = keys.first else { return }
        object = .null
        if keys.count == 1 {
            members[key] = value
        } else {
            var inner = members[key] ?? [:]
            if inner.objectValue == nil { inner = [:] }
            insert(value, keys.dropFirst(), into: &inner)
            members[key] = inner
        }
        object = .object(members)
    }
}
