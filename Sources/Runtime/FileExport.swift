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

/// Writes the events or people of one workspace of a data folder to a file.
public struct FileExport: Sendable {
    private let path: String
    private let workspace: String?
    private let isQuiet: Bool

    /// - Parameters:
    ///   - path: the data folder.
    ///   - workspace: by id or name; nil: the only one.
    ///   - isQuiet: no line at the end says how many and how fast.
    public init(path: String, workspace: String?, isQuiet: Bool = false) {
        self.path = path
        self.workspace = workspace
        self.isQuiet = isQuiet
    }

    /// Writes all of `what` to `output`, `-` being standard output.
    ///
    /// - Returns: How many there were.
    public func run(_ what: ExportKind, as form: ExportForm, to output: String) async throws -> Int {
        try await WorkspaceDirectory.using(path) { directory in
            let workspace = try await directory.choose(workspace)
            let file = try OutputFile(path: output)
            let view = workspace.people.view(of: workspace.store, now: SystemClock().now)
            let total = what == .events ? view.snapshot.eventCount : view.everybody
            let bar = ProgressBar("Exporting \(what.rawValue)", unit: what.rawValue)
            let progress: (Int) -> Void = { bar.update(fraction: Double($0) / Double(max(total, 1)), count: $0) }
            switch what {
            case .events: try EventExport(view.snapshot, format: form.format).write(progress: progress) { try file.write($0) }
            case .people: try PeopleExport(view, format: form.format).write(progress: progress) { try file.write($0) }
            }
            try file.close()
            if isQuiet { bar.abandon() } else { bar.finish(count: total) }
            return total
        }
    }
}
