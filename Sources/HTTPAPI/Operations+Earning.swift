internal import Hummingbird
internal import Loyalty
internal import Model
internal import OrderedCollections
internal import Records
internal import Workspaces

extension APIOperation {
    /// Earning programs: their versions, what an event would earn, and events and orders that earn.
    static let earningOperations = [
        listEarningPrograms, readEarningProgram, draftEarningVersion, editEarningVersion,
        way("review", id: "reviewEarningVersion", "Say that a draft was looked at.") { number, _ throws(Problem) in .review(number)
        },
        way("schedule", id: "scheduleEarningVersion", "Let a reviewed version decide from an instant on; from now without one.") {
            number, body throws(Problem) in .schedule(number, from: try body.instant("from"))
        },
        way("unschedule", id: "unscheduleEarningVersion", "Take a version out again before it begins to decide.") {
            number, _ throws(Problem) in .unschedule(number)
        },
        rehearseEarning, previewEarning, awardEvent, takeOrder, setEarningSplit, readEarningSplit,
    ]

    // MARK: - Versions

    private static let listEarningPrograms = APIOperation(
        method: .get, path: "/api/v1/earning", id: "listEarningPrograms", tag: "Earning",
        summary: "The earning programs, each with the version that decides now.", access: .key(.read),
        answer: APISchema.object(["programs": ["type": "array", "items": APISchema.anyObject]])
    ) { call throws(Problem) in
        let (reader, now) = (try call.program(), call.directory.clock.now)
        var programs: [JSONValue] = []
        for program in try await reader.earningPrograms() {
            let versions = try await reader.earningVersions(program)
            programs.append([
                "program": .string(program), "name": versions.versions.last.map { .string($0.program.name) } ?? .null,
                "versions": .int(Int64(versions.versions.count)),
                "live": versions.live(at: now).map { .int($0.version) } ?? .null,
            ])
        }
        return .json(["programs": .array(programs)])
    }

    private static let readEarningProgram = APIOperation(
        method: .get, path: "/api/v1/earning/{program}", id: "readEarningProgram", tag: "Earning",
        summary: "All versions of an earning program with their rules, those that are over as well.", access: .key(.read),
        answer: APISchema.object(["program": APISchema.text, "versions": ["type": "array", "items": EarningSchemas.version]]),
        problems: [404]
    ) { call throws(Problem) in
        let (program, versions) = try await call.earningProgram()
        let now = call.directory.clock.now
        return .json([
            "program": .string(program), "versions": .array(versions.versions.map { $0.json(versions, now) }),
        ])
    }

    private static let draftEarningVersion = APIOperation(
        method: .post, path: "/api/v1/earning/{program}/versions", id: "draftEarningVersion", tag: "Earning",
        summary: "Add a version as a draft; the first one makes the program.", access: .key(.manage),
        body: EarningSchemas.program, answer: EarningSchemas.changed, problems: [409], isCommand: true
    ) { call throws(Problem) in
        let settings = try EarningProgram(json: try call.json())
        return try await call.perform(ChangeEarning(.draft(settings), of: call.path["program"] ?? ""))
    }

    private static let editEarningVersion = APIOperation(
        method: .put, path: "/api/v1/earning/{program}/versions/{version}", id: "editEarningVersion", tag: "Earning",
        summary: "Replace a version that is not scheduled; a review of it is void then.", access: .key(.manage),
        body: EarningSchemas.program, answer: EarningSchemas.changed, problems: [404, 409], isCommand: true
    ) { call throws(Problem) in
        let (number, settings) = (try call.earningVersion(), try EarningProgram(json: try call.json()))
        return try await call.perform(ChangeEarning(.edit(number, settings), of: call.path["program"] ?? ""))
    }

    /// One step of a version on its way.
    private static func way(
        _ word: String, id: String, _ summary: String,
        _ deed: @escaping @Sendable (Int64, ObjectReader) throws(Problem) -> ChangeEarning.Deed
    ) -> APIOperation {
        let members: OrderedDictionary<String, JSONValue> = word == "schedule" ? ["from": APISchema.instant] : [:]
        return APIOperation(
            method: .post, path: "/api/v1/earning/{program}/versions/{version}/\(word)", id: id, tag: "Earning",
            summary: summary, access: .key(.manage), body: PointSchemas.closed(members, required: []),
            answer: EarningSchemas.changed, problems: [404, 409], isCommand: true
        ) { call throws(Problem) in
            let body = try ObjectReader(try call.json(), known: Array(members.keys))
            let deed = try deed(try call.earningVersion(), body)
            return try await call.perform(ChangeEarning(deed, of: call.path["program"] ?? ""))
        }
    }

    private static let rehearseEarning = APIOperation(
        method: .post, path: "/api/v1/earning/{program}/versions/{version}/rehearse", id: "rehearseEarningVersion", tag: "Earning",
        summary: "What a version would have given for what has happened; the last 30 days without a time. Nothing is changed.",
        access: .key(.read),
        body: PointSchemas.closed(["from": APISchema.instant, "until": APISchema.instant], required: []),
        answer: EarningSchemas.rehearsal, problems: [404, 422]
    ) { call throws(Problem) in
        let body = try ObjectReader(try call.json(), known: ["from", "until"])
        let (_, versions) = try await call.earningProgram()
        let number = try call.earningVersion()
        guard let program = versions.versions.first(where: { $0.program.version == number })?.program else {
            throw Problem(.notFound, "There is no version \(number).", status: 404)
        }
        let until = try body.instant("until") ?? call.directory.clock.now
        let from = try body.instant("from") ?? until.advanced(byMicroseconds: -30 * .microsecondsPerDay)
        guard from <= until else { throw body.refused("from", "It begins before it ends.") }
        let currency = try await call.currency(program.points)
        return .json(try await call.open().rehearse(program, currency, over: from ..< until).json)
    }

    // MARK: - Events

    private static let previewEarning = APIOperation(
        method: .post, path: "/api/v1/earning/{program}/preview", id: "previewEarning", tag: "Earning",
        summary: "What an event or an order would earn now, by the rules that would give it; nothing is changed.",
        access: .key(.read), body: EarningSchemas.preview, answer: EarningSchemas.plan, problems: [404, 422]
    ) { call throws(Problem) in
        let body = try EventBody(call)
        let (program, versions) = try await call.earningProgram()
        guard let settings = try await call.program().program().settings else { throw APICall.noProgram }
        let event =
            if let order = try body.order(as: call) { try order.previewed } else {
                try body.event(source: try body.reader.text("source") ?? "preview")
            }
        var wish = EventWish(event, of: try await body.member(call), in: program)
        wish.tags = try await call.tags(of: wish.member, at: event.at, versions)
        let calendar = try await call.open().calendar
        let plan: EarningPlan?
        let reader = try call.program()
        do throws(ProgramFailure) { plan = try await reader.preview(wish, settings, calendar) } catch {
            switch error {
            case .refused(let refusal): throw refusal.problem
            case .failed(let problem): throw problem
            }
        }
        guard let plan else {
            throw Problem(
                .notFound,
                "No version of \"\(program.prefix(60))\" was live at \(event.at.rfc3339): it has \(versions.versions.count), and none is scheduled for then.",
                status: 404)
        }
        return .json(plan.json)
    }

    private static let awardEvent = APIOperation(
        method: .post, path: "/api/v1/earning/{program}/events", id: "awardEvent", tag: "Earning",
        summary: "Give a member what an event earns, once for its source. Orders go to …/orders.", access: .key(.manage),
        body: EarningSchemas.event, answer: EarningSchemas.plan, problems: [409, 422], isCommand: true
    ) { call throws(Problem) in
        let body = try EventBody(call, mustSayWhen: true)
        guard let member = try await body.member(call), let source = try body.reader.text("source") else {
            throw body.reader.refused("member", "An event that earns has a member and a source.")
        }
        var wish = EventWish(try body.event(source: source), of: member, in: call.path["program"] ?? "")
        let versions = try await call.program().earningVersions(wish.program)
        wish.tags = try await call.tags(of: member, at: wish.event.at, versions)
        return try await call.perform(AwardEvent(wish))
    }

    private static let takeOrder = APIOperation(
        method: .post, path: "/api/v1/earning/{program}/orders", id: "takeOrder", tag: "Earning",
        summary: "Tell of an order: completed, updated, cancelled or refunded. In any order, and as often as you like.",
        access: .key(.manage), body: EarningSchemas.order, answer: EarningSchemas.taken, problems: [409, 422], isCommand: true
    ) { call throws(Problem) in
        let body = try EventBody(call, mustSayWhen: true)
        guard let fact = try body.order(as: call) else {
            throw body.reader.refused(
                "event",
                "An order has the event Order Completed, Order Updated, Order Cancelled or Order Refunded, and an order_id.")
        }
        let program = call.path["program"] ?? ""
        var order = TakeOrder(fact, of: try await body.member(call), in: program)
        let versions = try await call.program().earningVersions(program)
        order.tags = try await call.tags(of: order.member, at: fact.at, versions, always: fact.coupons?.isEmpty == false)
        return try await call.perform(order)
    }
}

extension APICall {
    /// The earning program of the path with all of its versions.
    fileprivate func earningProgram() async throws(Problem) -> (String, EarningVersions) {
        let program = path["program"] ?? ""
        let versions = try await self.program().earningVersions(program)
        guard !versions.versions.isEmpty else {
            throw Problem(.notFound, "There is no earning program \"\(program.prefix(60))\".", status: 404)
        }
        return (program, versions)
    }

    fileprivate func earningVersion() throws(Problem) -> Int64 {
        let text = path["version"] ?? ""
        guard let number = Int64(text), number > 0 else {
            throw Problem(.notFound, "There is no version \"\(text.prefix(60))\".", status: 404)
        }
        return number
    }
}

extension Refusal {
    /// The refusal of a question, which is no command whose answer is kept.
    fileprivate var problem: Problem {
        let texts = json["reasons"]?.arrayValue?.compactMap { $0["message"]?.stringValue } ?? []
        return Problem(Problem.Code("refused"), "\(texts.joined(separator: " "))", status: 422)
    }
}

extension APICall {
    /// The tags of a member at an instant, where a version may ask for them.
    fileprivate func tags(
        of member: MemberWish?, at instant: Instant, _ versions: EarningVersions, always: Bool = false
    ) async throws(Problem) -> Set<String> {
        guard let member, always || versions.asksForTags else { return [] }
        return try await directory.tags(of: member, at: instant, in: try workspace)
    }
}
