import Model

/// The value of one trait while the calls that say something of it are taken in the order of time.
struct TraitFold {
    /// A list longer than that in JSON takes no more, as no longer value is taken from a call (specs: people, section 2).
    static let listBytesMax = 4_096

    /// nil while nothing was said; null once it is taken away.
    private(set) var value: JSONValue?
    /// The size of the list in JSON, where it is known.
    private var listBytes: Int?

    /// Takes what a call sets; null takes the trait away.
    ///
    /// - Returns: Whether the call's value is now the trait's.
    mutating func set(_ new: JSONValue, isCreation: Bool, isOnce: Bool) -> Bool {
        if let value {
            guard isCreation ? TraitRule.replaces(new, value) : !isOnce else { return false }
        }
        (value, listBytes) = (new, nil)
        return true
    }

    /// Applies an operation; one that does not fit the value changes nothing.
    ///
    /// - Returns: Whether the value is another one now.
    mutating func apply(_ operation: TraitOperation, _ operand: JSONValue) -> Bool {
        switch operation {
        case .add: return add(operand)
        case .append: return append(TraitFold.elements(operand), whereMissing: false)
        case .union: return append(TraitFold.elements(operand), whereMissing: true)
        case .remove:
            guard case .array(let list)? = value else { return false }
            let taken = TraitFold.elements(operand)
            let kept = list.filter { held in !taken.contains { TraitFold.areEqual($0, held) } }
            guard kept.count < list.count else { return false }
            (value, listBytes) = (.array(kept), nil)
            return true
        }
    }

    /// The values that an operand stands for: those of a list, else itself; null is none.
    private static func elements(_ operand: JSONValue) -> [JSONValue] { operand.arrayValue ?? (operand.isNull ? [] : [operand]) }

    private mutating func add(_ operand: JSONValue) -> Bool {
        let held = value ?? 0
        guard let sum = TraitFold.sum(held.isNull ? 0 : held, operand) else { return false }
        (value, listBytes) = (sum, nil)
        return true
    }

    /// The sum of two numbers, whole where both are and it fits; nil for anything else.
    private static func sum(_ left: JSONValue, _ right: JSONValue) -> JSONValue? {
        if let left = left.intValue, let right = right.intValue {
            let (sum, overflows) = left.addingReportingOverflow(right)
            if !overflows { return .int(sum) }
        }
        guard let left = left.doubleValue, let right = right.doubleValue, (left + right).isFinite else { return nil }
        return .double(left + right)
    }

    private mutating func append(_ elements: [JSONValue], whereMissing: Bool) -> Bool {
        guard var list = value.map({ $0.isNull ? [] : $0.arrayValue }) ?? [] else { return false }
        var bytes = listBytes ?? JSONValue.array(list).utf8.count
        let count = list.count
        for element in elements where !(whereMissing && list.contains { TraitFold.areEqual($0, element) }) {
            let more = element.utf8.count + (list.isEmpty ? 0 : 1)
            guard bytes + more <= TraitFold.listBytesMax else { break }
            list.append(element)
            bytes += more
        }
        guard list.count > count else { return false }
        (value, listBytes) = (.array(list), bytes)
        return true
    }

    /// Numbers as numbers, anything else exactly.
    private static func areEqual(_ left: JSONValue, _ right: JSONValue) -> Bool {
        if left == right { return true }
        if left.intValue != nil, right.intValue != nil { return false }
        guard let left = left.doubleValue, let right = right.doubleValue else { return false }
        return left == right
    }
}
