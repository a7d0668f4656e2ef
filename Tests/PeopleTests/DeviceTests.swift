import Model
import Testing

@testable import People

@Suite("New devices of people") struct DeviceTests {
    private static func device(_ id: String) -> JSONValue { ["device": ["id": .string(id)]] }

    private static func newest(_ bench: PeopleBench, _ user: String = "ada") -> Instant? {
        let view = bench.view(now: "2026-03-20T12:00:00Z")
        return view.person(user: user).flatMap { view.newestDeviceAt(of: $0) }
    }

    @Test("The device by which somebody became known is not new; another is, since they signed in there", arguments: [1, 100])
    func second(rowsPerPart: Int) {
        var bench = PeopleBench(rowsPerPart: rowsPerPart)
        bench.track("Opened", anonymous: "a1", at: "2026-03-01T10:00:00Z", context: Self.device("phone"))
        bench.identify(user: "ada", anonymous: "a1", at: "2026-03-01T10:05:00Z", context: Self.device("phone"))
        #expect(Self.newest(bench) == nil)
        // For two days it is nobody's whom we know.
        bench.track("Opened", anonymous: "a2", at: "2026-03-05T10:00:00Z", context: Self.device("tablet"))
        #expect(Self.newest(bench) == nil)
        bench.identify(user: "ada", anonymous: "a2", at: "2026-03-07T10:00:00Z", context: Self.device("tablet"))
        #expect(Self.newest(bench) == instant("2026-03-07T10:00:00Z"))
        bench.track("Opened", user: "ada", at: "2026-03-09T10:00:00Z", context: Self.device("phone"))
        bench.track("Opened", user: "ada", at: "2026-03-09T11:00:00Z", context: Self.device("tablet"))
        #expect(Self.newest(bench) == instant("2026-03-07T10:00:00Z"), "what is known is not new again")
    }

    @Test("A device is new to whoever was known without one, and an old one to whoever signs in there first")
    func first() {
        var bench = PeopleBench()
        bench.track("Order Completed", user: "ada", at: "2026-03-01T10:00:00Z")
        bench.track("Opened", user: "ada", at: "2026-03-03T10:00:00Z", context: Self.device("phone"))
        #expect(Self.newest(bench) == instant("2026-03-03T10:00:00Z"))
        bench.track("Opened", anonymous: "old", at: "2026-03-04T10:00:00Z", context: Self.device("tablet"))
        bench.identify(user: "ada", anonymous: "old", at: "2026-03-05T10:00:00Z", context: Self.device("tablet"))
        #expect(Self.newest(bench) == instant("2026-03-05T10:00:00Z"))
    }

    @Test("Somebody else's device on which they sign in is new to them, and stays the other's")
    func foreign() {
        var bench = PeopleBench()
        bench.track("Opened", user: "ada", at: "2026-03-01T10:00:00Z", context: Self.device("phone"))
        bench.track("Opened", user: "mal", at: "2026-03-01T11:00:00Z", context: Self.device("other"))
        #expect(Self.newest(bench) == nil && Self.newest(bench, "mal") == nil)
        bench.identify(user: "ada", at: "2026-03-04T10:00:00Z", context: Self.device("other"))
        bench.track("Opened", user: "ada", at: "2026-03-05T10:00:00Z", context: Self.device("other"))
        #expect(Self.newest(bench) == instant("2026-03-04T10:00:00Z"))
        #expect(Self.newest(bench, "mal") == nil)
        // Browsers without a device say nothing, nor does whoever has no user id.
        bench.track("Viewed", user: "mal", anonymous: "b1", at: "2026-03-06T10:00:00Z")
        #expect(Self.newest(bench, "mal") == nil)
        let view = bench.view(now: "2026-03-20T12:00:00Z")
        #expect(view.person(of: Identity(type: .anonymousID, value: "b1")) == view.person(user: "mal"))
    }
}
