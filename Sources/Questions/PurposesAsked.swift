public import Model
import OrderedCollections

/// The purposes that a question names, with their places: its own, and those of expressions.
struct PurposesAsked {
    private var names: [(name: String, place: String)] = []

    /// - Parameter question: as ``Question/normalised`` gives it, so that every key is one of the language.
    init(_ question: JSONValue) {
        if let purpose = question["purpose"]?.stringValue { names.append((purpose, "/purpose")) }
        walk(question, at: "")
    }

    private mutating func walk(_ value: JSONValue, at place: String) {
        switch value {
        case .object(let members):
            for (key, inner) in members {
                switch (key, inner) {
                case ("consent", .string(let name)): names.append((name, "\(place)/consent"))
                // Operands and the names of what was paid for are data, not language.
                case ("value", _), ("costs", _): continue
                default: walk(inner, at: "\(place)/\(key)")
                }
            }
        case .array(let elements):
            for (index, element) in elements.enumerated() { walk(element, at: "\(place)/\(index)") }
        default: break
        }
    }

    /// - Throws: `bad_question` at the place of the first that is not among the known ones.
    func check(among known: [String]) throws(Problem) {
        for (name, place) in names where !known.contains(name) {
            throw .unknownPurpose(name, among: known, place: place)
        }
    }
}

extension Problem {
    /// That a workspace names no such purpose, with the nearest of those that it does.
    public static func unknownPurpose(_ name: String, among known: [String], place: String, status: Int = 400) -> Problem {
        let nearest = NearestNames(to: name).among(known)
        let names = (nearest.isEmpty ? Array(known.prefix(10)) : nearest).map { "\"\($0)\"" }.joined(separator: ", ")
        let message: Wording =
            known.isEmpty
            ? "There is no purpose \"\(name.prefix(60))\", because none has been named yet."
            : "There is no purpose \"\(name.prefix(60))\". Known ones, the nearest first: \(names)."
        return Problem(.badQuestion, message, place: place, status: status)
    }
}
