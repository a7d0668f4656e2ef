internal import Columns

/// Which column of a part: the section and the path as stored.
struct ColumnKey: Hashable, Sendable, Comparable {
    /// The section number of the columns that hold a call's own fields.
    static let fields: UInt8 = 4

    var section: UInt8
    var path: [UInt8]

    @inline(__always) func isNamed(_ section: UInt8, _ path: UnsafeRawBufferPointer) -> Bool {
        self.section == section && self.path.withUnsafeBytes { ByteOrder.areEqual($0, path) }
    }

    static func < (left: ColumnKey, right: ColumnKey) -> Bool {
        if left.section != right.section { return left.section < right.section }
        return left.path.withUnsafeBytes { first in right.path.withUnsafeBytes { ByteOrder.precedes(first, $0) } }
    }

    static func field(_ name: String) -> ColumnKey { ColumnKey(section: fields, path: Array(name.utf8)) }

    static let flags = field("flags")
    static let originalTimestamp = field("originalTimestamp")
    static let sentAt = field("sentAt")
}

extension CallField {
    /// The path of the column that holds the field; empty for those kept otherwise.
    var columnPath: StaticString {
        switch self {
        case .messageID, .event: ""
        case .userID: "userId"
        case .anonymousID: "anonymousId"
        case .previousID: "previousId"
        case .groupID: "groupId"
        case .name: "name"
        case .category: "category"
        case .source: "source"
        }
    }
}
