import Model
import Questions

/// Who has granted one purpose and who has withdrawn it; whoever is in neither was never asked, or never answered.
struct ConsentColumn: Sendable {
    private(set) var granted: PersonSet
    private(set) var withdrawn: PersonSet

    /// The newest of what all identities of a person said holds; of one time that which arrived last.
    init(purpose: String, parts: [PartConsents], personOf: [UInt32]) {
        var newest: [UInt32: PartConsents.Entry] = [:]
        for part in parts {
            for entry in part.entries[purpose] ?? [] where Int(entry.owner) < personOf.count {
                let person = personOf[Int(entry.owner)]
                if person == IdentityGraph.none { continue }
                if let known = newest[person], !entry.isNewer(than: known) { continue }
                newest[person] = entry
            }
        }
        granted = PersonSet(capacity: personOf.count)
        withdrawn = PersonSet(capacity: personOf.count)
        for (person, entry) in newest {
            if entry.isGranted { granted.insert(person) } else { withdrawn.insert(person) }
        }
    }
}
