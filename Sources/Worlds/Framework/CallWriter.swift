import Model

/// Appends JSON to one growing buffer without intermediate text.
struct CallWriter {
    private(set) var bytes: [UInt8] = []
    private var isoDay = Int64.min
    private var isoDate: [UInt8] = []

    mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    /// Hands over what was written and starts anew.
    mutating func take(reserving capacity: Int) -> [UInt8] {
        var taken: [UInt8] = []
        taken.reserveCapacity(capacity)
        swap(&taken, &bytes)
        return taken
    }

    /// JSON as it stands in the program.
    @inline(__always)
    mutating func raw(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    /// JSON made before, such as a quoted and escaped name.
    @inline(__always)
    mutating func raw(_ json: [UInt8]) { bytes.append(contentsOf: json) }

    /// JSON made while a table is built.
    mutating func rawText(_ json: String) { bytes.append(contentsOf: json.utf8) }

    @inline(__always)
    mutating func integer(_ value: Int) {
        if value >= 0, value < 10 {
            bytes.append(UInt8(truncatingIfNeeded: value) &+ 48)
        } else {
            digits(value)
        }
    }

    private mutating func digits(_ value: Int) {
        var rest = value.magnitude
        var count = 0
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { buffer in
            repeat {
                count += 1
                buffer[20 - count] = UInt8(truncatingIfNeeded: rest % 10) &+ 48
                rest /= 10
            } while rest > 0
            if value < 0 { bytes.append(UInt8(ascii: "-")) }
            bytes.append(contentsOf: buffer[(20 - count)...])
        }
    }

    /// An amount of hundredths as a JSON number: `128.50`.
    mutating func amount(hundredths: Int) {
        if hundredths < 0 { bytes.append(UInt8(ascii: "-")) }
        let magnitude = Int(hundredths.magnitude)
        integer(magnitude / 100)
        bytes.append(UInt8(ascii: "."))
        bytes.append(UInt8(truncatingIfNeeded: magnitude / 10 % 10) &+ 48)
        bytes.append(UInt8(truncatingIfNeeded: magnitude % 10) &+ 48)
    }

    /// An instant of milliseconds UTC as quoted RFC 3339: `"2026-03-01T12:00:00.123Z"`.
    mutating func instant(milliseconds: Int64) {
        let day = milliseconds.flooredQuotient(by: 86_400_000)
        if day != isoDay {
            isoDay = day
            isoDate = Array(LocalDate(daysSinceEpoch: Int32(day)).text.utf8)
        }
        let inDay = Int(milliseconds - day * 86_400_000)
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: isoDate)
        bytes.append(UInt8(ascii: "T"))
        pair(inDay / 3_600_000)
        bytes.append(UInt8(ascii: ":"))
        pair(inDay / 60_000 % 60)
        bytes.append(UInt8(ascii: ":"))
        pair(inDay / 1_000 % 60)
        bytes.append(UInt8(ascii: "."))
        bytes.append(UInt8(truncatingIfNeeded: inDay / 100 % 10) &+ 48)
        pair(inDay % 100)
        raw("Z\"")
    }

    /// The lowest `digits` hexadecimal digits of a number, without quotes.
    mutating func hexadecimal(_ value: UInt64, digits: Int) {
        var shift = UInt64(digits - 1) * 4
        while true {
            let digit = UInt8(truncatingIfNeeded: value >> shift) & 15
            bytes.append(digit < 10 ? digit &+ 48 : digit &+ 87)
            if shift == 0 { return }
            shift -= 4
        }
    }

    /// A number in base 36 with at least `width` digits, without quotes.
    mutating func base36(_ value: Int, width: Int) {
        var rest = value
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { buffer in
            var count = 0
            while rest > 0 || count < width {
                count += 1
                let digit = UInt8(truncatingIfNeeded: rest % 36)
                buffer[20 - count] = digit < 10 ? digit &+ 48 : digit &+ 87
                rest /= 36
            }
            bytes.append(contentsOf: buffer[(20 - count)...])
        }
    }

    @inline(__always)
    private mutating func pair(_ value: Int) {
        bytes.append(UInt8(truncatingIfNeeded: value / 10) &+ 48)
        bytes.append(UInt8(truncatingIfNeeded: value % 10) &+ 48)
    }

    /// Text as a JSON string with its quotes, for tables that are written once.
    static func quoted(_ text: String) -> [UInt8] {
        var out: [UInt8] = []
        JSONValue.write(string: text, to: &out)
        return out
    }
}
