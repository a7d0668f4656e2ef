import Loyalty
import Model
import Records
import Testing

@testable import Workspaces

@Suite("What arrives becomes points") struct EarningFollowerTests {
    @Test("Orders earn once: sent again, before their refund or after it, and after a restart")
    func orders() async throws {
        var club = try await Club(try await DirectoryFixtures())
        let before = club.order("Order Completed", "m0", "old", 9)
        club.fixtures.clock.advance(seconds: 60)
        try await club.collect(before)
        await club.directory.followEvents()
        try await club.start()
        await club.directory.followEvents()
        #expect(try await club.balance() == nil, "what happened before any version decided earns nothing")

        // The refund of one of four comes first.
        try await club.collect(club.order("Order Refunded", "m2", "o1", 1, seconds: 5))
        await club.directory.followEvents()
        #expect(try await club.balance() == nil)
        let order = club.order("Order Completed", "m1", "o1", 4, seconds: -20)
        try await club.collect(order)
        await club.directory.followEvents()
        #expect(try await club.balance() == 90)
        // Told again by the same message, and by another one.
        try await club.collect(order, order.replacing("\"m1\"", with: "\"m3\""))
        await club.directory.followEvents()
        #expect(try await club.balance() == 90)

        // Taken but not followed when the server ends.
        try await club.collect(club.order("Order Completed", "m4", "o2", 2))
        club = try await club.reopened()
        #expect(try await club.balance() == 90)
        await club.directory.followEvents()
        #expect(try await club.balance() == 150)
        club = try await club.reopened()
        await club.directory.followEvents()
        #expect(try await club.balance() == 150)
        try await club.collect(club.order("Order Cancelled", "m5", "o2", 0))
        await club.directory.followEvents()
        #expect(try await club.balance() == 90)
        await club.directory.close()
    }

    @Test("A crash between the commands and the cursor gives nothing twice")
    func crash() async throws {
        var club = try await Club(try await DirectoryFixtures())
        try await club.start()
        try await club.collect(
            club.order("Order Completed", "m1", "o1", 1), club.order("Order Completed", "m2", "o2", 1),
            club.line("Product Reviewed", "m3", "{}"))
        await club.directory.followEvents()
        #expect(try await club.balance() == 70)
        try await club.directory.records.setEarningCursor(0, of: "club", in: club.created.workspace.id)
        club = try await club.reopened()
        await club.directory.followEvents()
        #expect(try await club.balance() == 70)
        await club.directory.close()
    }

    @Test("More calls than are taken at once are all followed, of many people")
    func many() async throws {
        let club = try await Club(try await DirectoryFixtures())
        try await club.start()
        for start in stride(from: 0, to: 600, by: 200) {
            let lines = (start ..< start + 200).map { club.line("Product Reviewed", "m\($0)", "{}", who: "p\($0 % 50)") }
            try await club.collect(lines.joined(separator: "\n"))
        }
        await club.directory.followEvents()
        for who in ["p0", "p17", "p49"] { #expect(try await club.balance(who) == 120) }
        await club.directory.close()
    }

    @Test("What is booked is told to the events once, and earns nothing itself")
    func facts() async throws {
        var club = try await Club(try await DirectoryFixtures())
        try await club.start()
        try await club.collect(club.order("Order Completed", "m1", "o1", 2))
        await club.directory.followEvents()
        try await club.collect(club.order("Order Refunded", "m2", "o1", 1, seconds: 1))
        await club.directory.followEvents()
        #expect(try await club.told() == [])
        // They wait in the records, and a restart finds them.
        club = try await club.reopened()
        await club.directory.sendFacts()
        let told = ["Points Earned 60 60", "Points Taken Back 30 30"]
        #expect(try await club.told() == told)
        await club.directory.sendFacts()
        await club.directory.followEvents()
        await club.directory.sendFacts()
        #expect(try await club.told() == told)
        #expect(try await club.balance() == 30, "the rule for Points Earned never counts")
        await club.directory.close()
    }

    @Test("The duties of the directory follow and tell by themselves")
    func duty() async throws {
        let club = try await Club(try await DirectoryFixtures())
        try await club.start()
        let duties = Task { await club.directory.run() }
        try await club.collect(club.order("Order Completed", "m1", "o1", 2))
        for _ in 0 ..< 600 {
            if try await !club.told().isEmpty { break }
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(try await club.told() == ["Points Earned 60 60"])
        duties.cancel()
        await duties.value
        await club.directory.close()
    }
}
