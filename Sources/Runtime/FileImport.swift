import Columns
import EventStore
import HTTPAPI
import Intake
import Model
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
    /// - Returns: The number of refused rows.
    public func run(files: [String]) async throws -> Int {
        switch target {
        case .server(_, let writer):
            if isDryRun { return try await dryRun(files) }
            var refused = 0
            for file in files {
                let importer = try open(file, calendar: ZoneCalendar(zone: .utc))
                refused += try await run(importer, into: ServerSink(client: writer))
            }
            return refused
        case .folder(let path, let name):
            return try await WorkspaceDirectory.using(path) { directory in
                let workspace = try await directory.choose(name)
                let source = try chosenSource(directory.sources(of: workspace.id))
                var refused = 0
                for file in files {
                    let importer = try open(file, calendar: workspace.calendar)
                    if isDryRun {
                        refused += try await run(
                            importer, into: ImportRehearsal(intake: workspace.intake, source: IntakeSource(source)))
                    } else {
                        refused += try await run(importer, into: IntakeSink(intake: workspace.intake, source: IntakeSource(source)))
                    }
                }
                if !isDryRun { try await workspace.store.flush() }
                return refused
            }
        }
    }

    /// Against a server a dry run shows the mappings alone: the rows are checked there.
    private func dryRun(_ files: [String]) async throws -> Int {
        for file in files { _ = try open(file, calendar: ZoneCalendar(zone: .utc)) }
        return 0
    }

    private func open(_ file: String, calendar: ZoneCalendar) throws -> FileImporter {
        var options = ImportOptions(calendar: calendar)
        if let mapFile { options.mapping = try ImportMapping(json: JSONParser.parse(FileText.read(mapFile))) }
        let importer = try FileImporter.open(file, options: options)
        guard !asJSON else { return importer }
        Terminal.output.write("\(file)\n\(importer.description)\n")
        if isDryRun { Terminal.output.write("As a mapping for --map:\n\(importer.mapping.json.prettyText)\n") }
        return importer
    }

    private func run(_ importer: FileImporter, into sink: some ImportSink) async throws -> Int {
        let bar = ProgressBar(isDryRun ? "Checking \(importer.path)" : "Importing \(importer.path)", unit: "rows")
        let summary = try await importer.run(into: sink) { progress in
            let share = progress.byteCount.map { Double(progress.bytesRead) / Double(max($0, 1)) } ?? 0
            bar.update(fraction: share, count: progress.rowCount)
        }
        bar.finish(count: summary.rowCount)
        Terminal.output.write((asJSON ? json(of: summary, file: importer.path).text : summary.text) + "\n")
        return summary.refused
    }

    private func json(of summary: ImportSummary, file: String) -> JSONValue {
        [
            "file": .string(file), "rows": .int(Int64(summary.rowCount)), "taken": .int(Int64(summary.taken)),
            "duplicates": .int(Int64(summary.duplicates)), "refused": .int(Int64(summary.refused)),
            "calls": .int(Int64(summary.callCount)), "seconds": .double(summary.seconds),
            "rejectedFile": summary.rejectedPath.map { .string($0) } ?? .null,
        ]
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

/// A running server as the place where an import goes, in batches that a body may hold.
private struct ServerSink: ImportSink {
    private static let batchCalls = 1_000
    private static let batchBytes = 3 << 20

    let client: ServerClient

    /// Bodies of `POST /v1/batch`, each with the number of its first line.
    struct Prepared: Sendable {
        var bodies: [(firstLine: Int, lineCount: Int, bytes: [UInt8])] = []
    }

    func prepare(_ lines: [UInt8]) throws(Problem) -> Prepared {
        var prepared = Prepared()
        var body: [UInt8] = []
        var firstLine = 0
        var line = 0
        for call in lines.split(separator: UInt8(ascii: "\n")) {
            if line - firstLine == ServerSink.batchCalls || !body.isEmpty && body.count + call.count > ServerSink.batchBytes {
                prepared.bodies.append((firstLine, line - firstLine, Array("{\"batch\":[".utf8) + body + Array("]}".utf8)))
                body = []
                firstLine = line
            }
            if !body.isEmpty { body.append(UInt8(ascii: ",")) }
            body.append(contentsOf: call)
            line += 1
        }
        if !body.isEmpty {
            prepared.bodies.append((firstLine, line - firstLine, Array("{\"batch\":[".utf8) + body + Array("]}".utf8)))
        }
        return prepared
    }

    func commit(_ prepared: Prepared) async throws(Problem) -> IntakeAnswer {
        var answer = IntakeAnswer()
        for body in prepared.bodies {
            let reply = try await client.post("/v1/batch?historical=1", bytes: body.bytes)
            let rejected = reply["rejected"]?.arrayValue ?? []
            answer.taken += body.lineCount - rejected.count
            for refused in rejected {
                answer.rejected.append(
                    RejectedCall(
                        index: body.firstLine + Int(refused["index"]?.intValue ?? 0), messageID: refused["messageId"]?.stringValue,
                        code: Problem.Code(refused["code"]?.stringValue ?? "refused"), reason: refused["reason"]?.stringValue ?? "",
                        pointer: refused["pointer"]?.stringValue))
            }
        }
        return answer
    }
}
