import Model
import OrderedCollections

extension TruthKeeper {
    /// The members of `truth.json` that every world has.
    ///
    /// - Parameters:
    ///   - calls: how many of each type, by its raw value.
    ///   - events: how many of each name.
    func totals<W: World>(
        of world: W.Type, seed: UInt64, zone: TimeZoneTable, currency: Currency, humanCount: Int, people: [TruthPerson],
        calls: [Int],
        events: [(name: String, count: Int)]
    ) -> OrderedDictionary<String, JSONValue> {
        [
            "world": .string(W.name), "seed": .string(String(seed)), "days": .int(Int64(clock.dayCount)),
            "firstDay": .string(clock.firstDate.text), "lastDay": .string(clock.date(ofDay: clock.dayCount - 1).text),
            "end": .string(clock.rfc3339(atEndOf: clock.dayCount - 1)), "zone": .string(zone.identifier),
            "currency": .string(currency.code), "humans": .int(Int64(humanCount)), "people": .int(Int64(people.count)),
            "calls": .int(Int64(calls.reduce(0, +))), "events": .int(Int64(events.reduce(0) { $0 + $1.count })),
            "callsByType": .object(
                .init(
                    uniqueKeysWithValues: CallType.allCases.filter { calls[Int($0.rawValue)] > 0 }
                        .map { ($0.text, .int(Int64(calls[Int($0.rawValue)]))) })),
            "eventsByName": .object(.init(uniqueKeysWithValues: events.map { ($0.name, .int(Int64($0.count))) })),
            "overview": overview(), "orders": money(people),
            "weeklyActives": .array(
                weeklyActives().enumerated().map { week, count in
                    ["week": .string(clock.monday(ofWeek: week).text), "persons": .int(Int64(count))]
                }),
        ]
    }

    private func overview() -> JSONValue {
        var atEnd: JSONValue = .null
        var points: [JSONValue] = []
        for (day, asOf) in cellsAsOf {
            let cells = cells(atEndOf: day)
            points.append(["at": .string(clock.rfc3339(atEndOf: day)), "cells": cells.json, "asOf": asOf.json])
            atEnd = cells.json
        }
        return ["atEnd": atEnd, "points": .array(points)]
    }

    private func money(_ people: [TruthPerson]) -> JSONValue {
        [
            "paid": .int(Int64(orders.count)), "revenue": .int(orders.reduce(0) { $0 + $1.total }),
            "refunds": .int(Int64(refundCount)), "refunded": .int(orders.reduce(0) { $0 + $1.refunded }),
            "gifts": .int(Int64(giftCount)), "payers": .int(Int64(people.count { $0.orderCount > 0 })),
            "customers": .int(Int64(people.count { $0.isCustomer })),
        ]
    }
}
