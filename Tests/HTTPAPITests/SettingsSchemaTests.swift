import Loyalty
import Model
import OrderedCollections
import Testing

@testable import HTTPAPI

/// What the document says of coupon templates and of versions of earning is held against what reads them: a key that is read and not
/// described, or described and not read, fails here.
@Suite("Coupon templates and earning versions in the OpenAPI document")
struct SettingsSchemaTests {
    /// What reads one kind of settings.
    struct Kind: Sendable, CustomTestStringConvertible {
        let name: String
        let examples: [JSONValue]
        let read: @Sendable (JSONValue) throws(Problem) -> JSONValue

        var testDescription: String { name }
        var schema: JSONValue? { APISchema.components[name] }
    }

    static let kinds = [
        Kind(name: "CouponTemplate", examples: [CouponTemplateSchemas.example] + effects.map(template)) { json throws(Problem) in
            try CouponTemplate(json: json).json
        },
        Kind(name: "EarningProgram", examples: [EarningProgramSchemas.example]) { json throws(Problem) in
            try EarningProgram(json: json).json
        },
    ]

    /// One of each kind that the example does not have.
    private static let effects: [JSONValue] = [
        ["kind": "amount", "amount": 20, "on": "units", "units_max": 2],
        ["kind": "percent", "percent": 12.5],
        ["kind": "fixed_price", "price": "9.90", "units_max": 1],
        ["kind": "gift", "sku": "cup", "units": 1],
        ["kind": "free_shipping", "cap": "12"],
        ["kind": "status", "status": "gold", "days": 30],
        ["kind": "priority", "weight": 5, "benefit": "queue", "days": 30],
    ]

    private static func template(_ effect: JSONValue) -> JSONValue {
        ["name": "n", "currency": "CNY", "zone": "UTC", "effect": effect, "cost_bearer": ["kind": "store", "name": "s"]]
    }

    @Test("The example is taken, comes back as it was written, and is the one of the document", arguments: kinds)
    func example(_ kind: Kind) throws {
        let example = try #require(kind.examples.first)
        #expect(kind.schema?["example"] == example)
        for example in kind.examples {
            let read = try kind.read(example)
            #expect(try kind.read(read) == read)
        }
        // What is written is kept, beside what has a default.
        let kept = try kind.read(example)
        for key in (example.objectValue ?? [:]).keys { #expect(kept[key] != nil, "\(key)") }
    }

    @Test("Every key that is read is described, and no other", arguments: kinds)
    func keys(_ kind: Kind) throws {
        var seen = 0
        for example in kind.examples {
            try Self.visit(example, kind.schema ?? .null, []) { path, schema, _, alternatives in
                let described = Self.keys(of: schema)
                let problem = Self.problem(kind, example.replacing(path + ["?"], by: true))
                let known = problem?.wording.description.components(after: "Known keys: ")
                // Of what is one of several, the reader may know the keys of all of them.
                let all = alternatives.reduce(into: described) { $0.formUnion(Self.keys(of: $1)) }
                seen += 1
                #expect(known.map(described.isSubset) == true, "\(path): \(known ?? [])")
                #expect(known?.isSubset(of: all) == true, "\(path): \(known ?? [])")
            }
        }
        #expect(seen >= 15)
    }

    @Test("What is required is refused without, and what has a default is not", arguments: kinds)
    func required(_ kind: Kind) throws {
        for example in kind.examples {
            try Self.visit(example, kind.schema ?? .null, []) { path, schema, value, _ in
                let required = schema["required"]?.arrayValue?.compactMap(\.stringValue) ?? []
                for key in (value.objectValue ?? [:]).keys {
                    let problem = Self.problem(kind, example.replacing(path + [key], by: nil))
                    if required.contains(key) { #expect(problem != nil, "\(path) without \(key)") }
                    // Units at most go with units alone.
                    let isBound = key == "on" && value["units_max"] != nil
                    if schema["properties"]?[key]?["default"] != nil, !isBound {
                        #expect(problem == nil, "\(path) without \(key): \(problem.map { "\($0)" } ?? "")")
                    }
                }
            }
        }
    }

    @Test("Every word of a choice is taken, and nothing else; whole numbers end where it is said", arguments: kinds)
    func words(_ kind: Kind) throws {
        let example = try #require(kind.examples.first)
        try Self.visit(example, kind.schema ?? .null, []) { path, schema, value, _ in
            for (key, member) in schema["properties"]?.objectValue ?? [:] where value[key] != nil {
                if let words = member["enum"]?.arrayValue {
                    let problem = Self.problem(kind, example.replacing(path + [key], by: "?"))
                    let known = problem?.wording.description.quoted ?? []
                    #expect(Set(words.compactMap(\.stringValue)).isSubset(of: known), "\(path)/\(key): \(known)")
                    #expect(known.subtracting(["?"]).count == words.count, "\(path)/\(key): \(known)")
                }
                guard let max = member["maximum"]?.intValue, let min = member["minimum"]?.intValue else { continue }
                for beyond in [max + 1, min - 1] {
                    #expect(
                        Self.problem(kind, example.replacing(path + [key], by: .int(beyond))) != nil, "\(path)/\(key): \(beyond)")
                }
            }
        }
    }

    private static func problem(_ kind: Kind, _ json: JSONValue) -> Problem? {
        do throws(Problem) {
            _ = try kind.read(json)
            return nil
        } catch {
            return error
        }
    }

    private static func keys(of schema: JSONValue) -> Set<String> {
        Set(schema["properties"]?.objectValue.map { Array($0.keys) } ?? [])
    }

    /// Where an object stands, its schema, the object, and the schemas that it was chosen from.
    private typealias Visit = ([String], JSONValue, JSONValue, [JSONValue]) throws -> Void

    /// Visits every object of a value; of several schemas that it may have, the one that has all of its keys is taken.
    private static func visit(
        _ value: JSONValue, _ schema: JSONValue, _ path: [String], from alternatives: [JSONValue] = [], _ body: Visit
    ) throws {
        if let name = schema["$ref"]?.stringValue?.split(separator: "/").last {
            return try visit(value, try #require(APISchema.components[String(name)]), path, body)
        }
        if let choices = schema["oneOf"]?.arrayValue {
            guard let members = value.objectValue else { return }
            let fitting = choices.first { choice in
                let kind = choice["properties"]?["kind"]?["const"]
                return Set(members.keys).isSubset(of: keys(of: choice)) && (kind == nil || kind == value["kind"])
            }
            let chosen = try #require(fitting, "\(path) is none of those that are described")
            return try visit(value, chosen, path, from: choices, body)
        }
        if let members = value.objectValue {
            try body(path, schema, value, alternatives)
            for (key, member) in members { try visit(member, schema["properties"]?[key] ?? .null, path + [key], body) }
        }
        for (index, element) in (value.arrayValue ?? []).enumerated() {
            try visit(element, schema["items"] ?? .null, path + [String(index)], body)
        }
    }
}

extension JSONValue {
    /// With another value at a path of keys and places; without it for nil.
    fileprivate func replacing(_ path: [String], by value: JSONValue?) -> JSONValue {
        guard let first = path.first else { return value ?? .null }
        let rest = Array(path.dropFirst())
        if var elements = arrayValue, let index = Int(first), elements.indices.contains(index) {
            elements[index] = elements[index].replacing(rest, by: value)
            return .array(elements)
        }
        var members = objectValue ?? [:]
        members[first] = rest.isEmpty ? value : (members[first] ?? [:]).replacing(rest, by: value)
        return .object(members)
    }
}

extension String {
    /// The words that a sentence lists after its introduction, up to its full stop; nil where it has no such list.
    fileprivate func components(after introduction: String) -> Set<String>? {
        guard let range = firstRange(of: introduction) else { return nil }
        return Set(self[range.upperBound...].prefix { $0 != "." }.split(separator: ",").map { $0.filter { $0 != " " } })
    }

    /// What stands in quotation marks.
    fileprivate var quoted: Set<String> {
        Set(
            split(separator: "\"", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }.map {
                String($0.element)
            })
    }
}
