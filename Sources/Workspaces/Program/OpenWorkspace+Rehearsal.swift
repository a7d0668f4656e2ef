public import Loyalty
public import Model
import People
import Records

/// What a version of an earning program would have given for what has happened.
public struct EarningRehearsal: Sendable {
    public let simulation: EarningSimulation
    /// Orders and events that were judged.
    public let eventCount: Int
    /// Those beyond what can be counted.
    public let refusedCount: Int
}

extension OpenWorkspace {
    /// The most events of one rehearsal.
    private static let rehearsedMax = 100_000

    /// Judges past orders and events by a version of an earning program, in the order in which they happened; nothing is changed.
    ///
    /// Orders count as they were completed: what came back later is not taken off.
    /// - Throws: ``Problem`` with code `too_many_events`.
    public func rehearse(
        _ program: EarningProgram, _ points: PointCurrency, over times: Range<Instant>
    ) async throws(Problem) -> EarningRehearsal {
        let (calendar, standard) = (calendar, settings.currency)
        return try await look { view throws(Problem) in
            let names = EarningProgram.followedNames([program])
            let found = view.followed(names, in: times, limit: OpenWorkspace.rehearsedMax)
            guard !found.isPart else {
                throw Problem(
                    Problem.Code("too_many_events"),
                    "A rehearsal takes at most \(OpenWorkspace.rehearsedMax) events. Choose a shorter time.", place: "/from",
                    status: 422)
            }
            var script = RehearsalScript(standard: standard)
            for call in found.calls {
                let tags = program.asksForTags ? call.person.map { view.tags(of: $0, at: call.at) } : nil
                script.add(call, tags: tags ?? [])
            }
            var simulation = EarningSimulation(program, in: EarningFrame(points: points, calendar: calendar))
            var (count, refused) = (0, script.refusedCount)
            for (event, member) in script.events {
                do throws(Refusal) {
                    try simulation.add(event, of: member)
                    count += 1
                } catch {
                    refused += 1
                }
            }
            return EarningRehearsal(simulation: simulation, eventCount: count, refusedCount: refused)
        }
    }
}

/// Past events as they are judged: each order once, however many calls tell of it.
private struct RehearsalScript {
    let standard: Currency
    private(set) var refusedCount = 0
    private var orders: [String: (record: OrderRecord, member: EarningMember?)] = [:]
    private var others: [(event: EarningEvent, member: EarningMember)] = []

    init(standard: Currency) { self.standard = standard }

    /// In the order in which they happened.
    var events: [(event: EarningEvent, member: EarningMember)] {
        let completed = orders.values.compactMap { order in
            order.record.state.event.flatMap { event in order.member.map { (event: event, member: $0) } }
        }
        return (completed + others).sorted { ($0.event.at, $0.event.source) < ($1.event.at, $1.event.source) }
    }

    mutating func add(_ call: FollowedCall, tags: Set<String>) {
        let member = call.person.map { EarningMember(id: $0.text, tags: tags) }
        do throws(Refusal) {
            if let fact = try call.fact(standard) {
                var order = orders[fact.order] ?? (OrderRecord(id: fact.order), nil)
                _ = try order.record.add(fact)
                if order.member == nil, fact.kind == .completed { order.member = member }
                orders[fact.order] = order
            } else if !call.isOfOrder, let member {
                others.append((call.event, member))
            }
        } catch {
            refusedCount += 1
        }
    }
}
