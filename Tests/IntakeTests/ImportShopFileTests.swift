import Foundation
import Model
import Testing

@testable import Intake

/// Exports of shop and payment systems, small ones too, as people download them.
@Suite("Exports of shops")
struct ImportShopFileTests {
    private func calls(
        of text: String, name: String = "orders.csv"
    ) async throws -> (mapping: ImportMapping, summary: ImportSummary, calls: [[String: Any]]) {
        let folder = try ImportFolder()
        let importer = try FileImporter.open(try folder.write(name, text.utf8), options: utcOptions)
        #expect(try ImportMapping(json: importer.mapping.json) == importer.mapping)
        let sink = ListingSink()
        let summary = try await importer.run(into: sink)
        #expect(summary.taken + summary.duplicates + summary.refused == summary.rowCount)
        return (importer.mapping, summary, sink.objects)
    }

    private func properties(_ call: [String: Any]) -> [String: Any] { call["properties"] as? [String: Any] ?? [:] }

    /// Event, order id and amount of each track call.
    private func told(_ calls: [[String: Any]]) -> [String] {
        calls.filter { $0["type"] as? String == "track" }.map { call in
            "\(call["event"] ?? "") \(properties(call)["order_id"] ?? "none") \(properties(call)["total"] ?? "none")"
        }
    }

    @Test("A shop's export with a single order of two lines counts its total once")
    func oneOrder() async throws {
        let (mapping, _, calls) = try await calls(
            of: """
                Name,Email,Financial Status,Currency,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price
                #1001,ann@example.com,paid,EUR,35.00,2026-01-05 09:59:00 +0100,2,Longjing,10.00
                #1001,ann@example.com,,,,2026-01-05 09:59:00 +0100,1,Gaiwan,10.00

                """)
        #expect(mapping.totalIsOfOrder)
        #expect(told(calls) == ["Order Completed #1001 35.0"])
        #expect((properties(calls.last ?? [:])["products"] as? [Any])?.count == 2)
    }

    @Test("Neighbouring rows without an order id are orders of their own, each of its own customer")
    func blankOrderIDs() async throws {
        let (_, summary, calls) = try await calls(
            of: "order_id,user_id,date,total\n1,a,2026-01-01,5\n,b,2026-01-02,6\n,c,2026-01-03,7\n"
                + ",c,2026-01-03,8\n2,d,2026-01-04,9\n3,e,2026-01-05,9\n4,f,2026-01-05,9\n")
        #expect(told(calls).map { $0.split(separator: " ").last } == ["5.0", "6.0", "7.0", "8.0", "9.0", "9.0", "9.0"])
        #expect(calls.map { $0["userId"] as? String } == ["a", "b", "c", "c", "d", "e", "f"] && summary.taken == 7)
    }

    @Test("A column of what was given back makes a refund beside the order, once however often the file is read")
    func refundedAmounts() async throws {
        let header = "Name,Email,Financial Status,Total,Refunded Amount,Created at,Lineitem name,Lineitem price,Lineitem quantity\n"
        let paid = "#1,a@example.com,paid,30.00,0.00,2026-01-05 10:00:00 +0000,Tea,30.00,1\n"
        let rows = [
            "#2,b@example.com,partially_refunded,40.00,15.00,2026-01-06 10:00:00 +0000,Tea,20.00,1",
            "#2,b@example.com,,,,2026-01-06 10:00:00 +0000,Cup,20.00,1",
            "#3,c@example.com,refunded,50.00,50.00,2026-01-07 10:00:00 +0000,Pot,50.00,1",
        ].joined(separator: "\n")
        let (mapping, summary, calls) = try await calls(of: header + paid + rows + "\n")
        #expect(mapping.refundedTotal == "Refunded Amount" && summary.refused == 0)
        #expect(
            told(calls) == [
                "Order Completed #1 30.0", "Order Completed #2 40.0", "Order Refunded #2 15.0", "Order Completed #3 50.0",
                "Order Refunded #3 50.0",
            ])
        // The export of a month later: what was paid then is refunded now, and the order is the same call.
        let (_, _, later) = try await self.calls(
            of: header + paid.replacing("paid", with: "refunded").replacing("0.00,2026", with: "30.00,2026") + rows + "\n")
        let ids = Set(calls.compactMap { $0["messageId"] as? String })
        let news = later.filter { !ids.contains($0["messageId"] as? String ?? "") }
        #expect(told(news) == ["Order Refunded #1 30.0"])
    }

    @Test("A refunded amount in a row without an order id is refused: nobody could say what it was for")
    func refundOfNothing() async throws {
        let rows = (1 ... 9).map { "\($0),u\($0),2026-01-0\($0),5,\($0 % 2)\n" }.joined()
        let (_, summary, _) = try await calls(of: "order_id,user_id,date,total,refunded_amount\n" + rows + ",u,2026-02-01,5,5\n")
        #expect(summary.refusedByCode == ["missing_order": 1])
    }

    @Test("Who pays for others or receives from them is known as a person, once, by id, e-mail or phone")
    func parties() async throws {
        let (_, _, calls) = try await calls(
            of: """
                order_id,user_id,paid_by,gift_to,date,total
                1,child,parent,,2026-01-01,5
                2,child,parent,,2026-01-02,5
                3,ann,Boss@Example.com,+49301234567,2026-01-03,6
                4,ann,ann,,2026-01-04,6

                """)
        let people = calls.filter { $0["type"] as? String == "identify" }
        #expect(people.map { $0["userId"] as? String } == ["parent", nil, nil])
        #expect(people.map { $0["anonymousId"] as? String } == [nil, "boss@example.com", "+49301234567"])
        #expect(people[1]["traits"] as? [String: String] == ["email": "Boss@Example.com"])
        #expect(people[2]["traits"] as? [String: String] == ["phone": "+49301234567"])
        #expect(properties(calls[1])["payer"] as? String == "parent")
    }

    @Test("An address is one anonymous id, however it is written")
    func capitals() async throws {
        let (_, _, calls) = try await calls(
            of: "order_id,email,date,total\n1,Ann@Example.com,2026-01-01,5\n2,ann@example.com,2026-01-02,6\n")
        #expect(Set(calls.compactMap { $0["anonymousId"] as? String }) == ["ann@example.com"])
    }

    @Test("A payment system's export: the charge is the order, failed ones are left out, times are UTC as the header says")
    func payments() async throws {
        let (mapping, summary, calls) = try await calls(
            of: """
                id,Created date (UTC),Amount,Amount Refunded,Currency,Status,Customer ID,Customer Email,Invoice ID
                ch_1,2026-01-05 10:00:00,20.00,0.00,usd,Paid,cus_1,ann@example.com,
                ch_2,2026-01-06 10:00:00,30.00,30.00,usd,Refunded,cus_2,bo@example.com,
                ch_3,2026-01-07 10:00:00,40.00,0.00,usd,Failed,cus_3,cy@example.com,in_1

                """)
        #expect(mapping.order == "id" && mapping.messageID == "id" && mapping.zone == "UTC" && mapping.person == "Customer ID")
        #expect(told(calls) == ["Order Completed ch_1 20.0", "Order Completed ch_2 30.0", "Order Refunded ch_2 30.0"])
        #expect(summary.refusedByCode == ["left_out": 1])
    }

    @Test("A web shop's export whose rows repeat the order's total, and whose states have words of their own")
    func webShop() async throws {
        let (mapping, summary, calls) = try await calls(
            of: """
                Order Number,Order Status,Order Date,Email (Billing),Order Total Amount,Order Refund Amount,SKU,Item Name,Quantity (- Refund),Item Cost
                501,Completed,2026-01-05 10:00,ann@example.com,25.00,0,LJ,Longjing,2,10.00
                501,Completed,2026-01-05 10:00,ann@example.com,25.00,0,GW,Gaiwan,1,5.00
                502,Processing,2026-01-06 10:00,bo@example.com,10.00,10.00,LJ,Longjing,1,10.00
                503,On hold,2026-01-07 10:00,cy@example.com,10.00,0,LJ,Longjing,1,10.00
                504,Pending payment,2026-01-08 10:00,cy@example.com,10.00,0,LJ,Longjing,1,10.00

                """)
        #expect(mapping.email == "Email (Billing)" && mapping.order == "Order Number" && mapping.product == "SKU")
        #expect(told(calls) == ["Order Completed 501 25.0", "Order Completed 502 10.0", "Order Refunded 502 10.0"])
        #expect(summary.refusedByCode == ["left_out": 2])
    }

    @Test("Orders in JSON that were not paid are left out as those of tables are, and refunds by their type are refunds")
    func objects() async throws {
        let (_, summary, calls) = try await calls(
            of: [
                #"{"order_id":"1","user_id":"a","paid_at":"2026-01-01T10:00:00Z","total":5,"status":"paid","type":"sale"}"#,
                #"{"order_id":"2","user_id":"b","paid_at":"2026-01-02T10:00:00Z","total":6,"status":"Cancelled","type":"sale"}"#,
                #"{"order_id":"1","user_id":"a","paid_at":"2026-01-03T10:00:00Z","total":5,"status":"paid","type":"refund"}"#,
            ].joined(separator: "\n"), name: "orders.ndjson")
        #expect(told(calls) == ["Order Completed 1 5.0", "Order Refunded 1 5.0"])
        #expect(summary.refusedByCode == ["left_out": 1])
    }
}
