import Model
import OrderedCollections

/// The truth of a simulated shop as one JSON object and its people.
struct TeaShopTruth {
    let simulation: TeaShopSimulation

    var truth: WorldTruth {
        let keeper = simulation.keeper
        let people = keeper.finishedPeople { index in
            (TeaShopScribe.humanKey(index), simulation.humans[index].kind.word)
        }
        return WorldTruth(totals: totals(keeper, people), people: people)
    }

    private func totals(_ keeper: TruthKeeper, _ people: [TruthPerson]) -> JSONValue {
        let shop = simulation.shop
        var totals = keeper.totals(
            of: TeaShop.self, seed: shop.seed, zone: shop.zone, currency: shop.currency, humanCount: shop.people, people: people,
            calls: simulation.callCounts,
            events: TeaHappening.Kind.allCases.compactMap { kind in
                kind.eventName.map { ($0, simulation.eventCounts[Int(kind.rawValue)]) }
            })
        totals["funnel"] = funnel(keeper)
        totals["accounts"] = accounts()
        totals["episodes"] = episodes(keeper.clock)
        return .object(totals)
    }

    private func funnel(_ keeper: TruthKeeper) -> JSONValue {
        let counts = keeper.funnelCounts(stepCount: 4, window: 14 * 86_400_000)
        let steps = TeaHappening.Kind.allCases.filter { $0.funnelStep != nil }.sorted {
            ($0.funnelStep ?? 0) < ($1.funnelStep ?? 0)
        }
        return [
            "window": "14d",
            "steps": .array(
                zip(steps, counts).map { kind, count in ["event": .string(kind.eventName ?? ""), "count": .int(Int64(count))] }),
        ]
    }

    private func accounts() -> JSONValue {
        let humans = simulation.humans
        return .array(
            simulation.plan.accounts.enumerated().map { number, account in
                let members = humans.indices.filter {
                    humans[$0].companion == Int32(number) && (humans[$0].kind == .drinker || humans[$0].kind == .buyer)
                        && humans[$0].isKnown
                }
                let buyer = members.first { humans[$0].kind == .buyer }
                return [
                    "groupId": .string(account.id), "name": .string(account.chinese), "members": .int(Int64(members.count)),
                    "buyer": buyer.map { .string(WorldIDs.user($0)) } ?? .null,
                ]
            })
    }

    private func episodes(_ clock: WorldClock) -> JSONValue {
        func days(_ range: Range<Int>) -> JSONValue {
            let last = min(range.upperBound, clock.dayCount) - 1
            return [
                "from": .string(clock.date(ofDay: min(range.lowerBound, last)).text), "to": .string(clock.date(ofDay: last).text),
            ]
        }
        let plan = simulation.plan
        return ["festival": days(plan.festival), "campaign": days(plan.campaign), "badWeek": days(plan.badWeek)]
    }
}
