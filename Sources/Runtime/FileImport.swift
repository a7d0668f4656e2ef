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
            let importers = try open(files, calendar: ZoneCalendar(zone: .utc), target: reader.base)
            for importer in importers where importer.mapping.timestamp != nil && importer.mapping.zone == nil {
                // A write key may not ask for the workspace's zone.
                let word = "\(importer.path): times without an offset are read as UTC; a mapping file can name their zone."
                Terminal.error.write(word + "\n")
            }
            if isDryRun { return showMappings(of: importers) }
            return try await run(importers, into: ServerSink(client: writer))
        case .folder(let path, let name):
            return try await WorkspaceDirectory.using(path) { directory in
                let workspace = try await directory.choose(name)
                let source = try chosenSource(directory.sources(of: workspace.id))
                let sender = IntakeSource(source)
                let target = isDryRun ? nil : "\(workspace.id.text) \(source.id.text)"
                let importers = try open(files, calendar: workspace.calendar, target: target)
                if isDryRun { return try await run(importers, into: ImportRehearsal(intake: workspace.intake, source: sender)) }
                let refused = try await run(importers, into: IntakeSink(intake: workspace.intake, source: sender))
                try await workspace.store.flush()
                return refused
            }
        }
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

    private func open(_ files: [String], calendar: ZoneCalendar, target: String?) throws -> [FileImporter] {
        var options = ImportOptions(calendar: calendar)
        options.target = target
        if isDryRun { options.listsRefusals = false }
        guard let mapFile else { return try files.map { try FileImporter.open($0, options: options) } }
        options.mapping = try FileText.json(mapFile)
        return try files.map { file in
            do {
                return try FileImporter.open(file, options: options)
            } catch let problem as Problem where problem.code.text == "bad_mapping" {
                throw Problem(problem.code, problem.wording, place: "\(mapFile) \(problem.place ?? "")")
            }
        }
    }

    private func show(_ importer: FileImporter) {
        guard !asJSON else { return }
        Terminal.output.write("\(importer.description)\n")
        if isDryRun { Terminal.output.write("As a mapping for --map:\n\(importer.mapping.json.prettyText)\n") }
    }

    private func run(_ importers: [FileImporter], into sink: some ImportSink) async throws -> Int {
        var refused = 0
        for importer in importers {
            show(importer)
            refused += try await run(importer, into: sink)
        }
        return refused
    }

    private func run(_ importer: FileImporter, into sink: some ImportSink) async throws -> Int {
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
        Terminal.output.write((asJSON ? json(of: summary, importer).text : summary.text) + "\n")
        return summary.refused
    }

    private func json(of summary: ImportSummary, _ importer: FileImporter) -> JSONValue {
        var members: OrderedDictionary<String, JSONValue> = [
            "file": .string(importer.path), "rows": .int(Int64(summary.rowCount)), "taken": .int(Int64(summary.taken)),
            "duplicates": .int(Int64(summary.duplicates)), "refused": .int(Int64(summary.refused)),
            "calls": .int(Int64(summary.callCount)), "seconds": .double(summary.seconds),
            "rejectedFile": summary.rejectedPath.map { .string($0) } ?? .null,
            "continuedAtLine": summary.continuedAtLine.map { .int(Int64($0)) } ?? .null,
        ]
        if isDryRun { members["mapping"] = importer.mapping.json }
        return .object(members)
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
