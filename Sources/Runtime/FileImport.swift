import EventStore
import HTTPAPI
import Intake
import Model
import OrderedCollections
import Records
import Workspaces

/// Imports files into a workspace of a data folder, or of a running server.
public struct FileImport: Sendable {
    private let target: Target
    private let source: String?
    private let mapFile: String?
    private let isDryRun: Bool
    private let asJSON: Bool

    /// - Parameters:
    ///   - source: the id or name of the source to import as; nil: the first that takes history.
    ///   - mapFile: a mapping as JSON; nil: the proposed one.
    ///   - isDryRun: check every row and take nothing.
    public init(target: Target, source: String?, mapFile: String?, isDryRun: Bool, asJSON: Bool) {
        self.target = target
        self.source = source
        self.mapFile = mapFile
        self.isDryRun = isDryRun
        self.asJSON = asJSON
    }

    /// Imports the files one after another and prints the mapping, progress and summary of each.
    ///
    /// Every file is looked at before the first is read in: a wrong name among many costs nothing.
    ///
    /// - Returns: The number of refused rows.
    public func run(files: [String]) async throws -> Int {
        switch target {
        case .server(let reader, let writer):
            _ = try archives(files)
            let importers = try files.map { try open($0, calendar: ZoneCalendar(zone: .utc), target: reader.base) }
            for importer in importers where importer.mapping.timestamp != nil && importer.mapping.zone == nil {
                // A write key may not ask for the workspace's zone.
                let word = "\(importer.path): times without an offset are read as UTC; a mapping file can name their zone."
                Terminal.error.write(word + "\n")
            }
            if isDryRun { return showMappings(of: importers) }
            let sink = ServerSink(client: writer)
            var refused = 0
            for importer in importers { refused += try await run(importer, into: sink) }
            return refused
        case .folder(let path, let name):
            return try await WorkspaceDirectory.using(path) { directory in
                let settings = try directory.chosen(name)
                let archives = try archives(files)
                let source = try archives.contains { $0 == nil } ? chosenSource(directory.sources(of: settings.id)) : nil
                let target = isDryRun ? nil : source.map { "\(settings.id.text) \($0.id.text)" }
                let calendar = ZoneCalendar(zone: try TimeZoneTable(identifier: settings.timezone))
                let inputs = try zip(files, archives).map { file, archive in
                    try archive.map { Input.archive($0) } ?? .rows(open(file, calendar: calendar, target: target))
                }
                return try await run(inputs, as: source.map { IntakeSource($0) }, into: settings.id, of: directory)
            }
        }
    }

    /// What a file is.
    private enum Input {
        case archive(EventArchive), rows(FileImporter)
    }

    private func run(
        _ inputs: [Input], as sender: IntakeSource?, into id: WorkspaceID, of directory: WorkspaceDirectory
    ) async throws -> Int {
        var refused = 0
        for (place, input) in inputs.enumerated() {
            switch input {
            case .archive(let archive):
                show(archive)
                // Behind another file the workspace is not empty, and its events are open.
                if place == 0, !isDryRun, try load(archive, into: id, of: directory) {
                    try await directory.replayErasures(in: id)
                    continue
                }
                refused += try await add(archive, to: directory.workspace(id).intake)
            case .rows(let importer):
                guard let sender else { continue }
                let intake = try await directory.workspace(id).intake
                if isDryRun {
                    refused += try await run(importer, into: ImportRehearsal(intake: intake, source: sender))
                } else {
                    refused += try await run(importer, into: IntakeSink(intake: intake, source: sender))
                }
            }
        }
        if !isDryRun { try await directory.workspace(id).store.flush() }
        return refused
    }

    /// Against a server a dry run shows the mappings alone: the rows are checked there.
    private func showMappings(of importers: [FileImporter]) -> Int {
        for importer in importers {
            show(importer)
            if asJSON {
                Terminal.output.write(
                    JSONValue.object(["file": .string(importer.path), "mapping": importer.mapping.json]).text + "\n")
            }
        }
        return 0
    }

    private func open(_ file: String, calendar: ZoneCalendar, target: String?) throws(Problem) -> FileImporter {
        var options = ImportOptions(calendar: calendar)
        options.target = target
        if isDryRun { options.listsRefusals = false }
        guard let mapFile else { return try FileImporter.open(file, options: options) }
        options.mapping = try FileText.json(mapFile)
        do throws(Problem) { return try FileImporter.open(file, options: options) } catch {
            guard error.code.text == "bad_mapping" else { throw error }
            throw Problem(error.code, error.wording, place: "\(mapFile) \(error.place ?? "")")
        }
    }

    private func show(_ importer: FileImporter) {
        guard !asJSON else { return }
        Terminal.output.write("\(importer.description)\n")
        if isDryRun { Terminal.output.write("As a mapping for --map:\n\(importer.mapping.json.prettyText)\n") }
    }

    private func run(_ importer: FileImporter, into sink: some ImportSink) async throws -> Int {
        show(importer)
        let bar = ProgressBar(isDryRun ? "Checking \(importer.path)" : "Importing \(importer.path)", unit: "rows")
        let summary: ImportSummary
        var rowCount = 0
        do {
            summary = try await importer.run(into: sink, notice: bar.note) { progress in
                rowCount = progress.rowCount
                bar.update(fraction: Double(progress.bytesRead) / Double(max(progress.byteCount, 1)), count: progress.rowCount)
            }
        } catch {
            bar.abandon()
            if !isDryRun, rowCount > 0 {
                bar.note("What was taken of \(importer.path) is kept: the same command goes on from there.")
            }
            throw error
        }
        bar.finish(count: summary.rowCount - summary.rowCountBefore)
        show(summary, of: importer.path, mapping: isDryRun ? importer.mapping.json : nil)
        return summary.refused
    }

    private func show(_ summary: ImportSummary, of path: String, mapping: JSONValue? = nil) {
        guard asJSON else { return Terminal.output.write(summary.text + "\n") }
        var members: OrderedDictionary<String, JSONValue> = [
            "file": .string(path), "rows": .int(Int64(summary.rowCount)), "taken": .int(Int64(summary.taken)),
            "duplicates": .int(Int64(summary.duplicates)), "refused": .int(Int64(summary.refused)),
            "calls": .int(Int64(summary.callCount)), "seconds": .double(summary.seconds),
            "rejectedFile": summary.rejectedPath.map { .string($0) } ?? .null,
            "continuedAtLine": summary.continuedAtLine.map { .int(Int64($0)) } ?? .null,
        ]
        members["mapping"] = mapping
        Terminal.output.write(JSONValue.object(members).text + "\n")
    }

    // MARK: - Archives

    /// The files that are archives, each in its place; nil for files of rows.
    private func archives(_ files: [String]) throws(Problem) -> [EventArchive?] {
        let archives = try files.map { file throws(Problem) in try EventArchive.open(ifIn: file) }
        if let archive = archives.lazy.compactMap(\.self).first { try check(archive) }
        return archives
    }

    /// Refuses what an archive has nothing to do with.
    private func check(_ archive: EventArchive) throws(Problem) {
        if case .server = target {
            throw Problem(
                .badRequest,
                "An archive goes into a data folder that no server has. Give --data, or send the server an export as NDJSON.",
                place: archive.path)
        }
        if mapFile != nil || source != nil {
            throw Problem(
                .badRequest, "The calls of an archive stay as they are: leave --map and --source out, or import it by itself.",
                place: archive.path)
        }
    }

    /// Loads an archive whole into a workspace where no event has ever arrived; false where some have.
    private func load(_ archive: EventArchive, into id: WorkspaceID, of directory: WorkspaceDirectory) throws -> Bool {
        let bar = ProgressBar("Loading \(archive.path)", unit: "events")
        let start = ContinuousClock.now
        var byteCount = 0
        let isLoaded = try directory.load(archive, into: id) { bytes in
            byteCount += bytes
            let fraction = Double(byteCount) / Double(max(archive.partBytes, 1))
            bar.update(fraction: fraction, count: Int(fraction * Double(archive.callCount)))
        }
        guard isLoaded else { return false }
        bar.finish(count: archive.callCount)
        show(ImportSummary(of: archive, seconds: start.duration(to: .now) / .seconds(1)), of: archive.path)
        return true
    }

    /// Adds an archive's calls one by one to those that are there.
    private func add(_ archive: EventArchive, to intake: Intake) async throws -> Int {
        if isDryRun {
            show(ImportSummary(of: archive, seconds: 0), of: archive.path)
            return 0
        }
        let bar = ProgressBar("Adding \(archive.path)", unit: "events")
        let summary: ImportSummary
        do {
            summary = try await intake.take(archive) { progress in
                bar.update(fraction: Double(progress.rowCount) / Double(max(archive.callCount, 1)), count: progress.rowCount)
            }
        } catch {
            bar.abandon()
            throw error
        }
        bar.finish(count: summary.rowCount)
        show(summary, of: archive.path)
        return summary.refused
    }

    private func show(_ archive: EventArchive) {
        guard !asJSON else { return }
        let dropped = archive.droppedCount > 0 ? " (\(grouped(archive.droppedCount)) more were deleted)" : ""
        let (parts, bytes) = (archive.parts.count, grouped(archive.partBytes))
        Terminal.output.write(
            "\(archive.path): archive of \(grouped(archive.callCount)) events\(dropped), \(bytes) bytes in \(parts) \(parts == 1 ? "part" : "parts")\n"
        )
    }

    private func chosenSource(_ sources: [Source]) throws(Problem) -> Source {
        let names = sources.map { "\($0.name) (\($0.id))" }.joined(separator: ", ")
        if let source {
            guard let found = sources.first(where: { $0.id.text == source || $0.name == source }) else {
                throw Problem(.notFound, "There is no source \"\(source)\". There are: \(names).", place: "--source")
            }
            return found
        }
        guard let open = sources.first(where: { $0.allowsHistory && !$0.isSuppressed }) else {
            throw Problem(.notFound, "No source takes history. Allow it for one of: \(names).", place: "--source")
        }
        return open
    }
}
