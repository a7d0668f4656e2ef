import CZlib
import Foundation
import Model
import OrderedCollections
import Testing

@testable import Loyalty

/// A simulated shop's offers, replayed as coupons: what it calls completed is what our coupons call applicable.
@Suite("Starbucks offers as coupons", .enabled(if: StarbucksOffers.shouldRun, StarbucksOffers.absence))
struct StarbucksOffersTests {
    @Test("Every completion is one redemption at its hour, none else; rewards and funnels are those of the oracle")
    func replay() throws {
        let oracle = try StarbucksOffers.oracle()
        let replay = try StarbucksOffers.replay.get()
        #expect(replay.eventCounts == oracle.by_event && replay.people.count == oracle.persons)
        #expect(replay.redeemedHours == replay.completedHours)
        #expect(replay.redeemedHours.count == oracle.by_event["offer completed"])
        // Every reward is a whole amount off.
        #expect(replay.rewardSum == oracle.reward_sum * 100)
        #expect(replay.spentSum == Int64((oracle.amount_sum * 100).rounded()))
        #expect(replay.redeemedWithoutView == oracle.completed_without_view)
        for (name, window) in oracle.funnel_per_person_offer.windows {
            #expect(replay.funnel(hours: window.seconds / 3_600, strictly: false, kind: nil) == window.reached, "\(name)")
            #expect(replay.funnel(hours: window.seconds / 3_600, strictly: true, kind: nil) == window.reached_strict, "\(name)")
            for (kind, reached) in window.by_first_touch_type {
                #expect(replay.funnel(hours: window.seconds / 3_600, strictly: false, kind: kind) == reached, "\(name) \(kind)")
            }
        }
        // What every budget counted is what was taken off.
        #expect(replay.limits.limits.values.reduce(0) { $0 + $1.used } == replay.rewardSum)
    }
}

/// The data set and its oracle.
enum StarbucksOffers {
    static let directory: String = {
        if let given = ProcessInfo.processInfo.environment["TEAHOUSE_SHARED"], !given.isEmpty { return given }
        return #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(5).joined(separator: "/") + "/shared"
    }()
    /// Without the shared folder the suite is left out, but not in continuous integration.
    static let shouldRun =
        ProcessInfo.processInfo.environment["CI"] != nil
        || FileManager.default.fileExists(atPath: directory + "/data/starbucks_offers")
    static let absence: Comment = "the shared data is not beside this clone"
    private static let transcript = "data/starbucks_offers/transcript.ndjson.gz"

    struct Oracle: Decodable {
        struct Funnel: Decodable {
            let windows: [String: Window]
        }
        struct Window: Decodable {
            let seconds: Int
            let reached: [Int]
            let reached_strict: [Int]
            let by_first_touch_type: [String: [Int]]
        }
        let persons: Int
        let by_event: [String: Int]
        let amount_sum: Double
        let reward_sum: Int64
        let completed_without_view: Int
        let funnel_per_person_offer: Funnel
    }

    private struct Oracles: Decodable { let starbucks: Oracle }

    struct Offer: Decodable {
        let id: String
        let offer_type: String
        let reward: Int64
        let difficulty: Int64
        let duration: Double

        /// A reward for one purchase of so much, or for so much spent while the offer runs; information takes nothing off.
        var template: CouponTemplate {
            let effect = reward == 0 ? CouponEffect.status("informed", days: 1) : .amount(reward * 100, on: .order)
            var template = CouponTemplate(key: .init(name: id, version: 1), currency: .usd, zone: "UTC", effect: effect)
            if difficulty > 0 { template.conditions.spendMin = difficulty * 100 }
            template.validity.days = Int(duration)
            template.limits = reward == 0 ? [] : [CouponLimit(id, .money, max: 1_000_000_00)]
            return template
        }
    }

    struct Event: Decodable {
        struct Value: Decodable {
            let amount: Double?
            let received: String?
            let completed: String?

            private enum CodingKeys: String, CodingKey {
                case amount
                case received = "offer id"
                case completed = "offer_id"
            }
        }
        let person: String
        let event: String
        let value: Value
        let time: Int
    }

    static func oracle() throws -> Oracle {
        try JSONDecoder().decode(Oracles.self, from: Data(bytes("oracles/retention_funnel.json"))).starbucks
    }

    /// All of it, gone through once for all who ask.
    static let replay = Result { try replayed() }

    private static func replayed() throws -> Replay {
        let decoder = JSONDecoder()
        let offers = try bytes("data/starbucks_offers/portfolio.ndjson").split(separator: 10).map {
            try decoder.decode(Offer.self, from: Data($0))
        }
        var replay = Replay(offers)
        for line in try bytes(transcript).split(separator: 10) {
            try replay.take(decoder.decode(Event.self, from: Data(line)))
        }
        return replay
    }

    /// What each person spent in whole dollars by purchase, and was rewarded with: from the digits of the lines alone.
    static func pointsByDigits() throws -> [String: Int64] {
        func text(_ line: String, after key: String) -> Substring? {
            line.components(separatedBy: "\"\(key)\": ").dropFirst().first?[...]
        }
        var points: [String: Int64] = [:]
        for line in try String(decoding: bytes(transcript), as: UTF8.self).split(separator: "\n").map(String.init) {
            guard let value = text(line, after: "amount") ?? text(line, after: "reward") else { continue }
            let person = try #require(text(line, after: "person")).dropFirst().prefix { $0 != "\"" }
            points[String(person), default: 0] += try #require(Int64(value.prefix { $0.isNumber }), "\(line)")
        }
        return points
    }

    /// A file of the shared folder, unpacked.
    private static func bytes(_ path: String) throws -> [UInt8] {
        let file = try #require(gzopen("\(directory)/\(path)", "rb"), "\(path) is missing")
        defer { gzclose(file) }
        var out: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = gzread(file, &buffer, UInt32(buffer.count))
            guard count > 0 else { return out }
            out += buffer[..<Int(count)]
        }
    }

    /// What became of each offer that somebody received.
    struct Replay {
        struct Pair: Hashable {
            let person: String
            let offer: String
        }

        struct Purchase {
            let person: String
            let hour: Int
            /// In dollars, as it stands in the set.
            let amount: Double
        }

        let offers: [String: Offer]
        let terms: [String: CouponTerms]
        var coupons: [String: [CouponCheckout.Item]] = [:]
        var spent: [Pair: [CouponCart.Line]] = [:]
        var limits = LimitBook()
        var people: Set<String> = []
        var eventCounts: [String: Int] = [:]
        var purchases: [Purchase] = []
        var spentSum: Int64 = 0
        var rewardSum: Int64 = 0
        var viewedHours: [Pair: [Int]] = [:]
        var receivedHours: [Pair: Int] = [:]
        var redeemedHours: [Pair: Int] = [:]
        var completedHours: [Pair: Int] = [:]

        init(_ offers: [Offer]) {
            self.offers = Dictionary(uniqueKeysWithValues: offers.map { ($0.id, $0) })
            terms = self.offers.mapValues { CouponTerms($0.template, .utc) }
        }

        mutating func take(_ event: Event) throws {
            people.insert(event.person)
            eventCounts[event.event, default: 0] += 1
            let now = Instant(microseconds: Int64(event.time) * .microsecondsPerHour)
            let pair = Pair(person: event.person, offer: event.value.received ?? event.value.completed ?? "")
            switch event.event {
            case "offer received":
                let terms = try #require(terms[pair.offer])
                var coupon = Coupon(id: pair.offer + pair.person, of: terms.template)
                try coupon.grant(to: pair.person, seen: CouponTextSeen(terms.template, in: .english), terms, now: now)
                coupons[event.person, default: []].append(.init(coupon, terms))
                receivedHours[pair] = event.time
            case "offer viewed": viewedHours[pair, default: []].append(event.time)
            case "offer completed": completedHours[pair] = event.time
            default:
                let amount = try #require(event.value.amount)
                purchases.append(Purchase(person: event.person, hour: event.time, amount: amount))
                try buy(Int64((amount * 100).rounded()), event, now)
            }
        }

        /// A purchase counts alone for what one purchase earns, and with those before it for what spending earns.
        private mutating func buy(_ amount: Int64, _ event: Event, _ now: Instant) throws {
            spentSum += amount
            for index in (coupons[event.person] ?? []).indices {
                guard let item = coupons[event.person]?[index], item.coupon.state(at: now) == .granted else { continue }
                let pair = Pair(person: event.person, offer: item.terms.template.key.name)
                let line = CouponCart.Line(id: "\(spent[pair]?.count ?? 0)", sku: "drink", unitPrice: amount)
                spent[pair, default: []].append(line)
                guard let offer = offers[pair.offer], offer.reward > 0 else { continue }
                let lines = offer.offer_type == "bogo" ? [line] : spent[pair] ?? []
                var cart = CouponCart(currency: .usd, lines: lines, at: now)
                cart.member = event.person
                let order = "\(event.person) \(event.time) \(line.id)"
                var checkout = CouponCheckout([item], limits: limits)
                let answer = try checkout.reserve(cart, order: order, key: "", mode: .requested)
                guard answer.reservations[item.coupon.id] != nil else {
                    #expect(answer.skipped.first?.reasons.map(\.code) == ["CONDITION_SPEND_MIN"])
                    continue
                }
                var coupon = checkout.items[0].coupon
                limits = checkout.limits
                rewardSum += try coupon.commit(order: order, now: now, limits: &limits).amount
                coupons[event.person]?[index].coupon = coupon
                redeemedHours[pair] = event.time
            }
        }

        var redeemedWithoutView: Int { redeemedHours.keys.count { viewedHours[$0] == nil } }

        /// How many offers were received, then viewed, then redeemed, all within so many hours.
        func funnel(hours: Int, strictly: Bool, kind: String?) -> [Int] {
            var reached = [0, 0, 0]
            for (pair, received) in receivedHours where kind == nil || offers[pair.offer]?.offer_type == kind {
                reached[0] += 1
                let views = (viewedHours[pair] ?? []).filter {
                    (strictly ? $0 > received : $0 >= received) && $0 - received <= hours
                }
                guard let view = views.min() else { continue }
                reached[1] += 1
                guard let redeemed = redeemedHours[pair], strictly ? redeemed > view : redeemed >= view,
                    redeemed - received <= hours
                else { continue }
                reached[2] += 1
            }
            return reached
        }
    }
}
