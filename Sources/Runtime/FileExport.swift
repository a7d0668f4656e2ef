import EventStore
import Intake
import Model
import People
import Questions
import Workspaces

/// What can be exported.
public enum ExportKind: String, Sendable, CaseIterable {
    case events, people
}

/// How an export is written.
public enum ExportForm: String, Sendable, CaseIterable {
    case ndjson, csv
    /// Events as an ``EventArchive``.
    case teahouse

    /// The form that a file's name asks for: an archive where it ends in `.teahouse`.
    public init(of output: String) { self = output.hasSuffix(EventArchive.suffix) ? .teahouse : .ndjson }

    /// nil for an archive.
    fileprivate var format: ExportFormat? {
        switch self {
        case .ndjson: .ndjson
        case .csv: .csv
        case .teahouse: nil
        }
    }
}

/// Writes the events or people of one workspace, of a data folder or of a running server, to a file.
public struct FileExport: Sendable {
    private let target: Target
    private let isQuiet: Bool
    private let purpose: String?

    /// - Parameters:
    ///   - isQuiet: no line at the end says how many and how fast.
    ///   - purpose: of people only those who consent to it.
    public init(target: Target, isQuiet: Bool = false, purpose: String? = nil) {
        self.target = target
        self.isQuiet = isQuiet
        self.purpose = purpose
    }

    /// Writes all of `what` to `output`, `-` being standard output.
    ///
    /// - Returns: How many there were.
    /// - Throws: ``Problem``; a file that was begun holds what came until then.
    public func run(_ what: ExportKind, as form: ExportForm, to output: String) async throws -> Int {
        if what == .people, form == .teahouse {
            throw Problem(.badRequest, "An archive holds events. Export people as ndjson or csv.", place: "--format")
        }
        if what == .events, purpose != nil {
            throw Problem(.badRequest, "Events are exported whole. Leave --purpose out, or export people.", place: "--purpose")
        }
        switch target {
        case .server(let client, _): return try await download(what, as: form, to: output, from: client)
        case .folder(let path, let name): return try await write(what, as: form, to: output, of: path, name)
        }
    }

    private func write(
        _ what: ExportKind, as form: ExportForm, to output: String, of path: String, _ name: String?
    ) async throws -> Int {
        try await WorkspaceDirectory.using(path) { directory in
            let workspace = try await directory.choose(name)
            let file = try OutputFile(path: output)
            let bar = ProgressBar("Exporting \(what.rawValue)", unit: what.rawValue)
            let total: Int
            if let format = form.format {
                let view = workspace.people.view(of: workspace.store, now: SystemClock().now)
                let purpose = try workspace.purpose(purpose, at: "--purpose")
                let people = purpose.map { view.population.consenting(to: $0).count } ?? view.everybody
                total = what == .events ? view.snapshot.eventCount : people
                try write(what, of: view, format, to: file) { bar.update(fraction: Double($0) / Double(max(total, 1)), count: $0) }
            } else {
                var archive = workspace.store.archive()
                total = archive.callCount
                while let piece = archive.next() {
                    try file.write(piece)
                    let fraction = Double(archive.bytesWritten) / Double(archive.byteCount)
                    bar.update(fraction: fraction, count: Int(fraction * Double(total)))
                }
            }
            try file.close()
            finish(bar, total)
            return total
        }
    }

    private func write(
        _ what: ExportKind, of view: PeopleView, _ format: ExportFormat, to file: OutputFile, tell: (Int) -> Void
    ) throws {
        switch what {
        case .events:
            var export = EventExport(view.snapshot, format: format)
            while let piece = export.next() {
                try file.write(piece)
                tell(export.count)
            }
        case .people:
            var export = PeopleExport(view, PeopleQuery(purpose: purpose), format: format)
            while let piece = try export.next() {
                try file.write(piece)
                tell(export.count)
            }
        }
    }

    private func download(
        _ what: ExportKind, as form: ExportForm, to output: String, from client: ServerClient
    ) async throws -> Int {
        let escaped = purpose.map { name in name.utf8.map { "%" + String($0 / 16, radix: 16) + String($0 % 16, radix: 16) } }
        let asked = escaped.map { "&purpose=" + $0.joined() } ?? ""
        let download = try await client.download("/api/v1/export/\(what.rawValue)?format=\(form.rawValue)\(asked)")
        guard let total = download.rowCount else { throw Problem.noTeahouse(client.base) }
        let file = try OutputFile(path: output)
        let bar = ProgressBar("Exporting \(what.rawValue)", unit: what.rawValue)
        var count = 0
        try await download.read { bytes throws(Problem) in
            try file.write(bytes)
            if form == .teahouse { return }
            // A text of a CSV may hold line feeds: there the bar shows about where it is.
            count = min(total, count + bytes.count { $0 == UInt8(ascii: "\n") })
            bar.update(fraction: Double(count) / Double(max(total, 1)), count: count)
        }
        try file.close()
        finish(bar, total)
        return total
    }

    private func finish(_ bar: ProgressBar, _ total: Int) {
        if isQuiet { bar.abandon() } else { bar.finish(count: total) }
    }
}
