import EventStore
public import Model
import Questions

/// How many people stand where with one purpose.
public struct ConsentCount: Hashable, Sendable {
    public var granted: Int
    public var withdrawn: Int
    /// People of whom nothing is known, which means no.
    public var neverAsked: Int

    package init(granted: Int, withdrawn: Int, neverAsked: Int) {
        self.granted = granted
        self.withdrawn = withdrawn
        self.neverAsked = neverAsked
    }
}

extension PeopleView {
    /// How many people have granted a purpose, have withdrawn it, or neither.
    public func consentCount(of purpose: String) -> ConsentCount {
        let column = facts.consents(to: purpose)
        let (granted, withdrawn) = (column.granted.count, column.withdrawn.count)
        return ConsentCount(granted: granted, withdrawn: withdrawn, neverAsked: facts.everyone.count - granted - withdrawn)
    }

    /// Every purpose of which anything was ever said, whether or not the workspace names it; ascending by bytes.
    public var purposesSaid: [String] {
        Set(facts.partConsents.flatMap(\.entries.keys)).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// What was said of a person's consents, newest first.
    ///
    /// Of preferences that stand in one event after another only those that change something.
    public func consents(of person: PersonID) -> [ConsentRecord] {
        guard let person = graph.person(of: person.ordinal) else { return [] }
        let records = facts.places(of: person).flatMap { facts.consents(at: $0) }
            .sorted { ($0.at, $0.arrival) < ($1.at, $1.arrival) }
        var standing: [String: Bool] = [:]
        var out: [ConsentRecord] = []
        for record in records {
            let changes = standing.updateValue(record.isGranted, forKey: record.purpose) != record.isGranted
            if changes || record.origin == .declared { out.append(record) }
        }
        return out.reversed()
    }
}

extension PeopleFacts {
    /// What one call says of consents.
    fileprivate func consents(at place: CallPlace) -> [ConsentRecord] {
        let part = partRows[place.part].part
        let preferences = partConsents[place.part].entries.isEmpty ? [] : part.consentColumns
        let said = preferences.compactMap { column -> (String, Bool)? in
            guard case .bool(let isGranted)? = column.column.value(at: place.row) else { return nil }
            return (column.purpose, isGranted)
        }
        let statement = place.isSaid ? PartConsents.statement(part, place.row) : nil
        if said.isEmpty, statement == nil { return [] }
        let call = part.call(at: place.row)
        func record(_ purpose: String, _ isGranted: Bool, _ origin: ConsentRecord.Origin) -> ConsentRecord {
            ConsentRecord(
                purpose: purpose, isGranted: isGranted, at: min(call.timestamp, call.receivedAt), receivedAt: call.receivedAt,
                origin: origin, source: call.source, messageID: call.messageID, arrival: place.arrival,
                identity: snapshot.identities.identity(place.owner))
        }
        var out = said.map { record($0.0, $0.1, .said) }
        if let statement {
            var declared = record(statement.purpose, statement.isGranted, .declared)
            declared.textVersion = statement.textVersion
            declared.evidence = statement.evidence
            out.append(declared)
        }
        return out
    }
}
