import Records

/// The parameters of one run of a statement, laid out as libpq takes them: texts that end with a zero byte.
struct PostgresParameters {
    private var bytes: [UInt8] = []
    /// Where each begins in `bytes`; -1 is null.
    private var starts: [Int] = []
    private var pointers: [UnsafePointer<CChar>?] = []

    /// Takes the values of a row in place of those before.
    mutating func set(_ values: [SQLValue]) {
        bytes.removeAll(keepingCapacity: true)
        starts.removeAll(keepingCapacity: true)
        for value in values {
            starts.append(value == .null ? -1 : bytes.count)
            switch value {
            case .null: continue
            case .integer(let number): bytes += String(number).utf8
            case .text(let text): PostgresText.append(text, to: &bytes)
            }
            bytes.append(0)
        }
    }

    /// Calls `body` with the number of values and a pointer to each.
    mutating func withPointers<Answer>(_ body: (Int32, UnsafePointer<UnsafePointer<CChar>?>?) -> Answer) -> Answer {
        bytes.withUnsafeBytes { bytes in
            pointers.removeAll(keepingCapacity: true)
            for start in starts {
                pointers.append(start < 0 ? nil : bytes.baseAddress?.advanced(by: start).assumingMemoryBound(to: CChar.self))
            }
            return pointers.withUnsafeBufferPointer { body(Int32($0.count), $0.baseAddress) }
        }
    }
}
