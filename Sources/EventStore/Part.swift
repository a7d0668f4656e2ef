internal import Columns
internal import Model
internal import Synchronization

/// An immutable run of calls, contiguous in arrival but for those dropped: columns over rows sorted by owner, timestamp and arrival.
///
/// A part lies in a mapped file or in memory; its bytes are the same. See `docs/format.md`.
public final class Part: Sendable {
    /// The owner of calls without an identity; its rows come last.
    public static let nobody = UInt32.max

    /// The distinct events, sorted by bytes; a name code is a place in this list.
    public let eventNames: [String]

    let info: PartInfo
    let directory: PartDirectory
    let region: ByteRegion
    let name: String
    let kinds: [EventKind]
    let ownerOrdinals: PackedInts
    let ownerStarts: PackedInts
    let timestampList: PackedInts
    let arrivalList: PackedInts
    let receivedAtList: PackedInts
    /// Whether ``receivedAtList`` holds, by row, the time from timestamp to receipt; else instants by arrival.
    let receivedAtIsDelay: Bool
    let lastMessageHashes = Mutex<(number: Int, hashes: [Hash128])?>(nil)
    let kindList: PackedInts
    let messageIDs: TextBlocks
    let dedupe: DedupeIndex?
    /// What was decided with these calls, deleted ones included.
    let decisions: DecisionList
    let nameOfKind: [UInt32]
    private let nameCodesByText: [String: Int]
    private let columnNumbers: [ColumnKey: Int]
    private let columnsByDottedPath: [DottedPath: Int]
    private let openColumns: Mutex<[PropertyColumn?]>

    private struct DottedPath: Hashable {
        var section: UInt8
        var path: String
    }

    /// Number of calls that are there.
    public var rowCount: Int { info.rowCount }
    /// Number of calls that were deleted; their arrival numbers stay free and their messageIds known.
    public var droppedCount: Int { info.callCount - info.rowCount }
    public var firstArrival: UInt64 { info.firstArrival }
    /// The arrival number after the last one.
    public var endArrival: UInt64 { info.endArrival }
    /// Microseconds; `Int64.max` in a part without rows.
    public var minTimestamp: Int64 { info.minTimestamp }
    public var maxTimestamp: Int64 { info.maxTimestamp }
    public var minReceivedAt: Int64 { info.minReceivedAt }
    public var maxReceivedAt: Int64 { info.maxReceivedAt }
    /// Bytes of the part.
    public var byteCount: Int { region.count }

    /// Opens a part and checks its directory and every checksum.
    init(region: ByteRegion, name: String) throws(Problem) {
        let reader = PartReader(bytes: region.bytes, name: name)
        let directory = try reader.directory()
        try reader.verify(directory)
        let owners = try reader.section(directory, .owners)
        let kindBytes = try reader.section(directory, .kinds)
        let (kinds, kindList) = try reader.kinds(kindBytes)
        (ownerOrdinals, ownerStarts) = try reader.owners(owners)
        timestampList = try reader.list(directory, .timestamps, count: directory.info.rowCount)
        arrivalList = try reader.list(directory, .arrivals, count: directory.info.rowCount)
        (receivedAtIsDelay, receivedAtList) = try reader.receivedAts(directory)
        messageIDs = try reader.texts(directory, .messageIDs, count: directory.info.callCount)
        dedupe = directory.sections[PartLayout.SectionID.dedupe.rawValue]
            .flatMap { DedupeIndex(region.bytes.slice($0.offset, $0.byteCount)) }
        decisions = try reader.decisions(directory)
        (self.directory, self.region, self.name, self.kinds, self.kindList) = (directory, region, name, kinds, kindList)
        info = directory.info
        (eventNames, nameOfKind) = Part.names(kinds)
        nameCodesByText = Dictionary(eventNames.enumerated().map { ($0.element, $0.offset) }) { first, _ in first }
        var numbers: [ColumnKey: Int] = [:]
        var dotted: [DottedPath: Int] = [:]
        for (number, column) in directory.columns.enumerated() {
            numbers[column.key] = number
            let path = DottedPath(section: column.key.section, path: PropertyPath.dotted(column.key.path))
            if dotted[path] == nil { dotted[path] = number }
        }
        (columnNumbers, columnsByDottedPath) = (numbers, dotted)
        openColumns = Mutex(Array(repeating: nil, count: directory.columns.count))
    }

    /// A part that was just built.
    static func inMemory(_ bytes: [UInt8]) -> Part {
        do throws(Problem) {
            return try Part(region: ByteRegion(copying: bytes), name: "memory")
        } catch {
            preconditionFailure("a part that was just built cannot be read: \(error)")
        }
    }

    private static func names(_ kinds: [EventKind]) -> ([String], [UInt32]) {
        var names: [String] = []
        var last: [UInt8]?
        var codes: [UInt32] = []
        for kind in kinds {
            if let event = kind.event, CallType(rawValue: kind.type)?.isEvent ?? true {
                if event != last { names.append(String(decoding: event, as: UTF8.self)) }
                last = event
                codes.append(UInt32(names.count - 1))
            } else {
                codes.append(UInt32.max)
            }
        }
        for index in kinds.indices where codes[index] == UInt32.max {
            codes[index] = UInt32(names.count) + UInt32(kinds[index].type)
        }
        return (names, codes)
    }

    // MARK: - Columns

    /// The paths of all columns, with dots between nested keys.
    public var columnPaths: [(section: Section, path: String)] {
        directory.columns.compactMap { column in
            Section(rawValue: column.key.section).map { ($0, PropertyPath.dotted(column.key.path)) }
        }
    }

    /// The column of a member, `path` with dots between nested keys; nil when no row holds it.
    ///
    /// Where both nested keys and a key with a dot fit, the nested ones are taken.
    public func column(_ section: Section, _ path: String) -> PropertyColumn? {
        columnsByDottedPath[DottedPath(section: section.rawValue, path: path)].map(column(number:))
    }

    /// The column of a text field; nil when no row holds it, and for messageID and event, which are kept otherwise.
    public func field(_ field: CallField) -> PropertyColumn? {
        column(ColumnKey.field(field.columnPath.description))
    }

    func column(_ key: ColumnKey) -> PropertyColumn? { columnNumbers[key].map(column(number:)) }

    /// The column at a place of the directory.
    func column(number: Int) -> PropertyColumn {
        openColumns.withLock { columns in
            if let known = columns[number] { return known }
            let column = unkeptColumn(number: number)
            columns[number] = column
            return column
        }
    }

    /// As ``column(number:)``, for one use.
    func unkeptColumn(number: Int) -> PropertyColumn {
        let (key, extent) = directory.columns[number]
        guard let column = PropertyColumn(key: key, bytes: region.bytes.slice(extent.offset, extent.byteCount), region: region)
        else {
            preconditionFailure("\(name): a column with a good checksum cannot be read")
        }
        return column
    }

    /// The code of an event; nil when no row carries it.
    public func nameCode(of event: String) -> Int? {
        guard let code = nameCodesByText[event], eventNames[code].utf8.elementsEqual(event.utf8) else {
            return eventNames.firstIndex { $0.utf8.elementsEqual(event.utf8) }
        }
        return code
    }
}
