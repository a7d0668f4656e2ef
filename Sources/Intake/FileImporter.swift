public import Model

/// How a file is imported.
public struct ImportOptions: Sendable {
    /// The calendar of the workspace: the zone of times that name none, and the days of orders.
    public var calendar: ZoneCalendar
    /// A mapping file's content: what it says holds, and the proposal says the rest; nil proposes all.
    public var mapping: JSONValue?
    /// A row longer than this is refused, and the rest of the file is read on.
    public var lineBytesMax = 4 << 20
    /// Where refused rows are listed; nil is `FILE.rejected.csv`, or the same name in the working folder when that cannot be written.
    public var rejectedPath: String?
    /// Whether refused rows are listed in a file; else only the summary tells of them.
    public var listsRefusals = true
    /// A name for the place where the rows go, such as the id of a workspace.
    ///
    /// With it a note of how far the import has come is kept in `FILE.teahouse-import`, or in the working folder when that cannot be
    /// written, so that the import goes on there when it is interrupted and run again.
    public var target: String?

    public init(calendar: ZoneCalendar, mapping: JSONValue? = nil) {
        self.calendar = calendar
        self.mapping = mapping
    }
}

/// Reads one file of history into a workspace: opened first, so that what its columns mean can be shown, then run.
///
/// Reading the same file again takes nothing twice, and a killed import goes on where it was when it is started again (see
/// ``ImportOptions/target``). Memory stays bounded whatever the file holds.
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
        let (mapping, samples) = try mapping(of: sample, path: path, given: options.mapping)
        let header =
            "\(path): \(text.compression == .none ? "" : text.compression.rawValue + ", ")\(text.encodingName), \(mapping.format.text)"
        return FileImporter(
            path: path, options: options, mapping: mapping,
            description: header + "\n" + mapping.text(samples: samples))
    }

    private static func mapping(
        of sample: ImportSample, path: String, given: JSONValue?
    ) throws(Problem) -> (ImportMapping, samples: [String: String]) {
        guard let given else {
            let proposal = try ImportProposal(path: path, records: sample.records)
            try proposal.validate(fileName: path)
            return (proposal.mapping, proposal.samples)
        }
        // Mistakes of the mapping file come before those of the proposal.
        try ImportMapping.check(members: given)
        // Laid out otherwise than the file looks, its columns are other ones: nothing is proposed for them.
        if given["format"] == nil, given["delimiter"] == nil, given["header"] == nil, given["columns"] == nil,
            let proposal = try? ImportProposal(path: path, records: sample.records)
        {
            return (try ImportMapping(json: given.over(proposal.mapping.json)), proposal.samples)
        }
        var mapping = try ImportMapping(json: given)
        try sample.complete(&mapping)
        return (mapping, [:])
    }

    /// Reads the file to its end.
    ///
    /// - Parameters:
    ///   - sink: Where the calls go.
    ///   - notice: Told in a sentence what a person should know, such as where an interrupted import goes on.
    ///   - progress: Told a few times a second.
    /// - Throws: ``Problem`` when the file cannot be read on or the sink takes nothing more; what was taken stays taken.
    public func run(
        into sink: some ImportSink, notice: @escaping (String) -> Void = { _ in }, progress: (ImportProgress) -> Void = { _ in }
    ) async throws(Problem) -> ImportSummary {
        var calendar = options.calendar
        if let zone = mapping.zone { calendar = ZoneCalendar(zone: try TimeZoneTable(identifier: zone)) }
        let clock = ImportClock(format: mapping.timestampFormat, calendar: calendar)
        let places = options.rejectedPath.map { [$0] } ?? FileImporter.candidates(path, ending: ".rejected.csv")
        let rejected = options.listsRefusals ? ImportRejectedFile(candidates: places) : nil
        let (path, mapping, lineBytesMax) = (path, mapping, options.lineBytesMax)
        var run = try ImportRun(rejected: rejected, journal: try journal(), notice: notice) { () throws(Problem) in
            try ImportReader(path: path, mapping: mapping, clock: clock, lineBytesMax: lineBytesMax)
        }
        return try await run.finish(into: sink, progress: progress)
    }

    private func journal() throws(Problem) -> ImportJournal? {
        guard let target = options.target else { return nil }
        let subject = try ImportCheckpoint.Subject(
            path: path, mapping: mapping, calendar: options.calendar, lineBytesMax: options.lineBytesMax, target: target)
        return ImportJournal(subject: subject, candidates: FileImporter.candidates(path, ending: ".teahouse-import"))
    }

    /// Where a file that goes with the imported one may stand: beside it, else in the working folder.
    static func candidates(_ path: String, ending: String) -> [String] {
        let name = path.split(separator: "/").last.map(String.init) ?? "import"
        return [path + ending, name + ending]
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
            records = ImportSample.quotedRecords(bytes) ?? lines
        }
    }

    /// The records of a table in which most rows go over several lines; nil when it is none.
    private static func quotedRecords(_ bytes: [UInt8]) -> [[UInt8]]? {
        guard bytes.contains(UInt8(ascii: "\"")) else { return nil }
        // Where line ends stand within quotes does not depend on the delimiter.
        let records = split(bytes, delimiter: UInt8(ascii: ","))
        guard case .table? = ImportProposal.layout(of: Array(records.prefix(300))) else { return nil }
        return records
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
