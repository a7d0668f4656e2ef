public import Model

/// How a file is imported.
public struct ImportOptions: Sendable {
    /// The calendar of the workspace: the zone of times that name none, and the days of orders.
    public var calendar: ZoneCalendar
    /// A mapping file's content; nil proposes one.
    public var mapping: ImportMapping?
    /// A row longer than this is refused, and the rest of the file is read on.
    public var lineBytesMax = 4 << 20
    /// Where refused rows are listed; nil is `FILE.rejected.csv`, or the same name in the working folder when that cannot be written.
    public var rejectedPath: String?

    public init(calendar: ZoneCalendar, mapping: ImportMapping? = nil) {
        self.calendar = calendar
        self.mapping = mapping
    }
}

/// Reads one file of history into a workspace: opened first, so that what its columns mean can be shown, then run.
///
/// Reading the same file again takes nothing twice, so a killed import is resumed by starting it again. Memory stays bounded
/// whatever the file holds.
public struct FileImporter: Sendable {
    public let path: String
    public let options: ImportOptions
    /// What the rows become: the given mapping, or the proposed one.
    public let mapping: ImportMapping
    /// How the file is packed and encoded and laid out, and the mapping as a table, for people.
    public let description: String

    /// Opens the file, reads its first rows and proposes a mapping unless one is given.
    ///
    /// - Throws: ``Problem`` file_missing, is_a_folder, file_not_readable, corrupt_file, empty_file, unknown_format, bad_mapping or
    ///   unknown_time_zone.
    public static func open(_ path: String, options: ImportOptions) throws(Problem) -> FileImporter {
        let text = try FileText(path: path)
        let sample = try ImportSample(text: text, lineBytesMax: options.lineBytesMax)
        let proposal: ImportProposal?
        if options.mapping == nil { proposal = try ImportProposal(path: path, records: sample.records) } else { proposal = nil }
        guard var mapping = options.mapping ?? proposal?.mapping else { throw .badMapping("There is no mapping.", "") }
        if options.mapping != nil { try sample.complete(&mapping) }
        let header =
            "\(path): \(text.compression == .none ? "" : text.compression.rawValue + ", ")\(text.encodingName), \(mapping.format.text)"
        return FileImporter(
            path: path, options: options, mapping: mapping,
            description: header + "\n" + mapping.text(samples: proposal?.samples ?? [:]))
    }

    /// Reads the file to its end.
    ///
    /// - Parameters:
    ///   - sink: Where the calls go.
    ///   - progress: Told a few times a second.
    /// - Throws: ``Problem`` when the file cannot be read on or the sink takes nothing more; what was taken stays taken.
    public func run(
        into sink: some ImportSink, progress: (ImportProgress) -> Void = { _ in }
    ) async throws(Problem) -> ImportSummary {
        var calendar = options.calendar
        if let zone = mapping.zone { calendar = ZoneCalendar(zone: try TimeZoneTable(identifier: zone)) }
        let clock = ImportClock(format: mapping.timestampFormat, calendar: calendar)
        let reader = try ImportReader(path: path, mapping: mapping, clock: clock, lineBytesMax: options.lineBytesMax)
        var run = ImportRun(path: path, reader: reader, rejectedPath: options.rejectedPath)
        return try await run.finish(into: sink, progress: progress)
    }
}

/// The first records of a file.
struct ImportSample {
    let records: [[UInt8]]

    /// Physical lines are enough to see the delimiter; then the rows are read with it, so that quoted line ends do not cut them.
    init(text: FileText, lineBytesMax: Int) throws(Problem) {
        var bytes: [UInt8] = []
        while bytes.count < 1 << 20, try text.read(into: &bytes) {}
        let lines = ImportSample.split(bytes, delimiter: nil)
        if case .table(let delimiter, _)? = ImportProposal.layout(of: Array(lines.prefix(300))) {
            records = ImportSample.split(bytes, delimiter: delimiter)
        } else {
            records = lines
        }
    }

    /// The first 1,001 records; a cut-off last one is left out unless it is the only one.
    private static func split(_ bytes: [UInt8], delimiter: UInt8?) -> [[UInt8]] {
        var records: [[UInt8]] = []
        var start = 0
        var index = 0
        var isQuoted = false
        while index < bytes.count, records.count < 1_001 {
            let byte = bytes[index]
            if delimiter != nil, byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if !isQuoted, byte == 0x0A || byte == 0x0D {
                if index > start { records.append(Array(bytes[start ..< index])) }
                start = index + 1
            }
            index += 1
        }
        if records.count < 1_001, start < bytes.count, bytes.count < 1 << 20 || records.isEmpty {
            records.append(Array(bytes[start...]))
        }
        return records
    }

    /// Gives a mapping file its columns from the header, or as many as the first row has.
    func complete(_ mapping: inout ImportMapping) throws(Problem) {
        guard mapping.columns.isEmpty, mapping.format != .calls, mapping.format != .objects, let first = records.first else {
            return
        }
        var row = ImportRow()
        row.split(first[...], format: mapping.format)
        mapping.columns =
            mapping.format.hasHeader ? ImportProposal.headerNames(row.texts) : (1 ... max(row.count, 1)).map { "column_\($0)" }
        try mapping.validate()
    }
}
