import EventStore
import Model

/// The names that what is kept carries, whatever a question's range and as-of are.
struct KnownNames {
    let parts: [Part]
    /// The keys of the traits that are computed.
    var computedTraits: [String] = []

    /// Hints on a question's names: a look-up per name and part where all are known.
    func hints(on names: NamesAsked) -> [NameHint] {
        var out: [NameHint] = []
        for (name, place) in names.names where !isKnown(name) {
            if out.count == KnownNames.hintsMax { break }
            let nearest = NearestNames(to: name.text).among(known(name.subject))
            out.append(NameHint(subject: name.subject, name: name.text, place: place, nearest: nearest))
        }
        return out
    }

    /// Hints of one answer; more help nobody.
    static let hintsMax = 10

    private func isKnown(_ name: NamesAsked.Name) -> Bool {
        switch name.subject {
        case .event: parts.contains { $0.nameCode(of: name.text) != nil }
        case .property:
            parts.contains { $0.column(.properties, name.text) != nil }
                || parts.contains { !PropertyReader(name.text, in: $0).isEmpty }
        case .trait:
            computedTraits.contains(name.text)
                || parts.contains { part in
                    part.column(.traits, name.text) != nil
                        || part.columnPaths.contains { $0.section == .traits && $0.path.hasPrefix(name.text + ".") }
                        || KnownNames.changedTraits(part).contains(name.text)
                }
        }
    }

    /// The traits that calls have added to or the like, which may be all that is said of them.
    private static func changedTraits(_ part: Part) -> [String] {
        part.columnPaths.compactMap { $0.section == .properties ? TraitOperation.traitKey(ofProperty: $0.path) : nil }
    }

    /// Every known name once, in no order that means anything but the same for the same parts.
    private func known(_ subject: NameHint.Subject) -> [String] {
        var out = subject == .trait ? computedTraits : []
        var seen = Set(out)
        for name in parts.lazy.flatMap({ self.names(subject, of: $0) }) where seen.insert(name).inserted {
            out.append(name)
            if out.count == NearestNames.candidatesMax { break }
        }
        return out
    }

    private func names(_ subject: NameHint.Subject, of part: Part) -> [String] {
        switch subject {
        case .event: part.eventNames
        case .trait: part.columnPaths.filter { $0.section == .traits }.map(\.path) + KnownNames.changedTraits(part)
        case .property:
            (part.field(.name) == nil ? [] : ["name"]) + (part.field(.category) == nil ? [] : ["category"])
                + part.columnPaths.compactMap { column in
                    switch column.section {
                    case .properties: column.path
                    case .context: "context." + column.path
                    case .traits, .integrations: nil
                    }
                }
        }
    }
}
