public import Model
import OrderedCollections

/// The versions of an earning program: which one decides about an instant, and how a new one gets there.
///
/// draft → reviewed → scheduled → live → superseded. The last two follow from time alone: nothing has to run for them.
public struct EarningVersions: Hashable, Sendable {
    /// How far a version has come.
    public enum Status: String, Sendable, CaseIterable {
        case draft, reviewed, scheduled, live, superseded
    }

    /// One version and what was decided about it.
    public struct Version: Hashable, Sendable {
        public fileprivate(set) var program: EarningProgram
        public fileprivate(set) var author: String
        public fileprivate(set) var reviewer: String?
        /// The first instant that it decides about.
        public fileprivate(set) var effectiveFrom: Instant?
    }

    /// By number, without gaps from 1.
    public private(set) var versions: [Version] = []

    public init() {}

    // MARK: - Reading

    /// The version that decides about what happened at an instant, however late it is heard of.
    public func live(at instant: Instant) -> EarningProgram? {
        place(liveAt: instant).map { versions[$0].program }
    }

    /// nil for a version that there is not.
    public func status(of number: Int64, at now: Instant) -> Status? {
        guard let place = place(of: number) else { return nil }
        let version = versions[place]
        guard let from = version.effectiveFrom else { return version.reviewer == nil ? .draft : .reviewed }
        if from > now { return .scheduled }
        return place == self.place(liveAt: now) ? .live : .superseded
    }

    private func place(of number: Int64) -> Int? {
        versions.firstIndex { $0.program.version == number }
    }

    private func place(liveAt instant: Instant) -> Int? {
        let begun = versions.indices.filter { versions[$0].effectiveFrom.map { $0 <= instant } ?? false }
        return begun.max { (versions[$0].effectiveFrom ?? .distantPast) < (versions[$1].effectiveFrom ?? .distantPast) }
    }

    // MARK: - Commands

    /// Adds a draft; its number is the next one, whatever it says.
    ///
    /// - Returns: The number.
    public mutating func draft(_ program: EarningProgram, by author: String) throws(Refusal) -> Int64 {
        if let first = versions.first { try EarningVersions.check(program, first.program) }
        var program = program
        program.version = Int64(versions.count) + 1
        versions.append(Version(program: program, author: author))
        return program.version
    }

    /// Replaces a version that is not scheduled yet; a review of it is void then.
    public mutating func edit(_ number: Int64, to program: EarningProgram, by author: String, at now: Instant) throws(Refusal) {
        let place = try open(number, [.draft, .reviewed], at: now)
        try EarningVersions.check(program, versions[place].program)
        versions[place] = Version(program: program, author: author)
        versions[place].program.version = number
    }

    /// Records that somebody has looked at a draft.
    public mutating func review(_ number: Int64, by reviewer: String, at now: Instant) throws(Refusal) {
        versions[try open(number, [.draft], at: now)].reviewer = reviewer
    }

    /// Lets a reviewed version decide about everything from an instant on; never about what has happened already.
    public mutating func schedule(_ number: Int64, from instant: Instant, at now: Instant) throws(Refusal) {
        let place = try open(number, [.reviewed], at: now)
        var reasons: [Refusal.Reason] = []
        if instant < now { reasons.append(.init("RETROACTIVE", ["from": .string(instant.rfc3339)])) }
        if let other = versions.first(where: { $0.effectiveFrom == instant }) {
            reasons.append(.init("SAME_INSTANT", ["version": .int(other.program.version)]))
        }
        guard reasons.isEmpty else { throw Refusal(reasons) }
        versions[place].effectiveFrom = instant
    }

    /// Takes a version out again before it begins to decide.
    public mutating func unschedule(_ number: Int64, at now: Instant) throws(Refusal) {
        versions[try open(number, [.scheduled], at: now)].effectiveFrom = nil
    }

    private static func check(_ program: EarningProgram, _ other: EarningProgram) throws(Refusal) {
        guard program.id == other.id else {
            throw Refusal("OTHER_PROGRAM", ["need": .string(other.id), "have": .string(program.id)])
        }
        // What was earned is taken back in what it was earned in.
        guard program.points == other.points else {
            throw Refusal("OTHER_POINTS", ["need": .string(other.points), "have": .string(program.points)])
        }
    }

    private func open(_ number: Int64, _ allowed: [Status], at now: Instant) throws(Refusal) -> Int {
        guard let place = place(of: number), let status = status(of: number, at: now) else {
            throw Refusal("VERSION_UNKNOWN", ["version": .int(number)])
        }
        guard allowed.contains(status) else {
            throw Refusal(
                "VERSION_STATUS",
                ["need": .array(allowed.map { .string($0.rawValue) }), "have": .string(status.rawValue)])
        }
        return place
    }
}

// MARK: - JSON

extension EarningVersions {
    /// Reads what ``json`` writes.
    ///
    /// - Throws: ``Problem`` with code `bad_earning_program`.
    public init(json: JSONValue) throws(Problem) {
        versions = try EarningReader(json).elements { place throws(Problem) in
            try place.allow(["program", "author", "reviewer", "effective_from"], of: "a version")
            return Version(
                program: try EarningProgram(place.required("program", "A program")),
                author: try place.required("author", "An author").text(),
                reviewer: try place.read("reviewer", default: nil) { text throws(Problem) in try text.text() },
                effectiveFrom: try place.read("effective_from", default: nil) { text throws(Problem) in
                    guard let instant = Instant(rfc3339: try text.text()) else { throw text.expected("An instant") }
                    return instant
                })
        }
        for (index, version) in versions.enumerated() where version.program.version != Int64(index) + 1 {
            throw EarningReader(json).refused("Versions are numbered from 1 without gaps.")
        }
    }

    /// All versions, those that are over as well.
    public var json: JSONValue {
        .array(
            versions.map { version in
                var out = EarningWriter()
                out.put("program", version.program.json)
                out.put("author", .string(version.author))
                out.put("reviewer", version.reviewer.map { .string($0) })
                out.put("effective_from", version.effectiveFrom.map { .string($0.rfc3339) })
                return out.json
            })
    }
}
