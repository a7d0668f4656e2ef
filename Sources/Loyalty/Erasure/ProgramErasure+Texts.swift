import Columns
import Model
import OrderedCollections
import Records

extension ProgramErasure {
    /// Takes the person out of notes, ids and documents of whatever rows.
    func forgetTexts() throws(Problem) {
        for found in try names.rows(of: .pointAdjustments, on: tables.connection) {
            var texts = found.texts.mapValues { names.substitute($0) }
            if texts["note"] != nil { texts["note"] = IdentityFinder.mark }
            try found.set(texts, on: tables.connection)
        }
        for table in [NamingTable.programFacts] + NamingTable.programIDs {
            for found in try names.rows(of: table, on: tables.connection) {
                var texts: [String: String] = [:]
                for (column, text) in found.texts {
                    texts[column] = table.json.contains(column) ? try document(text) : names.substitute(text)
                }
                try found.set(texts, on: tables.connection)
            }
        }
    }

    /// A document without the person.
    func document(_ text: String) throws(Problem) -> String {
        try JSONParser.parse(Array(text.utf8)).without(names, under: []).text
    }
}

extension JSONValue {
    /// The same with a substitute for each text that names somebody.
    ///
    /// - Parameter keys: Under which it stands, outermost first: they tell whether a short text names somebody.
    func without(_ names: NameSearch, under keys: [String]) -> JSONValue {
        if let text = stringValue {
            let finder = names.finder
            let isNamed = IdentityFinder.namesSomebody(keys) ? finder.isNamed(text) : finder.isIn(text)
            return isNamed ? .string(names.substitute(text)) : self
        }
        if let elements = arrayValue { return .array(elements.map { $0.without(names, under: keys) }) }
        guard let members = objectValue else { return self }
        var clean: OrderedDictionary<String, JSONValue> = [:]
        for (key, value) in members {
            clean[names.finder.isIn(key) ? names.substitute(key) : key] = value.without(names, under: keys + [key])
        }
        return .object(clean)
    }
}
