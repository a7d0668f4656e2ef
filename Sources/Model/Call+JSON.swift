internal import OrderedCollections

extension Call {
    /// The call as it could be sent again: the members of the Segment specification, absent ones left out.
    package var wireJSON: JSONValue {
        var members: OrderedDictionary<String, JSONValue> = ["type": .string(type.text), "messageId": .string(messageID)]
        members["timestamp"] = .string(timestamp.rfc3339)
        members["originalTimestamp"] = originalTimestamp.map { .string($0.rfc3339) }
        members["sentAt"] = sentAt.map { .string($0.rfc3339) }
        members["receivedAt"] = .string(receivedAt.rfc3339)
        members["userId"] = userID.map { .string($0) }
        members["anonymousId"] = anonymousID.map { .string($0) }
        members["previousId"] = previousID.map { .string($0) }
        members["groupId"] = groupID.map { .string($0) }
        if type == .track || type == .declare { members["event"] = event.map { .string($0) } }
        members["name"] = name.map { .string($0) }
        members["category"] = category.map { .string($0) }
        for (key, value) in [("properties", properties), ("traits", traits), ("context", context), ("integrations", integrations)] {
            if let object = value.objectValue, !object.isEmpty { members[key] = value }
        }
        return .object(members)
    }
}
