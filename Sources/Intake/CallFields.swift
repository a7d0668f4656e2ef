internal import Columns
internal import Model

/// The members of one call that intake knows, as they stand on the tape.
struct CallFields {
    var type: JSONNode?
    var messageID: JSONNode?
    var timestamp: JSONNode?
    var originalTimestamp: JSONNode?
    var sentAt: JSONNode?
    var receivedAt: JSONNode?
    var userID: JSONNode?
    var anonymousID: JSONNode?
    var previousID: JSONNode?
    var groupID: JSONNode?
    var event: JSONNode?
    var name: JSONNode?
    var category: JSONNode?
    var channel: JSONNode?
    var properties: JSONNode?
    var traits: JSONNode?
    var context: JSONNode?
    var integrations: JSONNode?

    /// Reads the members of `call`, an object; `null` is absent.
    init(_ call: JSONNode) {
        for member in call.members where !member.value.isNull {
            let key = member.key.string
            let value = member.value
            switch key.count {
            case 4:
                if key.equals("type") { type = value } else if key.equals("name") { name = value }
            case 5: if key.equals("event") { event = value }
            case 6:
                if key.equals("userId") { userID = value } else if key.equals("traits") { traits = value }
                if key.equals("sentAt") { sentAt = value }
            case 7:
                if key.equals("context") { context = value } else if key.equals("groupId") { groupID = value }
                if key.equals("channel") { channel = value }
            case 8: if key.equals("category") { category = value }
            case 9:
                if key.equals("messageId") { messageID = value } else if key.equals("timestamp") { timestamp = value }
            case 10:
                if key.equals("properties") { properties = value } else if key.equals("previousId") { previousID = value }
                if key.equals("receivedAt") { receivedAt = value }
            case 11: if key.equals("anonymousId") { anonymousID = value }
            case 12: if key.equals("integrations") { integrations = value }
            case 17: if key.equals("originalTimestamp") { originalTimestamp = value }
            default: break
            }
        }
    }
}

extension JSONNode {
    /// The word for this value's kind in messages.
    var kindName: String {
        switch kind {
        case .null: "null"
        case .bool: "true or false"
        case .int, .double, .bigNumber: "a number"
        case .string: "text"
        case .array: "a list"
        case .object: "an object"
        }
    }
}
