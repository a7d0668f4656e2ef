import Columns
import Foundation
import Model
import TestSupport
import Testing

@testable import Intake

/// What the columns of files as shops have them are proposed to mean, and what a mapping file changes of it.
@Suite("Import mappings")
struct ImportMappingTests {
    /// Imports `text` and gives the summary and the calls by event, or by type where they have none.
    private func calls(
        of text: String, mapping: JSONValue? = nil
    ) async throws -> (importer: FileImporter, summary: ImportSummary, calls: [[String: Any]]) {
        let folder = try ImportFolder()
        var options = utcOptions
        options.mapping = mapping
        let importer = try FileImporter.open(try folder.write("orders.csv", text.utf8), options: options)
        let sink = ListingSink()
        let summary = try await importer.run(into: sink)
        return (importer, summary, sink.objects)
    }

    private func properties(_ call: [String: Any]) -> [String: Any] { call["properties"] as? [String: Any] ?? [:] }
    private func tracks(_ calls: [[String: Any]]) -> [[String: Any]] { calls.filter { $0["type"] as? String == "track" } }

    @Test("A shop's export with a row for each line: one order a number, totals once, unpaid orders and their lines left out")
    func shopExport() async throws {
        let (importer, summary, calls) = try await calls(
            of: """
                Name,Email,Financial Status,Paid at,Currency,Subtotal,Shipping,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku
                #1001,ann@example.com,paid,2026-01-05 10:00:00 +0100,EUR,30.00,5.00,35.00,2026-01-05 09:59:00 +0100,2,Longjing,10.00,LJ
                #1001,ann@example.com,,,,,,,2026-01-05 09:59:00 +0100,1,Gaiwan,10.00,GW
                #1002,bo@example.com,refunded,2026-01-06 10:00:00 +0100,EUR,30.00,5.00,35.00,2026-01-06 09:59:00 +0100,2,Longjing,10.00,LJ
                #1002,bo@example.com,,,,,,,2026-01-06 09:59:00 +0100,1,Gaiwan,10.00,GW
                #1003,Ann@Example.com,Paid,2026-01-07 10:00:00 +0100,EUR,10.00,0.00,10.00,2026-01-07 09:59:00 +0100,1,Gaiwan,10.00,GW
                #1004,cy@example.com,pending,,EUR,20.00,0.00,20.00,2026-01-08 09:59:00 +0100,2,Gaiwan,10.00,GW
                #1005,di@example.com,paid,2026-01-09 10:00:00 +0100,EUR,20.00,0.00,20.00,2026-01-09 09:59:00 +0100,1,Gaiwan,10.00,GW
                #1005,di@example.com,,,,,,,2026-01-09 09:59:00 +0100,1,Bowl,10.00,BW
                #1006,ed@example.com,paid,2026-01-09 10:00:00 +0100,EUR,20.00,0.00,20.00,2026-01-09 09:59:00 +0100,1,Gaiwan,10.00,GW
                #1006,ed@example.com,,,,,,,2026-01-09 09:59:00 +0100,1,Bowl,10.00,BW

                """)
        #expect(importer.mapping.order == "Name" && importer.mapping.totalIsOfOrder && importer.mapping.email == "Email")
        #expect(summary.refusedByCode == ["left_out": 3] && summary.taken == 7)
        let orders = tracks(calls)
        #expect(orders.compactMap { properties($0)["order_id"] as? String } == ["#1001", "#1003", "#1005", "#1006"])
        #expect(orders.compactMap { properties($0)["total"] as? Double } == [35, 10, 20, 20])
        let lines = properties(orders[0])["products"] as? [[String: Any]]
        #expect(lines?.map { $0["product_id"] as? String } == ["LJ", "GW"] && lines?[0]["quantity"] as? Int == 2)
    }

    @Test("Who has no customer id is known by the address: as an identity, not as a user id")
    func addresses() async throws {
        let (importer, summary, calls) = try await calls(
            of: """
                order_id,customer_id,email,phone,date,total
                1,k1,ann@example.com,,2026-01-01,5
                2,,bo@example.com,,2026-01-02,6
                3,,,+4930123456,2026-01-03,7
                4,,,,2026-01-04,8
                5,k1,ann@example.com,,2026-01-05,5

                """)
        #expect(importer.mapping.person == "customer_id" && importer.mapping.email == "email")
        #expect(importer.description.contains("who it is where customer_id is empty"), "\(importer.description)")
        #expect(summary.refusedByCode == ["missing_identity": 1])
        let who = tracks(calls).map { [$0["userId"] as? String, $0["anonymousId"] as? String] }
        #expect(who == [["k1", nil], [nil, "bo@example.com"], [nil, "+4930123456"], ["k1", nil]])
        let told = calls.filter { $0["type"] as? String == "identify" }.map { $0["traits"] as? [String: String] }
        #expect(told == [["email": "ann@example.com"], ["email": "bo@example.com"], ["phone": "+4930123456"]])
    }

    @Test("A column that tells refunds from sales makes refunds, whatever the sign of the amount")
    func refunds() async throws {
        let (importer, _, calls) = try await calls(
            of: """
                order,customer,type,time,amount
                1,k1,Sale,2026-01-01 10:00,50
                1,k1,Refund,2026-01-03 10:00,20
                2,k2,Sale,2026-01-04 10:00,30
                2,k2,refund,2026-01-05 10:00,-30

                """)
        #expect(importer.mapping.refund == [.init(column: "type", values: ["Refund", "refund"])])
        #expect(try ImportMapping(json: importer.mapping.json) == importer.mapping)
        let told = calls.map { "\($0["event"] ?? "") \(properties($0)["order_id"] ?? "") \(properties($0)["total"] ?? "")" }
        #expect(told == ["Order Completed 1 50.0", "Order Refunded 1 20.0", "Order Completed 2 30.0", "Order Refunded 2 30.0"])
    }

    @Test("Who pays and whom it is for keep the names under which orders know them")
    func parties() async throws {
        let (importer, _, calls) = try await calls(
            of: "order_id,user_id,paid_by,gift_to,date,total\n1,child,parent,,2026-01-01,5\n2,ann,,bo,2026-01-02,6\n")
        #expect(importer.description.contains("as payer") && importer.description.contains("as recipient"))
        let orders = tracks(calls).map(properties)
        #expect(orders[0]["payer"] as? String == "parent" && orders[1]["recipient"] as? String == "bo")
    }

    @Test("A time under a name of its own is found, and rows with line ends in quotes are still a table")
    func oddTables() async throws {
        let (importer, summary, calls) = try await calls(
            of: "household_id,basket_id,transaction_timestamp,sales_value,note\n"
                + (1 ... 9).map { "h\($0),b\($0),2017-01-0\($0) 11:53:26,2.5,\"two\nlines, \($0)\"\n" }.joined())
        #expect(importer.mapping.timestamp == "transaction_timestamp" && importer.mapping.kind == .orders)
        #expect(summary.taken == 9 && properties(calls[8])["note"] as? String == "two\nlines, 9")
    }

    @Test("Amounts that are missing and currencies that are none are refused with their rows")
    func badAmounts() async throws {
        let good = (10 ... 60).map { "\($0),a,2026-01-01,5,EUR\n" }.joined()
        let bad = "2,a,2026-01-02,,EUR\n3,a,2026-01-03,NaN,EUR\n4,a,2026-01-04,7,E1R\n5,a,2026-01-05,8,\n"
        let (_, summary, calls) = try await calls(of: "order_id,user_id,date,total,currency\n" + good + bad)
        #expect(summary.refusedByCode == ["missing_amount": 1, "invalid_number": 1, "invalid_currency": 1])
        #expect(calls.count == 52 && summary.text.contains("1 missing_amount, first in line 53: total is empty"), "\(summary.text)")
    }

    @Test("Facts about people in JSON: the id is the person's, and all the rest are traits")
    func people() async throws {
        let (importer, _, calls) = try await calls(
            of: (1 ... 5).map { #"{"id":"p\#($0)","name":"N\#($0)","email":"n\#($0)@example.com","city":"杭州"}"# }.joined(
                separator: "\n"))
        #expect(importer.mapping.kind == .people && importer.mapping.person == "id" && importer.mapping.messageID == nil)
        let traits = calls[0]["traits"] as? [String: String]
        #expect(calls[0]["userId"] as? String == "p1" && traits == ["name": "N1", "email": "n1@example.com", "city": "杭州"])
    }

    @Test("A mapping file changes what it names and leaves the rest of the proposal")
    func merging() async throws {
        let text = "order_id,buyer,user_id,date,total,net\n1,b,u,2026-01-01,5,4\n2,b,u,2026-01-02,6,5\n"
        let (importer, _, calls) = try await calls(of: text, mapping: ["total": "net", "person": "buyer", "currencyCode": "EUR"])
        #expect(importer.mapping.order == "order_id" && importer.mapping.timestamp == "date" && importer.mapping.kind == .orders)
        #expect(calls.map { properties($0)["total"] as? Double } == [4, 5] && calls[0]["userId"] as? String == "b")
        #expect(properties(calls[0])["net"] == nil, "a column has one meaning")
        let (events, _, _) = try await self.calls(of: text, mapping: ["kind": "events", "eventName": "Tea bought", "total": nil])
        #expect(events.mapping.kind == .events && events.mapping.person == "user_id" && events.mapping.total == nil)
        let (whole, _, _) = try await self.calls(of: text, mapping: importer.mapping.json)
        #expect(whole.mapping == importer.mapping, "a whole mapping is itself")
    }

    @Test("The example of the guide is a mapping, and the guide explains every member")
    func guide() throws {
        let guide = try String(contentsOfFile: SharedFiles.packageDirectory + "/docs/import.md", encoding: .utf8)
        let example = try #require(guide.firstMatch(of: /(?s)```json\n(.*?)```/)?.1)
        let mapping = try ImportMapping(json: JSONParser.parse(Array(example.utf8)))
        #expect(mapping.kind == .orders && mapping.refund.count == 1 && mapping.properties[0].name == "payer")
        let rows = guide.split(separator: "\n").filter { $0.hasPrefix("| `") }.compactMap { $0.split(separator: "|").first }
        let explained = rows.flatMap { $0.matches(of: /`(\w+)`/).map { String($0.1) } }
        #expect(Set(explained) == ImportMapping.members && explained.count == ImportMapping.members.count)
    }

    @Test("A rehearsal writes nothing beside the file")
    func rehearsal() async throws {
        let folder = try ImportFolder()
        var options = utcOptions
        options.listsRefusals = false
        let path = try folder.write("orders.csv", "order_id,user_id,date,total\n1,a,2026-01-01,5\n2,,2026-01-01,5\n".utf8)
        let summary = try await FileImporter.open(path, options: options).run(into: ListingSink())
        #expect(summary.refused == 1 && summary.rejectedPath == nil && summary.text.contains("first in line 3"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["orders.csv"])
    }
}
