import EventStore
import Foundation
import Logging
import Model
import People
import Questions
import Records
import Testing

@testable import Console

@Suite("Home after new events") struct HomeLoaderTests {
    private static let start = Instant(rfc3339: "2026-03-02T00:00:00Z", zoneless: 0) ?? .epoch
    private let now = HomeLoaderTests.start.advanced(byMicroseconds: 30 * .microsecondsPerDay)
    private let calendar = ZoneCalendar(zone: TimeZoneTable(identifier: "Asia/Shanghai", transitions: [], offsets: [28_800]))

    /// Calls of a small shop in which visitors sign in and out, some of them late.
    private func calls(_ random: inout SplitMix64) -> [(call: Call, identities: [Identity])] {
        let names = ["Product Viewed", "Product Added", "Order Completed", "Checkout Started"]
        return (0 ..< 260).map { number in
            let time = HomeLoaderTests.start.advanced(
                byMicroseconds: Int64.random(in: 0 ..< 30 * 24 * 6, using: &random) * 10 * .microsecondsPerMinute)
            let user = Identity(type: .userID, value: "u\(Int.random(in: 0 ..< 12, using: &random))")
            let visitor = Identity(type: .anonymousID, value: "a\(Int.random(in: 0 ..< 20, using: &random))")
            let identities = [[user], [visitor], [user, visitor], []][Int.random(in: 0 ..< 4, using: &random)]
            var call = Call(
                type: .track, messageID: "m\(number)", timestamp: time, receivedAt: now,
                event: names[Int.random(in: 0 ..< 4, using: &random)], source: SourceID(text: "src_test"))
            call.userID = identities.first { $0.type == .userID }?.value
            call.anonymousID = identities.first { $0.type == .anonymousID }?.value
            if call.event == "Order Completed" { call.properties = ["total": 5] }
            return (call, identities)
        }
    }

    private func facts(_ view: PeopleView, _ counts: CountMemory, on date: LocalDate) throws -> HomeFacts {
        let workspace = Workspace(
            id: WorkspaceID(text: "ws_test"), name: "Shop", timezone: "Asia/Shanghai", currency: .cny, language: .en,
            region: "CN", createdAt: HomeLoaderTests.start)
        return try HomeLoader(
            view: view, workspace: workspace, counts: counts, calendar: calendar, now: now, words: Words(.english),
            formats: Formats(.english)
        ).facts(on: date)
    }

    @Test("What is counted from change to change is what is counted at once", arguments: UInt64(0) ..< 12)
    func changes(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let calls = calls(&random)
        let people = PeopleStore(settings: PeopleSettings(calendar: calendar, currency: .cny))
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("teahouse-home-\(now.microseconds)-\(seed)")
        try? FileManager.default.removeItem(at: folder)
        let store = try WorkspaceStore.open(directory: folder.path, observer: people, logger: Logger(label: "test"))
        let kept = CountMemory()
        let today = calendar.date(at: now)
        var sent = 0
        while sent < calls.count {
            let next = min(sent + (sent == 0 ? 40 : Int.random(in: 1 ..< 12, using: &random)), calls.count)
            var encoder = CallEncoder()
            for (call, identities) in calls[sent ..< next] { encoder.append(call, identities: identities, payloadHash: 1) }
            _ = try await store.append(encoder.finish())
            sent = next
            let view = people.view(of: store, now: now)
            for date in [today, today.advanced(byDays: -9)] {
                try expectEqual(facts(view, kept, on: date), facts(view, CountMemory(), on: date))
            }
        }
        await store.close()
        try FileManager.default.removeItem(at: folder)
    }

    private func expectEqual(_ moved: HomeFacts, _ whole: HomeFacts) {
        #expect(moved.activeByDay.map { [$0.day, $0.week, $0.month] } == whole.activeByDay.map { [$0.day, $0.week, $0.month] })
        #expect(moved.activeByDay.map(\.date) == whole.activeByDay.map(\.date))
        #expect(moved.activeByHour == whole.activeByHour)
        #expect(moved.funnel?.steps.map(\.count) == whole.funnel?.steps.map(\.count))
        #expect(moved.funnel?.steps.map(\.label) == whole.funnel?.steps.map(\.label))
        #expect(whole.activeByDay.contains { $0.month > 0 } && !whole.activeByHour.isEmpty)
    }
}
