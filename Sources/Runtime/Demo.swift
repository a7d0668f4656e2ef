import Columns
import Logging
public import Model
import Records
public import Workspaces
import Worlds

/// A simulated business in a data folder: loaded once through the collect API, then served like any other workspace.
public struct Demo: Sendable {
    /// What the demo remembers between runs, in `demo.json` beside the data.
    struct Marker {
        var workspace: WorkspaceID
        var world: WorldListing
        var shape: WorldShape
        var isLoaded: Bool
    }

    /// How large and which world is made when there is none yet.
    public struct Shape: Sendable {
        /// One of ``worlds``; nil: the one that is there, else the first.
        public var world: String?
        public var seed: UInt64
        public var people: Int
        public var days: Int
        /// The last simulated day; nil: yesterday.
        public var end: LocalDate?

        public init(
            world: String? = nil, seed: UInt64 = 1, people: Int = 20_000, days: Int = 180, end: LocalDate? = nil
        ) {
            self.world = world
            self.seed = seed
            self.people = people
            self.days = days
            self.end = end
        }
    }

    /// The worlds that can be asked for, the default first: each with a line that says who uses and who pays.
    public static let worlds = WorldListing.all.map { (name: $0.name, summary: $0.summary) }

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
            if let wanted = shape.world, wanted != marker.world.name {
                throw Problem(
                    .badSettings,
                    "The folder holds the world \(marker.world.name). Leave --world out, or give --data another folder.",
                    place: "--world")
            }
            if !marker.isLoaded { try await send(marker, to: address) }
            return try await server.directory.workspace(marker.workspace)
        }
        guard server.directory.workspaces().isEmpty else {
            throw Problem(
                .badSettings, "The folder holds other workspaces; the demo wants one of its own. Give --data another folder.",
                place: "--data")
        }
        let (world, worldShape) = try Demo.chosen(shape)
        let owner = try await owner()
        let created = try await server.directory.create(
            name: world.title, timezone: Demo.timezone, currency: "CNY", owner: owner, by: .commandLine)
        let marker = Marker(workspace: created.workspace.id, world: world, shape: worldShape, isLoaded: false)
        try write(marker)
        try await send(marker, to: address)
        return try await server.directory.workspace(marker.workspace)
    }

    /// What the loaded world is there to show, as its truth says; none for one that was loaded by an earlier version.
    func figures() throws -> [WorldFigure] {
        guard let bytes = try FileText.readIfPresent("\(path)/truth.json") else { return [] }
        return (try JSONParser.parse(bytes)["figures"]?.arrayValue ?? []).compactMap { WorldFigure(json: $0) }
    }

    /// The demo owner's password: random, made at the first run and kept in the data folder for its owner to read.
    public func password() throws -> String {
        let text = String(decoding: try FileText.read("\(path)/demo-password"), as: UTF8.self)
        return text.split(separator: "\n").first.map { String($0) } ?? ""
    }

    /// Writes the calls of a world as NDJSON to `file`, and its truth beside it.
    public static func write(_ shape: Shape, to file: String) throws {
        let (listing, worldShape) = try chosen(shape)
        let output = try OutputFile(path: file)
        let bar = ProgressBar("Writing \(file)", unit: "events")
        var batches = listing.world(worldShape).batches(of: 1_000)
        var written = 0
        while let batch = batches.next() {
            try output.write(batch.lines)
            written += batch.count
            bar.update(fraction: batch.progress, count: written)
        }
        try output.close()
        bar.finish(count: written)
        if let truth = batches.truth { try FileText.replace("\(file).truth.json", with: truth.totals.prettyText + "\n") }
    }

    private static func chosen(_ shape: Shape) throws -> (WorldListing, WorldShape) {
        let name = shape.world ?? WorldListing.all[0].name
        guard let listing = WorldListing.named(name) else {
            let names = WorldListing.all.map(\.name).joined(separator: ", ")
            throw Problem(.badSettings, "There is no world \"\(name.prefix(40))\". Use one of \(names).", place: "--world")
        }
        let calendar = ZoneCalendar(zone: try TimeZoneTable(identifier: timezone))
        let end = shape.end ?? calendar.date(at: SystemClock().now).advanced(byDays: -1)
        return (listing, WorldShape(seed: shape.seed, people: shape.people, days: shape.days, end: end))
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
        let bar = ProgressBar("Loading the world \(marker.world.name)", unit: "events")
        var sent = 0
        var orders: [DemoProgram.Order] = []
        var batches = marker.world.world(marker.shape).batches(of: 1_000)
        while let batch = batches.next() {
            let answer = try await client.post("/v1/batch?historical=1", bytes: batch.body)
            guard answer["success"]?.boolValue == true else {
                throw Problem(.badRequest, "The demo's own events were refused: \(answer["rejected"]?.text.prefix(300) ?? "")")
            }
            sent += batch.count
            if marker.world.name == TeaShop.name { orders += DemoProgram.orders(in: batch) }
            bar.update(fraction: batch.progress, count: sent)
        }
        bar.finish(count: sent)
        if !orders.isEmpty {
            let program = DemoProgram(directory: server.directory, workspace: marker.workspace)
            try await program.start(named: marker.world.title, orders)
        }
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
            let world = WorldListing.named(json["world"]?.stringValue ?? TeaShop.name),
            let seed = json["seed"]?.intValue, let people = json["people"]?.intValue, let days = json["days"]?.intValue,
            let end = json["end"]?.stringValue.flatMap({ LocalDate(text: $0) }), let isLoaded = json["loaded"]?.boolValue
        else {
            throw Problem(.damaged, "The demo's settings are damaged. Remove the data folder and start again.", place: markerPath)
        }
        let shape = WorldShape(seed: UInt64(bitPattern: seed), people: Int(people), days: Int(days), end: end)
        return Marker(workspace: workspace, world: world, shape: shape, isLoaded: isLoaded)
    }

    private func write(_ marker: Marker) throws {
        let json: JSONValue = [
            "workspace": .string(marker.workspace.text), "world": .string(marker.world.name),
            "seed": .int(Int64(bitPattern: marker.shape.seed)), "people": .int(Int64(marker.shape.people)),
            "days": .int(Int64(marker.shape.days)), "end": .string(marker.shape.end.text), "loaded": .bool(marker.isLoaded),
        ]
        try FileText.replace(markerPath, with: json.prettyText + "\n")
    }
}
