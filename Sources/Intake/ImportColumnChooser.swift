internal import Model

/// Gives each column of a file its meaning, by its name first and by what its values look like second.
struct ImportColumnChooser {
    let columns: [ImportColumnStatistics]
    /// The first rows of a table; empty for JSON.
    var rows: [[String]] = []
    let rowCount: Int
    let fileName: String
    private let taken = TakenColumns()

    init(columns: [ImportColumnStatistics], rows: [[String]] = [], rowCount: Int? = nil, fileName: String) {
        self.columns = columns
        self.rows = rows
        self.rowCount = rowCount ?? rows.count
        self.fileName = fileName
    }

    /// What the columns say, which may be too little to make calls of.
    func mapping(format: ImportFormat) -> ImportMapping {
        var mapping = ImportMapping(format: format, kind: .events, columns: format == .objects ? [] : columns.map(\.name))
        // A table that an export wrote.
        if mapping.columns == ImportCallColumns.names {
            mapping.kind = .calls
            return mapping
        }
        let isNamed = format == .objects || format.hasHeader
        if isNamed { chooseByName(&mapping, format) } else { chooseByShape(&mapping) }
        if let name = mapping.timestamp, let column = columns.first(where: { $0.name == name }) {
            mapping.timestampFormat = column.timeFormat ?? column.timeFormat(ofAtLeast: 0.5) ?? .yearFirst
        }
        if columns.contains(where: { $0.name == mapping.timestamp && $0.key.hasSuffix("utc") }) { mapping.zone = "UTC" }
        let amounts = [mapping.price, mapping.total].compactMap { $0 }
        if columns.contains(where: { amounts.contains($0.name) && $0.hasDecimalCommas }) { mapping.decimal = .comma }
        chooseKind(&mapping)
        chooseRules(&mapping)
        chooseRest(&mapping, format)
        return mapping
    }

    // MARK: - By name

    private func chooseByName(_ mapping: inout ImportMapping, _ format: ImportFormat) {
        // A column of that name may hold some rows that are to be refused.
        mapping.timestamp =
            take(ImportColumnWords.timestamp) { $0.timeFormat != nil }
            ?? take(ImportColumnWords.timestamp) { $0.timeFormat(ofAtLeast: 0.5) != nil } ?? takeTime()
        mapping.order = takeOrderName() ?? take(ImportColumnWords.order) { $0.longest <= 100 && $0.count * 2 > rowCount }
        mapping.person = take(ImportColumnWords.person) { $0.longest <= 512 && $0.count > 0 }
        mapping.anonymous = take(ImportColumnWords.anonymous) { $0.longest <= 512 }
        mapping.email = take(ImportColumnWords.email) { $0.longest <= 512 && $0.sample.contains("@") }
        mapping.phone = take(ImportColumnWords.phone) { $0.longest <= 512 && $0.count > 0 }
        mapping.messageID = take(ImportColumnWords.messageID) { column in
            column.isUnique && column.count == rowCount && column.longest <= 100
                && [mapping.person, mapping.anonymous, mapping.email, mapping.phone].contains { $0 != nil }
        }
        mapping.event = take(ImportColumnWords.event) {
            $0.longest <= 200 && $0.values.count * 2 <= max($0.count, 2) && !$0.isMostlyNumbers && !tellsRefunds($0)
        }
        // With an event's name beside it an amount is a property like any other.
        guard mapping.event == nil else { return }
        mapping.currency = take(ImportColumnWords.currency) { $0.longest == 3 }
        mapping.quantity = take(ImportColumnWords.quantity) { $0.isMostlyNumbers }
        mapping.price = take(ImportColumnWords.price) { $0.isMostlyNumbers }
        mapping.total = take(ImportColumnWords.total) { $0.isMostlyNumbers }
        guard mapping.total != nil || mapping.price != nil else { return }
        mapping.product = take(ImportColumnWords.product) { _ in true }
        mapping.productName = take(ImportColumnWords.productName) { _ in true }
        mapping.category = take(ImportColumnWords.category) { _ in true }
    }

    /// The first free column with one of the names, the last part of a path counting too, that looks as it must.
    private func take(_ words: [String], where fits: (ImportColumnStatistics) -> Bool) -> String? {
        for word in words {
            for column in columns where !taken.contains(column.name) && column.key == word && fits(column) {
                taken.insert(column.name)
                return column.name
            }
        }
        return nil
    }

    /// A time under a name of its own, such as `transaction_timestamp`.
    private func takeTime() -> String? {
        let column = columns.first { column in
            !taken.contains(column.name) && !column.key.hasPrefix("birth") && !column.key.hasPrefix("updat")
                && ImportColumnWords.timestampEnds.contains { column.key.hasSuffix($0) }
                && [.yearFirst, .compact, .monthFirst, .dayFirst].contains(column.timeFormat)
        }
        if let column { taken.insert(column.name) }
        return column?.name
    }

    /// A shop's export of orders, one row for each line, calls the order's number `Name`.
    private func takeOrderName() -> String? {
        guard columns.contains(where: { $0.key == "lineitemname" }) else { return nil }
        return take(["name"]) { $0.longest <= 100 }
    }

    // MARK: - By shape

    /// Columns without names: an id, a time, whole quantities and an amount with a point, each the first that fits.
    private func chooseByShape(_ mapping: inout ImportMapping) {
        func first(_ fits: (ImportColumnStatistics) -> Bool) -> String? {
            guard let column = columns.first(where: { !taken.contains($0.name) && $0.count > 0 && fits($0) }) else { return nil }
            taken.insert(column.name)
            return column.name
        }
        mapping.timestamp = first { $0.timeFormat != nil && $0.timeFormat != .seconds } ?? first { $0.timeFormat != nil }
        mapping.total = columns.last { !taken.contains($0.name) && $0.isMostlyNumbers && $0.hasPoints }?.name
        if let total = mapping.total { taken.insert(total) }
        mapping.person = first {
            !$0.hasPoints && ($0.leadingZeroCount > 0 || $0.values.count * 20 > $0.count) && $0.longest <= 512
        }
        if mapping.total != nil {
            mapping.quantity = first { $0.isMostlyNumbers && !$0.hasPoints && $0.largest < 10_000 && $0.values.count < 200 }
        }
        if mapping.total == nil {
            mapping.event = first { !$0.isMostlyNumbers && $0.values.count * 10 <= $0.count && $0.longest <= 200 }
        }
    }

    // MARK: - What a row is

    private func chooseKind(_ mapping: inout ImportMapping) {
        let hasPerson = [mapping.person, mapping.anonymous, mapping.email, mapping.phone].contains { $0 != nil }
        if mapping.event != nil || mapping.timestamp == nil {
            mapping.kind = mapping.event == nil && hasPerson ? .people : .events
            // Of people without events the id is a person's, not a call's.
            if mapping.kind == .people, mapping.person == nil {
                (mapping.person, mapping.messageID) = (mapping.messageID, nil)
            }
            return
        }
        guard mapping.total != nil || mapping.price != nil else {
            mapping.eventName = "Row of " + stem
            // Without an amount there is no order: what would be its parts are properties like any other.
            for column in [mapping.order, mapping.quantity, mapping.currency].compactMap({ $0 }) { taken.remove(column) }
            (mapping.order, mapping.quantity, mapping.currency) = (nil, nil, nil)
            return
        }
        mapping.kind = .orders
        // A payment's own id is that of its order: what is given back names it.
        if mapping.order == nil { mapping.order = mapping.messageID }
        if mapping.order != nil {
            mapping.refundedTotal = take(ImportColumnWords.refundedTotal) { $0.isMostlyNumbers }
            mapping.orderRows = .sameID
            mapping.totalIsOfOrder = totalIsOfOrder(mapping)
        } else if columns.first(where: { $0.name == mapping.timestamp })?.isDates == true {
            // Days without a time: what one person bought on one day is one order.
            mapping.orderRows = .samePersonAndDay
        } else {
            mapping.orderRows = .row
        }
    }

    /// Whether the amount of an order stands on each of its rows: then it is the same on all of them.
    private func totalIsOfOrder(_ mapping: ImportMapping) -> Bool {
        guard let total = mapping.total, let order = mapping.order,
            let totalIndex = columns.firstIndex(where: { $0.name == total }),
            let orderIndex = columns.firstIndex(where: { $0.name == order })
        else { return false }
        if ImportColumnWords.orderTotal.contains(columns[totalIndex].key) { return true }
        // Beside columns of a line's own the total is the order's.
        if columns.contains(where: { $0.key.hasPrefix("lineitem") }), !columns[totalIndex].key.hasPrefix("line") { return true }
        let orders = Dictionary(grouping: rows, by: { $0[orderIndex] }).filter { !$0.key.isEmpty && $0.value.count > 1 }.values
        let isOnFirstRows = orders.allSatisfy { rows in
            !rows[0][totalIndex].trimmed.isEmpty && rows.dropFirst().allSatisfy { $0[totalIndex].trimmed.isEmpty }
        }
        if isOnFirstRows, !orders.isEmpty, mapping.price != nil { return true }
        return orders.count >= 3 && orders.allSatisfy { Set($0.map { $0[totalIndex].trimmed }.filter { !$0.isEmpty }).count <= 1 }
    }

    /// Whether a column tells refunds from sales, beside a column of amounts; then it is no event's name.
    private func tellsRefunds(_ column: ImportColumnStatistics) -> Bool {
        ImportColumnWords.rowType.contains(column.key)
            && column.values.contains { ImportColumnWords.refund.contains(ImportColumnWords.key($0)) }
            && columns.contains { ImportColumnWords.total.contains($0.key) && $0.isMostlyNumbers }
    }

    /// Rows that brought nothing, or give money back.
    private func chooseRules(_ mapping: inout ImportMapping) {
        guard mapping.kind == .orders else { return }
        if let column = columns.first(where: tellsRefunds) {
            let words = column.values.filter { ImportColumnWords.refund.contains(ImportColumnWords.key($0)) }.sorted()
            mapping.refund = [.init(column: column.name, values: words)]
        }
        for name in ImportColumnWords.status {
            guard let column = columns.first(where: { $0.key == name && $0.values.count <= 30 }) else { continue }
            // Spelled as the file spells them, and as others do: rows further on may say what the first do not.
            let seen = column.values.filter { value in
                ImportColumnWords.unpaid.contains(ImportColumnWords.key(value))
                    && !ImportColumnWords.unpaid.contains(value.lowercased())
            }
            let isKnown = knowsWhatWasGivenBack(mapping, by: column)
            let words = (seen.sorted() + ImportColumnWords.unpaid).filter { word in
                !(isKnown && ImportColumnWords.givenBack.contains(ImportColumnWords.key(word)))
            }
            mapping.skip = [.init(column: column.name, values: words)]
            taken.insert(column.name)
            break
        }
    }

    /// Whether each row whose status says that the order was given back says how much: then it was an order, and a refund.
    private func knowsWhatWasGivenBack(_ mapping: ImportMapping, by status: ImportColumnStatistics) -> Bool {
        guard let amount = columns.firstIndex(where: { $0.name == mapping.refundedTotal }),
            let status = columns.firstIndex(where: { $0.name == status.name })
        else { return false }
        return rows.allSatisfy { row in
            !ImportColumnWords.givenBack.contains(ImportColumnWords.key(row[status]))
                || ImportDecimal(row[amount].trimmed.utf8, mark: mapping.decimal).map { $0 != .zero } == true
        }
    }

    // MARK: - The rest

    private func chooseRest(_ mapping: inout ImportMapping, _ format: ImportFormat) {
        // Of JSON everything that has no meaning of its own stays a property, nested as it is.
        guard format != .objects else { return }
        for column in columns where !taken.contains(column.name) && column.count > 0 {
            if mapping.kind == .orders, ImportColumnWords.state.contains(column.key) { continue }
            let field = ImportMapping.Field(
                column: column.name, name: name(of: column, in: mapping), kind: column.isMostlyNumbers ? .number : .text)
            let isTrait = mapping.kind == .people || ImportColumnWords.traits.prefix(12).contains(column.key)
            if isTrait { mapping.traits.append(field) } else { mapping.properties.append(field) }
        }
    }

    /// What a column is called in a call: those who pay and receive by the names that orders know them under.
    private func name(of column: ImportColumnStatistics, in mapping: ImportMapping) -> String {
        guard mapping.kind == .orders else { return column.name }
        for (name, words) in [("payer", ImportColumnWords.payer), ("recipient", ImportColumnWords.recipient)] {
            if words.contains(column.key), !mapping.properties.contains(where: { $0.name == name }) { return name }
        }
        return column.name
    }

    /// The file's name without folders and endings.
    private var stem: String {
        let name = fileName.split(separator: "/").last ?? "file"
        return String(name.prefix { $0 != "." })
    }
}

/// The columns that have a meaning already.
private final class TakenColumns {
    private var names: Set<String> = []
    func contains(_ name: String) -> Bool { names.contains(name) }
    func insert(_ name: String) { names.insert(name) }
    func remove(_ name: String) { names.remove(name) }
}
