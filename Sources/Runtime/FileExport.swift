import EventStore
import Intake
import Model
import People
import Workspaces

/// What can be exported.
public enum ExportKind: String, Sendable, CaseIterable {
    case events, people
}

/// How an export is written.
public enum ExportForm: String, Sendable, CaseIterable {
    case ndjson, csv

    fileprivate var format: ExportFormat {
        switch self {
        case .ndjson: .ndjson
        case .csv: .csv
        }
    }
}

/// Writes the events or people of one workspace, of a data folder or of a running server, to a file.
public struct FileExport: Sendable {
    private let target: Target
    private let isQuiet: Bool

    /// - Parameter isQuiet: no line at the end says how many and how fast.
    public init(target: Target, isQuiet: Bool = false) {
        self.target = target
        self.isQuiet = isQuiet
    }

    /// Writes all of `what` to `output`, `-` being standard output.
    ///
    /// - Returns: How many there were.
    /// - Throws: ``Problem``; a file that was begun holds what came until then.
    public func run(_ what: ExportKind, as form: ExportForm, to output: String) async throws -> Int {
        switch target {
        case .server(let client, _): try await download(what, as: form, to: output, from: client)
        case .folder(let path, let name): try await write(what, as: form, to: output, of: path, name)
        }
    }

    private func write(
        _ what: ExportKind, as form: ExportForm, to output: String, of path: String, _ name: String?
    ) async throws -> Int {
        try await WorkspaceDirectory.using(path) { directory in
            let workspace = try await directory.choose(name)
            let view = workspace.people.view(of: workspace.store, now: SystemClock().now)
            let file = try OutputFile(path: output)
            let bar = ProgressBar("Exporting \(what.rawValue)", unit: what.rawValue)
            let total = what == .events ? view.snapshot.eventCount : view.everybody
            func tell(_ count: Int) { bar.update(fraction: Double(count) / Double(max(total, 1)), count: count) }
            switch what {
            case .events:
                var export = EventExport(view.snapshot, format: form.format)
                while let piece = export.next() {
                    try file.write(piece)
                    tell(export.count)
                }
            case .people:
                var export = PeopleExport(view, format: form.format)
                while let piece = try export.next() {
                    try file.write(piece)
                    tell(export.count)
                }
            }
            try file.close()
            finish(bar, total)
            return total
        }
    }

    private func download(
        _ what: ExportKind, as form: ExportForm, to output: String, from client: ServerClient
    ) async throws -> Int {
        let download = try await client.download("/api/v1/export/\(what.rawValue)?format=\(form.rawValue)")
        guard let total = download.rowCount else { throw Problem.noTeahouse(client.base) }
        let file = try OutputFile(path: output)
        let bar = ProgressBar("Exporting \(what.rawValue)", unit: what.rawValue)
        var count = 0
        try await download.read { bytes throws(Problem) in
            try file.write(bytes)
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
