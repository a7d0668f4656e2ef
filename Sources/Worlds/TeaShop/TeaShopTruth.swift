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
        let clock = keeper.clock
        let calls = simulation.callCounts
        let events = calls[Int(CallType.track.rawValue)] + calls[Int(CallType.page.rawValue)] + calls[Int(CallType.screen.rawValue)]
        return [
            "world": .string(TeaShop.name), "seed": .string(String(simulation.shop.seed)), "days": .int(Int64(clock.dayCount)),
            "firstDay": .string(clock.firstDate.text), "lastDay": .string(clock.date(ofDay: clock.dayCount - 1).text),
            "end": .string(instant(atEndOf: clock.dayCount - 1)), "zone": .string(simulation.shop.zone.identifier),
            "currency": .string(simulation.shop.currency.code), "humans": .int(Int64(simulation.shop.people)),
            "people": .int(Int64(people.count)), "calls": .int(Int64(calls.reduce(0, +))), "events": .int(Int64(events)),
            "callsByType": object(
                CallType.allCases.filter { calls[Int($0.rawValue)] > 0 }.map { ($0.text, .int(Int64(calls[Int($0.rawValue)]))) }),
            "eventsByName": object(
                TeaHappening.Kind.allCases.compactMap { kind in
                    kind.eventName.map { ($0, .int(Int64(keeper.eventCounts[Int(kind.rawValue)]))) }
                }),
            "overview": overview(keeper), "funnel": funnel(keeper), "orders": money(keeper, people),
            "weeklyActives": .array(
                keeper.weeklyActives().enumerated().map { week, count in
                    ["week": .string(clock.monday(ofWeek: week).text), "persons": .int(Int64(count))]
                }),
            "accounts": accounts(), "episodes": episodes(clock),
        ]
    }

    private func overview(_ keeper: TruthKeeper) -> JSONValue {
        var atEnd: JSONValue = .null
        var points: [JSONValue] = []
        for (day, asOf) in keeper.cellsAsOf {
            let cells = keeper.cells(atEndOf: day)
            points.append(["at": .string(instant(atEndOf: day)), "cells": cells.json, "asOf": asOf.json])
            atEnd = cells.json
        }
        return ["atEnd": atEnd, "points": .array(points)]
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

    private func money(_ keeper: TruthKeeper, _ people: [TruthPerson]) -> JSONValue {
        [
            "paid": .int(Int64(keeper.orders.count)), "revenue": .int(keeper.orders.reduce(0) { $0 + $1.total }),
            "refunds": .int(Int64(keeper.refundCount)), "refunded": .int(keeper.orders.reduce(0) { $0 + $1.refunded }),
            "gifts": .int(Int64(keeper.giftCount)), "payers": .int(Int64(people.count { $0.orderCount > 0 })),
            "customers": .int(Int64(people.count { $0.isCustomer })),
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
                    "buyer": buyer.map { .string(TeaShopScribe.userID($0)) } ?? .null,
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

    private func instant(atEndOf day: Int) -> String {
        let clock = simulation.plan.clock
        return clock.calendar.rfc3339(Instant(microseconds: clock.dayStarts[day + 1] * 1_000))
    }

    private func object(_ members: [(String, JSONValue)]) -> JSONValue {
        .object(.init(uniqueKeysWithValues: members))
    }
}
