internal import Loyalty
internal import Model
internal import OrderedCollections
internal import Records
internal import Workspaces

/// The body of a call that tells of an event: what happened, when, and who did it.
struct EventBody {
    let reader: ObjectReader
    private let at: Instant

    static let keys = [
        "member", "event", "trigger", "source", "message_id", "timestamp", "channel", "properties", "context",
    ]

    /// - Parameter mustSayWhen: Whether it is a command, whose repetition says the same; else it happens now unless it says when.
    init(_ call: APICall, mustSayWhen: Bool = false) throws(Problem) {
        reader = try ObjectReader(try call.json(), known: EventBody.keys)
        let timestamp = try reader.instant("timestamp")
        if mustSayWhen, timestamp == nil { throw reader.refused("timestamp", "Say when it happened.") }
        at = timestamp ?? call.directory.clock.now
    }

    private func members(_ key: String) throws(Problem) -> JSONValue {
        guard let value = reader.present(key) else { return [:] }
        guard value.objectValue != nil else { throw reader.refused(key, "\"\(key)\" is an object.") }
        return value
    }

    /// Who did it; nil when nobody is named.
    func member(_ call: APICall) async throws(Problem) -> MemberWish? {
        guard let text = try reader.text("member") else { return nil }
        return try await call.member(text)
    }

    /// What happened, but for orders.
    func event(source: String) throws(Problem) -> EarningEvent {
        let trigger: EarningEvent.Trigger
        switch (try reader.text("event"), try reader.text("trigger")) {
        case (let name?, nil): trigger = .event(name)
        case (nil, let name?): trigger = .api(name)
        default: throw reader.refused("event", "Give either the name of an event or that of a trigger of the API.")
        }
        if case .event(let name) = trigger, OrderFact.Kind(rawValue: name) != nil {
            throw reader.refused("event", "Tell of orders with their order_id at …/orders.")
        }
        guard (1 ... 500).contains(source.utf8.count) else { throw reader.refused("source", "A source has 1 to 500 bytes.") }
        var event = EarningEvent(trigger, source: source, at: at, properties: try members("properties"))
        event.context = try members("context")
        event.channel = try reader.text("channel")
        return event
    }

    /// What happened to an order; nil for another event, and one that names no order.
    func order(as call: APICall) throws(Problem) -> OrderFact? {
        guard let event = try reader.text("event") else { return nil }
        let message = try reader.text("message_id") ?? call.idempotencyKey ?? "preview"
        guard (1 ... 500).contains(message.utf8.count) else { throw reader.refused("message_id", "It has 1 to 500 bytes.") }
        let (properties, context) = (try members("properties"), try members("context"))
        let (at, currency) = (at, try call.directory.settings(of: try call.workspace).currency)
        do throws(Refusal) {
            return try OrderFact(
                event: event, messageID: message, at: at, properties: properties, context: context, standard: currency)
        } catch {
            throw reader.refused("properties", "The order is greater than can be counted.")
        }
    }
}

extension OrderFact {
    /// What a completed order alone would earn for.
    ///
    /// - Throws: ``Problem`` for what is no completed order.
    var previewed: EarningEvent {
        get throws(Problem) {
            let event: EarningEvent?
            do throws(Refusal) { event = try completed } catch { throw OrderFact.notCompleted }
            guard let event else { throw OrderFact.notCompleted }
            return event
        }
    }

    private static let notCompleted = Problem(
        .badRequest, "Preview a completed order: what it gives back is known by what it has earned.", place: "/event")
}
