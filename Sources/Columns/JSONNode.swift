/// One value of a ``JSONDocument``: a place on the tape.
public struct JSONNode {
    /// The kinds of values on a tape.
    public enum Kind: Sendable, Hashable {
        case null, bool, int, double, bigNumber, string, array, object
    }

    @usableFromInline let tape: UnsafeMutablePointer<UInt64>
    @usableFromInline let strings: UnsafePointer<UInt8>
    @usableFromInline let index: Int
    @usableFromInline let mayHoldBigNumbers: Bool

    @inlinable @inline(__always)
    init(tape: UnsafeMutablePointer<UInt64>, strings: UnsafePointer<UInt8>, index: Int, mayHoldBigNumbers: Bool) {
        self.tape = tape
        self.strings = strings
        self.index = index
        self.mayHoldBigNumbers = mayHoldBigNumbers
    }

    @usableFromInline enum Tag {
        @inlinable static var object: UInt8 { UInt8(ascii: "{") }
        @inlinable static var array: UInt8 { UInt8(ascii: "[") }
        @inlinable static var string: UInt8 { UInt8(ascii: "\"") }
        @inlinable static var int: UInt8 { UInt8(ascii: "l") }
        @inlinable static var unsigned: UInt8 { UInt8(ascii: "u") }
        @inlinable static var double: UInt8 { UInt8(ascii: "d") }
        @inlinable static var yes: UInt8 { UInt8(ascii: "t") }
        @inlinable static var no: UInt8 { UInt8(ascii: "f") }
        @inlinable static var null: UInt8 { UInt8(ascii: "n") }
        /// Ours: the key of a member that a later member of the same name replaces.
        @inlinable static var dead: UInt8 { UInt8(ascii: "x") }
    }

    @inlinable @inline(__always) var tag: UInt8 { UInt8(truncatingIfNeeded: tape[index] >> 56) }
    @inlinable @inline(__always) var payload: Int { Int(tape[index] & 0x00FF_FFFF_FFFF_FFFF) }

    @inlinable @inline(__always) public var kind: Kind {
        switch tag {
        case Tag.string: mayHoldBigNumbers && JSONMender.isBigNumber(rawString) ? .bigNumber : .string
        case Tag.object: .object
        case Tag.array: .array
        case Tag.int: .int
        case Tag.double: .double
        case Tag.yes, Tag.no: .bool
        case Tag.unsigned: .bigNumber
        default: .null
        }
    }

    @inlinable @inline(__always) public var isNull: Bool { tag == Tag.null }

    /// A place further on the same tape.
    @inlinable @inline(__always) func at(_ index: Int) -> JSONNode {
        JSONNode(tape: tape, strings: strings, index: index, mayHoldBigNumbers: mayHoldBigNumbers)
    }

    /// The tape's index after this value.
    @inlinable @inline(__always) var endIndex: Int {
        switch tag {
        case Tag.object, Tag.array: Int(tape[index] & 0xFFFF_FFFF)
        case Tag.int, Tag.unsigned, Tag.double: index + 2
        default: index + 1
        }
    }

    /// The UTF-8 of a string, or of a key.
    @inlinable @inline(__always) public var string: UnsafeRawBufferPointer { rawString }

    @inlinable @inline(__always) var rawString: UnsafeRawBufferPointer {
        let start = strings + payload
        let count = UnsafeRawPointer(start).loadUnaligned(as: UInt32.self)
        return UnsafeRawBufferPointer(start: start + 4, count: Int(count))
    }

    @inlinable @inline(__always) public var int: Int64 { Int64(bitPattern: tape[index + 1]) }
    @inlinable @inline(__always) public var double: Double { Double(bitPattern: tape[index + 1]) }
    @inlinable @inline(__always) public var bool: Bool { tag == Tag.yes }

    /// The decimal text of a `.bigNumber`.
    public var bigNumber: String {
        if tag == Tag.unsigned { return String(tape[index + 1]) }
        return String(decoding: JSONMender.bigNumberText(rawString), as: UTF8.self)
    }

    /// The text of a `.bigNumber` as it was sent; nil when it fits an unsigned 64-bit integer.
    public var sentBigNumber: UnsafeRawBufferPointer? {
        tag == Tag.unsigned ? nil : JSONMender.bigNumberText(rawString)
    }

    /// How many elements an array or members an object has, at most 16,777,215.
    @inlinable @inline(__always) public var count: Int { Int(tape[index] >> 32 & 0xFF_FFFF) }

    /// The members of an object that count, in their order; none for other kinds.
    @inlinable @inline(__always) public var members: Members { Members(node: self) }
    /// The elements of an array; none for other kinds.
    @inlinable @inline(__always) public var elements: Elements { Elements(node: self) }

    /// The last member named `key` of an object.
    public func member(_ key: StaticString) -> JSONNode? {
        let key = UnsafeRawBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount)
        var found: JSONNode?
        for member in members where member.key.string.elementsEqual(key) { found = member.value }
        return found
    }
}

extension JSONNode {
    /// A member of an object.
    public struct Member {
        public let key: JSONNode
        public let value: JSONNode

        @inlinable @inline(__always) init(key: JSONNode, value: JSONNode) {
            self.key = key
            self.value = value
        }

        /// Takes the member out, because one of the same name follows.
        @inlinable public func remove() { key.tape[key.index] = UInt64(Tag.dead) << 56 | UInt64(key.payload) }
    }

    /// The members of an object.
    public struct Members: Sequence, IteratorProtocol {
        @usableFromInline var node: JSONNode
        @usableFromInline var index: Int
        @usableFromInline let end: Int

        @inlinable @inline(__always) init(node: JSONNode) {
            self.node = node
            index = node.index + 1
            end = node.tag == Tag.object ? node.endIndex - 1 : index
        }

        @inlinable @inline(__always) public mutating func next() -> Member? {
            while index < end {
                let key = node.at(index)
                let value = node.at(index + 1)
                index = value.endIndex
                if key.tag == Tag.string { return Member(key: key, value: value) }
            }
            return nil
        }
    }

    /// The elements of an array.
    public struct Elements: Sequence, IteratorProtocol {
        @usableFromInline var node: JSONNode
        @usableFromInline var index: Int
        @usableFromInline let end: Int

        @inlinable @inline(__always) init(node: JSONNode) {
            self.node = node
            index = node.index + 1
            end = node.tag == Tag.array ? node.endIndex - 1 : index
        }

        @inlinable @inline(__always) public mutating func next() -> JSONNode? {
            guard index < end else { return nil }
            let value = node.at(index)
            index = value.endIndex
            return value
        }
    }
}
