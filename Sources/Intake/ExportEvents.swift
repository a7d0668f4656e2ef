public import EventStore
internal import Model
internal import OrderedCollections

/// How an export is written.
public enum ExportFormat: String, Sendable, CaseIterable { case ndjson, csv }

/// Writes every call of a store in the order of arrival, so that importing it elsewhere makes the same store.
///
/// NDJSON has one Segment call a line, with `receivedAt`; CSV has a column for each member, objects as JSON in theirs. Members of
/// properties, traits and context are sorted by name, so that equal stores give equal bytes.
public struct EventExport: Sendable {
    /// Bytes after which a piece is handed on.
    static let pieceBytes = 256 << 10

    private let snapshot: StoreSnapshot
    private let format: ExportFormat
    private var isStarted = false
    /// How many parts were begun.
    private var partCount = 0
    /// What is still to come of the part that was begun last.
    private var windows: ArraySlice<Range<UInt64>> = []
    /// Rows of that part, by arrival, and how many of them are written.
    private var rows: [UInt32] = []
    private var rowCount = 0
    /// Calls written.
    public private(set) var count = 0

    public init(_ snapshot: StoreSnapshot, format: ExportFormat) {
        self.snapshot = snapshot
        self.format = format
    }

    /// The next piece of up to about 256 KB; nil at the end.
    ///
    /// Memory: eight bytes for each of a few million calls.
    public mutating func next() -> [UInt8]? {
        var piece: [UInt8] = []
        piece.reserveCapacity(EventExport.pieceBytes + (64 << 10))
        if !isStarted, format == .csv { ExportCSV.write(ImportCallColumns.names.map { Array($0.utf8) }, into: &piece) }
        isStarted = true
        while piece.count < EventExport.pieceBytes {
            if rowCount == rows.count {
                if let window = windows.popFirst() {
                    rows = snapshot.parts[partCount - 1].rows(arrivedIn: window).rows
                    rowCount = 0
                    continue
                }
                guard partCount < snapshot.parts.count else { break }
                windows = snapshot.parts[partCount].arrivalWindows()[...]
                partCount += 1
                continue
            }
            append(snapshot.parts[partCount - 1].call(at: Int(rows[rowCount])), to: &piece)
            rowCount += 1
            count += 1
        }
        return piece.isEmpty ? nil : piece
    }

    private func append(_ call: Call, to piece: inout [UInt8]) {
        var call = call
        // Without one of its own a call's time is the one it was given: said once.
        if call.originalTimestamp == call.timestamp { call.originalTimestamp = nil }
        guard case .object(var members) = call.wireJSON else { return }
        for key in ImportCallColumns.objects { if let object = members[key] { members[key] = object.canonical } }
        switch format {
        case .ndjson:
            JSONValue.object(members).write(to: &piece)
            piece.append(UInt8(ascii: "\n"))
        case .csv:
            ExportCSV.write(
                ImportCallColumns.names.map { column in
                    switch members[column] {
                    case nil: []
                    case .string(let text)?: Array(text.utf8)
                    case let value?: value.utf8
                    }
                }, into: &piece)
        }
    }
}

/// Rows of RFC 4180.
enum ExportCSV {
    static func write(_ fields: [[UInt8]], into out: inout [UInt8]) {
        for (index, field) in fields.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            let needsQuotes =
                field.contains { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") || $0 == 0x0A || $0 == 0x0D }
                || field.first == 0x20 || field.last == 0x20 || field.first == 0x09 || field.last == 0x09
            guard needsQuotes else {
                out.append(contentsOf: field)
                continue
            }
            out.append(UInt8(ascii: "\""))
            for byte in field {
                if byte == UInt8(ascii: "\"") { out.append(byte) }
                out.append(byte)
            }
            out.append(UInt8(ascii: "\""))
        }
        out.append(contentsOf: "\r\n".utf8)
    }
}
