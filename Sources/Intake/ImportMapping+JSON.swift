public import Model
internal import OrderedCollections

extension ImportMapping {
    /// The mapping file.
    public var json: JSONValue {
        var out: OrderedDictionary<String, JSONValue> = ["format": .string(format.word)]
        if case .table(let delimiter, _) = format { out["delimiter"] = .string(String(decoding: [delimiter], as: UTF8.self)) }
        if format != .calls, format != .objects { out["header"] = .bool(format.hasHeader) }
        out["kind"] = .string(kind.rawValue)
        if !columns.isEmpty { out["columns"] = .array(columns.map { .string($0) }) }
        for (role, column) in named { out[role] = .string(column) }
        if timestamp != nil { out["timestampFormat"] = .string(timestampFormat.rawValue) }
        out["zone"] = zone.map { .string($0) }
        out["eventName"] = eventName.map { .string($0) }
        if kind == .orders {
            out["orderRows"] = .string(orderRows.rawValue)
            if total != nil { out["totalIsOfOrder"] = .bool(totalIsOfOrder) }
            if decimal != .point { out["decimal"] = .string(decimal.rawValue) }
        }
        out["currencyCode"] = currencyCode.map { .string($0) }
        if !properties.isEmpty { out["properties"] = ImportMapping.json(properties) }
        if !traits.isEmpty { out["traits"] = ImportMapping.json(traits) }
        if !skip.isEmpty { out["skip"] = ImportMapping.json(skip) }
        if !refund.isEmpty { out["refund"] = ImportMapping.json(refund) }
        return .object(out)
    }

    private static func json(_ fields: [Field]) -> JSONValue {
        .array(fields.map { ["column": .string($0.column), "name": .string($0.name), "kind": .string($0.kind.rawValue)] })
    }

    private static func json(_ rules: [Rule]) -> JSONValue {
        .array(rules.map { ["column": .string($0.column), "values": .array($0.values.map { .string($0) })] })
    }

    /// Every member of a mapping file.
    static let members: Set<String> = [
        "format", "delimiter", "header", "kind", "columns", "timestamp", "timestampFormat", "zone", "person", "anonymous", "email",
        "phone", "event", "eventName", "messageId", "order", "orderRows", "product", "productName", "category", "quantity", "price",
        "total", "totalIsOfOrder", "refundedTotal", "decimal", "currency", "currencyCode", "properties", "traits", "skip", "refund",
    ]

    /// The members of a mapping file.
    ///
    /// - Throws: ``Problem`` with code `bad_mapping` when it is no object, or has a member that mappings have not.
    @discardableResult
    static func check(members json: JSONValue) throws(Problem) -> OrderedDictionary<String, JSONValue> {
        guard let members = json.objectValue else {
            throw .badMapping("A mapping is a JSON object, but this is \(json.kindName).", "")
        }
        for key in members.keys where !ImportMapping.members.contains(key) {
            let known = ImportMapping.members.sorted().joined(separator: ", ")
            throw .badMapping("A mapping has no \"\(key)\". It may have: \(known).", "/\(key)")
        }
        return members
    }

    /// Reads a mapping file.
    ///
    /// - Throws: ``Problem`` with code `bad_mapping` and the pointer of the place.
    public init(json: JSONValue) throws(Problem) {
        let members = try ImportMapping.check(members: json)
        let reader = MappingReader(members: members)
        let columns = try reader.texts("columns")
        self.init(format: try reader.format(), kind: try reader.word("kind", Kind.self) ?? .events, columns: columns)
        timestamp = try reader.text("timestamp")
        timestampFormat = try reader.word("timestampFormat", ImportTimeFormat.self) ?? .yearFirst
        zone = try reader.text("zone")
        person = try reader.text("person")
        anonymous = try reader.text("anonymous")
        email = try reader.text("email")
        phone = try reader.text("phone")
        event = try reader.text("event")
        eventName = try reader.text("eventName")
        messageID = try reader.text("messageId")
        order = try reader.text("order")
        orderRows = try reader.word("orderRows", OrderRows.self) ?? (order == nil ? .row : .sameID)
        product = try reader.text("product")
        productName = try reader.text("productName")
        category = try reader.text("category")
        quantity = try reader.text("quantity")
        price = try reader.text("price")
        total = try reader.text("total")
        totalIsOfOrder = try reader.flag("totalIsOfOrder") ?? false
        refundedTotal = try reader.text("refundedTotal")
        decimal = try reader.word("decimal", DecimalMark.self) ?? .point
        currency = try reader.text("currency")
        currencyCode = try reader.text("currencyCode")
        properties = try reader.fields("properties")
        traits = try reader.fields("traits")
        skip = try reader.rules("skip")
        refund = try reader.rules("refund")
        if orderRows == .sameID, kind == .orders, order == nil {
            throw .badMapping("Rows of one order are found by its id. Name its column as \"order\".", "/order")
        }
        try validate()
    }
}

/// Reads the members of a mapping file with the place of what is wrong.
private struct MappingReader {
    let members: OrderedDictionary<String, JSONValue>

    func text(_ key: String) throws(Problem) -> String? {
        guard let value = members[key], value != .null else { return nil }
        guard let text = value.stringValue, !text.isEmpty else {
            throw .badMapping("\"\(key)\" must be text, but this is \(value.kindName).", "/\(key)")
        }
        return text
    }

    func flag(_ key: String) throws(Problem) -> Bool? {
        guard let value = members[key] else { return nil }
        guard let flag = value.boolValue else {
            throw .badMapping("\"\(key)\" must be true or false, but this is \(value.kindName).", "/\(key)")
        }
        return flag
    }

    func word<Word: RawRepresentable & CaseIterable>(_ key: String, _ type: Word.Type) throws(Problem) -> Word?
    where Word.RawValue == String {
        guard let text = try text(key) else { return nil }
        guard let word = Word(rawValue: text) else {
            let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
            throw .badMapping("\"\(key)\" is one of \(words); \"\(text.prefix(40))\" is not.", "/\(key)")
        }
        return word
    }

    func texts(_ key: String) throws(Problem) -> [String] {
        guard let value = members[key] else { return [] }
        guard let list = value.arrayValue else {
            throw .badMapping("\"\(key)\" must be a list of text, but this is \(value.kindName).", "/\(key)")
        }
        var texts: [String] = []
        for (index, element) in list.enumerated() {
            guard let text = element.stringValue else {
                throw .badMapping("\"\(key)\" must hold text, but this is \(element.kindName).", "/\(key)/\(index)")
            }
            texts.append(text)
        }
        return texts
    }

    func format() throws(Problem) -> ImportFormat {
        let word = try text("format") ?? "table"
        let hasHeader = try flag("header") ?? true
        switch word {
        case "calls": return .calls
        case "objects": return .objects
        case "columns": return .columns(hasHeader: hasHeader)
        case "table":
            let delimiter = try text("delimiter") ?? ","
            guard let byte = delimiter.utf8.first, delimiter.utf8.count == 1, byte < 0x80, byte != 0x22, byte != 0x0A, byte != 0x0D
            else {
                throw .badMapping("\"delimiter\" must be one ASCII character, such as \",\" or \"\\t\".", "/delimiter")
            }
            return .table(delimiter: byte, hasHeader: hasHeader)
        default:
            throw .badMapping("\"format\" is one of calls, objects, table, columns; \"\(word.prefix(40))\" is not.", "/format")
        }
    }

    func fields(_ key: String) throws(Problem) -> [ImportMapping.Field] {
        guard let value = members[key] else { return [] }
        guard let list = value.arrayValue else {
            throw .badMapping("\"\(key)\" must be a list of {column, name, kind}, but this is \(value.kindName).", "/\(key)")
        }
        var fields: [ImportMapping.Field] = []
        for (index, element) in list.enumerated() {
            if let column = element.stringValue {
                fields.append(.init(column: column, name: column, kind: .text))
                continue
            }
            guard let column = element["column"]?.stringValue else {
                throw .badMapping(
                    "Here a column's name is missing: {\"column\": \"…\", \"name\": \"…\", \"kind\": \"text\"}.", "/\(key)/\(index)"
                )
            }
            let kind = element["kind"]?.stringValue ?? "text"
            guard let kind = ImportMapping.ValueKind(rawValue: kind) else {
                throw .badMapping("\"kind\" is text or number; \"\(kind.prefix(40))\" is not.", "/\(key)/\(index)/kind")
            }
            fields.append(.init(column: column, name: element["name"]?.stringValue ?? column, kind: kind))
        }
        return fields
    }

    func rules(_ key: String) throws(Problem) -> [ImportMapping.Rule] {
        guard let value = members[key] else { return [] }
        guard let list = value.arrayValue else {
            throw .badMapping("\"\(key)\" must be a list, but this is \(value.kindName).", "/\(key)")
        }
        var rules: [ImportMapping.Rule] = []
        for (index, element) in list.enumerated() {
            guard let column = element["column"]?.stringValue, let values = element["values"]?.arrayValue else {
                throw .badMapping("A rule is {\"column\": \"status\", \"values\": [\"cancelled\"]}.", "/\(key)/\(index)")
            }
            rules.append(.init(column: column, values: values.compactMap(\.stringValue)))
        }
        return rules
    }
}
