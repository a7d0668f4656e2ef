import Columns
import Logging
public import Model
import Records
public import Workspaces
import Worlds

/// The simulated tea shop in a data folder: loaded once through the collect API, then served like any other workspace.
public struct Demo: Sendable {
    /// What the demo remembers between runs, in `demo.json` beside the data.
    struct Marker {
        var workspace: WorkspaceID
        var seed: UInt64
        var people: Int
        var days: Int
        var end: LocalDate
        var isLoaded: Bool
    }

    /// How large and which shop is made when there is none yet.
    public struct Shape: Sendable {
        public var seed: UInt64
        public var people: Int
        public var days: Int
        /// The last simulated day; nil: yesterday.
        public var end: LocalDate?

        public init(seed: UInt64 = 1, people: Int = 20_000, days: Int = 180, end: LocalDate? = nil) {
            self.seed = seed
            self.people = people
            self.days = days
            self.end = end
        }
    }

    /// The owner's e-mail address of a demo.
    public static let ownerEmail = "owner@demo.teahouse.example"

    private let server: Server
    private let path: String
    private let shape: Shape

    /// - Parameter path: the data folder that `server` has opened.
    public init(server: Server, path: String, shape: Shape) {
        self.server = server
        self.path = path
        self.shape = shape
    }

    /// Loads what is not yet loaded, writes the truth beside the data and gives the opened workspace.
    ///
    /// Interrupted loading goes on where it stopped: the calls are the same, so that the ones taken before count as duplicates.
    /// - Parameter address: of the running server, to which the events are sent.
    public func load(address: String) async throws -> OpenWorkspace {
        if let marker = try readMarker() {
            if !marker.isLoaded { try await send(marker, to: address) }
            return try await server.directory.workspace(marker.workspace)
        }
        guard server.directory.workspaces().isEmpty else {
            throw Problem(
                .badSettings, "The folder holds other workspaces; the demo wants one of its own. Give --data another folder.",
                place: "--data")
        }
        let clock = ZoneCalendar(zone: try TimeZoneTable(identifier: Demo.timezone))
        let owner = try await owner()
        let created = try await server.directory.create(
            name: "山间茶舍 Mountain Tea", timezone: Demo.timezone, currency: "CNY", owner: owner, by: .commandLine)
        let marker = Marker(
            workspace: created.workspace.id, seed: shape.seed, people: shape.people, days: shape.days,
            end: shape.end ?? clock.date(at: SystemClock().now).advanced(byDays: -1), isLoaded: false)
        try write(marker)
        try await send(marker, to: address)
        return try await server.directory.workspace(marker.workspace)
    }

    /// The demo owner's password: random, made at the first run and kept in the data folder for its owner to read.
    public func password() throws -> String {
        let text = String(decoding: try FileText.read("\(path)/demo-password"), as: UTF8.self)
        return text.split(separator: "\n").first.map { String($0) } ?? ""
    }

    /// Writes the calls of a shop as NDJSON to `file`, and its truth beside it.
    public static func write(_ shape: Shape, to file: String) throws {
        let calendar = ZoneCalendar(zone: try TimeZoneTable(identifier: timezone))
        let shop = TeaShop(
            seed: shape.seed, people: shape.people, days: shape.days,
            end: shape.end ?? calendar.date(at: SystemClock().now).advanced(byDays: -1))
        let output = try OutputFile(path: file)
        let bar = ProgressBar("Writing \(file)", unit: "events")
        var batches = shop.batches(of: 1_000)
        var written = 0
        while let batch = batches.next() {
            try output.write(batch.lines)
            written += batch.count
            bar.update(fraction: Double(written) / Double(max(shape.people * shape.days * 5 / 18, 1)), count: written)
        }
        try output.close()
        bar.finish(count: written)
        if let truth = batches.truth { try FileText.replace("\(file).truth.json", with: truth.totals.prettyText + "\n") }
    }

    private static let timezone = "Asia/Shanghai"

    private func owner() async throws -> MemberID {
        var random = SystemRandomNumberGenerator()
        let password = (0 ..< 3).map { _ in
            String((0 ..< 4).map { _ in Array("abcdefghjkmnpqrstuvwxyz23456789").randomElement(using: &random) ?? "x" })
        }.joined(separator: "-")
        try FileText.replace("\(path)/demo-password", with: password + "\n")
        return try await server.directory.team.createFirstOwner(
            email: Demo.ownerEmail, name: "Demo Owner", password: password, language: .en
        ).id
    }

    private func send(_ marker: Marker, to address: String) async throws {
        var marker = marker
        let source = server.directory.sources(of: marker.workspace).first { $0.allowsHistory && !$0.isSuppressed }
        guard let source else {
            throw Problem(
                .badSettings, "The demo's workspace has no source that takes history. Remove the data folder and start again.")
        }
        let loading = try await server.directory.rotateKey(
            of: source.id, in: marker.workspace, name: "demo loader", by: .commandLine)
        let client = try ServerClient(base: address, credential: .writeKey(loading.raw))
        let shop = TeaShop(seed: marker.seed, people: marker.people, days: marker.days, end: marker.end)
        let bar = ProgressBar("Loading the demo shop", unit: "events")
        let expected = shop.people * shop.days * 5 / 18
        var sent = 0
        var batches = shop.batches(of: 1_000)
        while let batch = batches.next() {
            let answer = try await client.post("/v1/batch?historical=1", bytes: batch.body)
            guard answer["success"]?.boolValue == true else {
                throw Problem(.badRequest, "The demo's own events were refused: \(answer["rejected"]?.text.prefix(300) ?? "")")
            }
            sent += batch.count
            bar.update(fraction: Double(sent) / Double(max(expected, 1)), count: sent)
        }
        bar.finish(count: sent)
        guard let truth = batches.truth else { throw Problem(.badRequest, "The simulation ended early.") }
        try FileText.replace("\(path)/truth.json", with: truth.totals.prettyText + "\n")
        try FileText.replace("\(path)/truth.ndjson", with: String(decoding: truth.peopleLines, as: UTF8.self))
        try await server.directory.revokeKey(loading.key.id, in: marker.workspace, by: .commandLine)
        marker.isLoaded = true
        try write(marker)
    }

    private var markerPath: String { "\(path)/demo.json" }

    private func readMarker() throws -> Marker? {
        guard let bytes = try FileText.readIfPresent(markerPath) else { return nil }
        let json = try JSONParser.parse(bytes)
        guard let workspace = json["workspace"]?.stringValue.flatMap({ WorkspaceID(validating: $0) }),
            let seed = json["seed"]?.intValue, let people = json["people"]?.intValue, let days = json["days"]?.intValue,
            let end = json["end"]?.stringValue.flatMap({ LocalDate(text: $0) }), let isLoaded = json["loaded"]?.boolValue
        else {
            throw Problem(.damaged, "The demo's settings are damaged. Remove the data folder and start again.", place: markerPath)
        }
        return Marker(
            workspace: workspace, seed: UInt64(bitPattern: seed), people: Int(people), days: Int(days), end: end, isLoaded: isLoaded
        )
    }

    private func write(_ marker: Marker) throws {
        let json: JSONValue = [
            "workspace": .string(marker.workspace.text), "seed": .int(Int64(bitPattern: marker.seed)),
            "people": .int(Int64(marker.people)), "days": .int(Int64(marker.days)), "end": .string(marker.end.text),
            "loaded": .bool(marker.isLoaded),
        ]
        try FileText.replace(markerPath, with: json.prettyText + "\n")
    }
}
