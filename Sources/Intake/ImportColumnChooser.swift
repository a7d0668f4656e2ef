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

    /// - Throws: ``Problem`` with code `bad_mapping` when the columns do not say enough.
    func mapping(format: ImportFormat) throws(Problem) -> ImportMapping {
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
        let amounts = [mapping.price, mapping.total].compactMap { $0 }
        if columns.contains(where: { amounts.contains($0.name) && $0.hasDecimalCommas }) { mapping.decimal = .comma }
        chooseKind(&mapping)
        chooseRest(&mapping, format)
        try mapping.validate()
        return mapping
    }

    // MARK: - By name

    private func chooseByName(_ mapping: inout ImportMapping, _ format: ImportFormat) {
        // A column of that name may hold some rows that are to be refused.
        mapping.timestamp =
            take(ImportColumnWords.timestamp) { $0.timeFormat != nil }
            ?? take(ImportColumnWords.timestamp) { $0.timeFormat(ofAtLeast: 0.5) != nil }
        mapping.order = take(ImportColumnWords.order) { $0.longest <= 100 }
        mapping.person = take(ImportColumnWords.person) { $0.longest <= 512 && $0.count > 0 }
        mapping.anonymous = take(ImportColumnWords.anonymous) { $0.longest <= 512 }
        mapping.messageID = take(ImportColumnWords.messageID) {
            $0.isUnique && $0.count == rowCount && $0.longest <= 100 && mapping.person != nil
        }
        mapping.event = take(ImportColumnWords.event) {
            $0.longest <= 200 && $0.values.count * 2 <= max($0.count, 2) && !$0.isMostlyNumbers
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
        let hasPerson = mapping.person != nil || mapping.anonymous != nil
        if mapping.event != nil || mapping.timestamp == nil {
            mapping.kind = mapping.event == nil && hasPerson ? .people : .events
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
        if mapping.order != nil {
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
        let orders = Dictionary(grouping: rows, by: { $0[orderIndex] }).values.filter { $0.count > 1 }
        return orders.count >= 3 && orders.allSatisfy { Set($0.map { $0[totalIndex] }).count == 1 }
    }

    // MARK: - The rest

    private func chooseRest(_ mapping: inout ImportMapping, _ format: ImportFormat) {
        // Of JSON everything that has no meaning of its own stays a property, nested as it is.
        guard format != .objects else { return }
        for column in columns where !taken.contains(column.name) && column.count > 0 {
            let field = ImportMapping.Field(column: column.name, name: column.name, kind: column.isMostlyNumbers ? .number : .text)
            let isTrait = mapping.kind == .people || ImportColumnWords.traits.prefix(12).contains(column.key)
            if isTrait { mapping.traits.append(field) } else { mapping.properties.append(field) }
        }
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
