#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The offsets from UTC of one IANA time zone as a sorted table, read from the system's compiled zone files (RFC 8536).
///
/// Instants after the file's last transition follow its footer's daylight-saving rule up to the year 2100, then its last offset.
public struct TimeZoneTable: Sendable, Hashable {
    /// The IANA name, such as `Asia/Shanghai`.
    public let identifier: String
    /// Transition instants in seconds since the epoch, ascending.
    ///
    /// `offsets[i + 1]` holds from `transitions[i]` on.
    let transitions: [Int64]
    /// Seconds east of UTC; one more entry than `transitions`.
    let offsets: [Int64]

    /// UTC, always available.
    public static let utc = TimeZoneTable(identifier: "UTC", transitions: [], offsets: [0])

    /// A table made by hand; `offsets` has one entry more than `transitions`, which ascend.
    public init(identifier: String, transitions: [Int64], offsets: [Int64]) {
        precondition(offsets.count == transitions.count + 1, "a zone needs one offset more than it has transitions")
        self.identifier = identifier
        self.transitions = transitions
        self.offsets = offsets
    }

    /// Reads the zone `identifier` from `directory`.
    ///
    /// - Throws: ``Problem`` with code `unknown_time_zone` when there is no such zone or its file is damaged.
    public init(identifier: String, directory: String = "/usr/share/zoneinfo") throws(Problem) {
        if identifier == "UTC" || identifier == "Etc/UTC" {
            self.init(identifier: identifier, transitions: [], offsets: [0])
            return
        }
        let unknown = Problem(
            .init("unknown_time_zone"),
            "There is no time zone \"\(identifier.prefix(80))\". Use an IANA name such as Asia/Shanghai.")
        let allowed = identifier.utf8.allSatisfy { byte in
            (UInt8(ascii: "a") ... UInt8(ascii: "z")).contains(byte | 0x20)
                || (UInt8(ascii: "0") ... UInt8(ascii: "9")).contains(byte)
                || [UInt8(ascii: "/"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "+")].contains(byte)
        }
        guard allowed, !identifier.isEmpty, identifier.utf8.count < 64, !identifier.hasPrefix("/"),
            let bytes = TimeZoneTable.read(path: "\(directory)/\(identifier)")
        else {
            guard TimeZoneTable.read(path: "\(directory)/Etc/UTC") == nil else { throw unknown }
            throw Problem(
                .init("unknown_time_zone"),
                "This machine knows no time zones: there is nothing in \(directory). Install the package tzdata.")
        }
        var reader = ZoneFileReader(bytes: bytes)
        guard let (transitions, offsets) = reader.read() else { throw unknown }
        self.init(identifier: identifier, transitions: transitions, offsets: offsets)
    }

    /// Seconds east of UTC at `instant`.
    public func offsetSeconds(at instant: Instant) -> Int64 {
        transitions.isEmpty ? offsets[0] : offsets[index(at: instant.microseconds.flooredQuotient(by: 1_000_000))]
    }

    /// The offset at `instant` and since when it holds, both in seconds.
    func offsetAndStartSeconds(at instant: Instant) -> (offset: Int64, since: Int64) {
        let index = index(at: instant.microseconds.flooredQuotient(by: 1_000_000))
        return (offsets[index], index == 0 ? Int64.min / 2_000_000 : transitions[index - 1])
    }

    /// The first transition later than `seconds`, if any.
    package func nextTransitionSeconds(after seconds: Int64) -> Int64? {
        let index = index(at: seconds)
        return index < transitions.count ? transitions[index] : nil
    }

    /// The first instant, in seconds, whose local clock shows `localSeconds` or later.
    func firstInstantSeconds(localSeconds: Int64) -> Int64 {
        var index = index(at: localSeconds - 93_600)
        while true {
            let candidate = localSeconds - offsets[index]
            guard index < transitions.count else { return candidate }
            if candidate < transitions[index] { return candidate }
            // The clock may jump over the local time at the transition: then the transition itself is the first instant.
            if transitions[index] + offsets[index + 1] >= localSeconds { return transitions[index] }
            index += 1
        }
    }

    /// Number of transitions at or before `seconds`: the index of the offset that holds then.
    private func index(at seconds: Int64) -> Int {
        var low = 0
        var high = transitions.count
        while low < high {
            let middle = (low + high) / 2
            if transitions[middle] <= seconds { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private static func read(path: String) -> [UInt8]? {
        guard let file = fopen(path, "rb") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 17)
        let count = fread(&bytes, 1, bytes.count, file)
        return count >= 44 && count < bytes.count ? Array(bytes[..<count]) : nil
    }
}
